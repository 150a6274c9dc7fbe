package dev.rnnc.compiler.emit;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The size of one emitted method.
 *
 * @param className the binary name of its class
 * @param method its name
 * @param bytes the length of its bytecode
 */
public record MethodSize(String className, String method, int bytes) {
    /**
     * The most bytes of a method that runs often. HotSpot never compiles a method of more than 8,000 bytes, and its first
     * compiler refuses many of far fewer where they are full of vectors. The largest that the library's cells need has
     * about 2,000.
     */
    public static final int BUDGET = 4000;

    /** The most bytes of a method that runs once, a constructor or class initialiser: the JVM takes up to 65,535. */
    public static final int BUDGET_ONCE = 60_000;

    /** All methods of class files (by binary class name), in their order. */
    public static List<MethodSize> of(Map<String, byte[]> classes) {
        List<MethodSize> sizes = new ArrayList<>();
        classes.forEach((name, bytes) -> {
            ClassModel file = ClassFile.of().parse(bytes);
            for (MethodModel method : file.methods()) {
                method.code()
                        .ifPresent(code -> sizes.add(new MethodSize(
                                name, method.methodName().stringValue(), ((CodeAttribute) code).codeLength())));
            }
        });
        return sizes;
    }

    /** Class and method. */
    public String name() {
        return className + "." + method;
    }

    /** Whether it runs once for each class or program. */
    public boolean runsOnce() {
        return method.startsWith("<");
    }
}
