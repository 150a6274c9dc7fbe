package dev.rnnc.compiler.emit;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
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

    /** Names of methods that read results, beside what a class inherits from {@code base}. */
    static Names methods(Class<?> base) {
        Set<String> inherited = new HashSet<>();
        for (Class<?> type = base; type != null; type = type.getSuperclass()) {
            Arrays.stream(type.getDeclaredMethods())
                    .filter(method ->
                            Modifier.isPublic(method.getModifiers()) || Modifier.isProtected(method.getModifiers()))
                    .filter(method -> couldRead(method.getParameterTypes()))
                    .forEach(method -> inherited.add(method.getName()));
        }
        return new Names(inherited);
    }

    /** Whether a method that reads a result could have these parameters; with others it is but another of the same name. */
    private static boolean couldRead(Class<?>[] parameters) {
        return Arrays.stream(parameters).allMatch(p -> p == int.class)
                || (parameters.length == 1
                        && parameters[0].isArray()
                        && parameters[0].getComponentType().isPrimitive());
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
