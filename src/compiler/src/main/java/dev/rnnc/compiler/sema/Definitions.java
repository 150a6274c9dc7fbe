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
import java.util.stream.Stream;

/**
 * The cells, functions and constants a file sees: its own, then those of the files it imports, then the library's. A file's own definition hides the
 * library's of the same name, but not for the library's other definitions.
 */
final class Definitions {
    private final Optional<Definitions> library;
    private final Map<String, Definition> own = new LinkedHashMap<>();
    private final List<Definitions> imports = new ArrayList<>();
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

    /**
     * Makes the own definitions of an imported file visible here, behind this file's own. Imports that the imported file
     * has itself stay invisible.
     *
     * @return a name that an earlier import has too
     */
    Optional<String> addImport(Definitions other) {
        if (imports.contains(other)) {
            return Optional.empty();
        }
        Optional<String> twice = other.names()
                .filter(n -> imports.stream().anyMatch(i -> i.names().anyMatch(n::equals)))
                .findFirst();
        imports.add(other);
        return twice;
    }

    private Stream<String> names() {
        return Stream.concat(own.keySet().stream(), constants.keySet().stream());
    }

    /** The constants of this file and of what it imports. */
    Map<String, Double> constants() {
        if (imports.isEmpty()) {
            return constants;
        }
        Map<String, Double> all = new LinkedHashMap<>();
        imports.forEach(i -> all.putAll(i.constants));
        all.putAll(constants);
        return all;
    }

    Collection<Definition> own() {
        return own.values();
    }

    Optional<Found> find(String name) {
        if (own.containsKey(name)) {
            return Optional.of(new Found(own.get(name), this));
        }
        return imports.stream()
                .filter(i -> i.own.containsKey(name))
                .findFirst()
                .map(i -> new Found(i.own.get(name), i))
                .or(() -> library.flatMap(l -> l.find(name)));
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
        imports.forEach(i -> names.addAll(i.own.keySet()));
        library.ifPresent(l -> names.addAll(l.own.keySet()));
        names.addAll(Intrinsics.names());
        return new ArrayList<>(names);
    }
}
