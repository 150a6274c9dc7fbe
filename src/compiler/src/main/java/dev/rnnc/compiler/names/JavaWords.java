package dev.rnnc.compiler.names;

import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;

/** Words that a name in emitted code must not be. */
public final class JavaWords {
    /** Words that are no keywords, but that no class may have as its name (Java language specification, 3.9). */
    private static final Set<String> NO_CLASSES = Set.of("permits", "record", "sealed", "var", "yield");

    /** Where a qualified name of a class begins: a variable of that name would hide the packages. */
    private static final Set<String> PACKAGES = Set.of("dev", "java", "jdk");

    /** Classes whose members kernels and programs name: a variable of such a name would hide the class. */
    private static final Set<String> CLASSES = Set.of(
            "Bfloat16",
            "ByteOrder",
            "Double",
            "DoubleVector",
            "Element",
            "Erf",
            "Float",
            "FloatVector",
            "List",
            "Math",
            "MemorySegment",
            "ProgramKind",
            "RandomMask",
            "Role",
            "Rows",
            "StrictMath",
            "ValueLayout",
            "VectorOperators",
            "VectorShuffle",
            "VectorSpecies");

    /** Constants of the class that holds the kernels, which they and the programs nested in it read. */
    private static final Pattern CONSTANTS = Pattern.compile("REAL|TOKEN|LANES|ORDER|EXCHANGE(_[0-9]*)?");

    private JavaWords() {}

    /** Whether no variable or method can have that name, or a method only where it is called with an object before it. */
    public static boolean isWord(String name) {
        return SourceVersion.isKeyword(name) || name.equals("yield");
    }

    /** Whether a class can have that name. */
    public static boolean canNameClass(String name) {
        return !SourceVersion.isKeyword(name) && !NO_CLASSES.contains(name);
    }

    /** Whether a variable of a kernel or a program cannot have that name: it is a word, or hides what the code reads. */
    public static boolean isTakenByCode(String name) {
        return isWord(name)
                || PACKAGES.contains(name)
                || CLASSES.contains(name)
                || CONSTANTS.matcher(name).matches();
    }
}
