package dev.rnnc.compiler.names;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Names of a model as names of Java, all of one scope. One that is a word of Java, or taken by another or by what a class
 * inherits, gets underscores behind it until it is free.
 */
public final class Names {
    private final Predicate<String> reserved;
    private final Set<String> taken;

    private Names(Predicate<String> reserved, Collection<String> taken) {
        this.reserved = reserved;
        this.taken = new HashSet<>(taken);
    }

    /** Names of what users of a class see, or of parameters. */
    public static Names visible(String... taken) {
        return new Names(JavaWords::isWord, Set.of(taken));
    }

    /** Names of fields of a program's class, beside what its methods read themselves. */
    public static Names fields(Collection<String> taken) {
        return new Names(JavaWords::isTakenByCode, taken);
    }

    /** Names of methods that read results, beside what a class inherits from {@code base}. */
    public static Names methods(Class<?> base) {
        Set<String> inherited = new HashSet<>();
        for (Class<?> type = base; type != null; type = type.getSuperclass()) {
            Arrays.stream(type.getDeclaredMethods())
                    .filter(method ->
                            Modifier.isPublic(method.getModifiers()) || Modifier.isProtected(method.getModifiers()))
                    .filter(method -> couldRead(method.getParameterTypes()))
                    .forEach(method -> inherited.add(method.getName()));
        }
        return new Names(JavaWords::isWord, inherited);
    }

    /** Whether a method that reads a result could have these parameters; with others it is but another of the same name. */
    private static boolean couldRead(Class<?>[] parameters) {
        return Arrays.stream(parameters).allMatch(p -> p == int.class)
                || (parameters.length == 1
                        && parameters[0].isArray()
                        && parameters[0].getComponentType().isPrimitive());
    }

    /** A name that nobody has yet, from now on taken. */
    public String unique(String wanted) {
        String name = identifier(wanted);
        while (reserved.test(name) || !taken.add(name)) {
            name += "_";
        }
        return name;
    }

    /** {@code words.lengths} as {@code wordsLengths}. */
    private static String identifier(String name) {
        StringBuilder identifier = new StringBuilder();
        for (String part : name.split("\\.")) {
            identifier.append(
                    identifier.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return identifier.toString();
    }
}
