package dev.rnnc.compiler.emit;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;

/**
 * Names of the model as names of Java. One that is a keyword, or taken by another or by what a class inherits, gets
 * underscores behind it until it is free.
 */
final class Names {
    private final Set<String> taken;

    /** @param taken names that are taken from the start */
    Names(Collection<String> taken) {
        this.taken = new HashSet<>(taken);
    }

    /** Names of methods beside those that a class inherits from {@code base}. */
    static Names methods(Class<?> base) {
        Set<String> inherited = new HashSet<>();
        for (Class<?> type = base; type != null; type = type.getSuperclass()) {
            inherited.addAll(Arrays.stream(type.getDeclaredMethods())
                    .map(Method::getName)
                    .collect(Collectors.toSet()));
        }
        return new Names(inherited);
    }

    /** A name that nobody has yet, from now on taken. */
    String unique(String wanted) {
        String name = identifier(wanted);
        while (!taken.add(name)) {
            name += "_";
        }
        return name;
    }

    /** {@code words.lengths} as {@code wordsLengths}, {@code class} as {@code class_}. */
    private static String identifier(String name) {
        StringBuilder identifier = new StringBuilder();
        for (String part : name.split("\\.")) {
            identifier.append(
                    identifier.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        // As a method or variable; the words that are reserved in some places only are allowed there.
        return SourceVersion.isKeyword(identifier) ? identifier + "_" : identifier.toString();
    }
}
