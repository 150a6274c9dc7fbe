package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.syntax.Definition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The cells, functions and constants a file sees: its own, then the library's. A file's own definition hides the
 * library's of the same name, but not for the library's other definitions.
 */
final class Definitions {
    private final Optional<Definitions> library;
    private final Map<String, Definition> own = new LinkedHashMap<>();
    private final Map<String, Double> constants = new LinkedHashMap<>();
    private final Set<Definition> broken = Collections.newSetFromMap(new java.util.IdentityHashMap<>());

    Definitions(Optional<Definitions> library) {
        this.library = library;
    }

    /** A definition with the definitions that its body sees. */
    record Found(Definition definition, Definitions scope) {
        /** Whether it is part of the library. */
        boolean inLibrary() {
            return scope.isLibrary();
        }
    }

    boolean isLibrary() {
        return library.isEmpty();
    }

    /** Adds a cell or function, or returns the one that already has its name. */
    Optional<Definition> add(Definition definition) {
        return Optional.ofNullable(own.putIfAbsent(definition.name().text(), definition));
    }

    void addConstant(String name, double value) {
        constants.put(name, value);
    }

    /** The constants of this file. */
    Map<String, Double> constants() {
        return constants;
    }

    Collection<Definition> own() {
        return own.values();
    }

    Optional<Found> find(String name) {
        Definition definition = own.get(name);
        return definition != null ? Optional.of(new Found(definition, this)) : library.flatMap(l -> l.find(name));
    }

    /** Marks a definition that has reported errors of its own. */
    void markBroken(Definition definition) {
        broken.add(definition);
    }

    boolean isBroken(Definition definition) {
        return broken.contains(definition);
    }

    /** All names that can be called. */
    List<String> callable() {
        Set<String> names = new HashSet<>(own.keySet());
        library.ifPresent(l -> names.addAll(l.own.keySet()));
        names.addAll(Intrinsics.names());
        return new ArrayList<>(names);
    }
}
