package dev.rnnc.compiler.emit.bytecode;

import dev.rnnc.compiler.emit.TooLargeException;
import java.util.List;
import java.util.Locale;
import org.objectweb.asm.ClassTooLargeException;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodTooLargeException;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;
import org.objectweb.asm.commons.Method;

/** One class file in the making. Frames are computed without loading any class. */
final class ClassFile {
    /** Access of fields that only the class and its nest see and nobody changes. */
    static final int CONSTANT = Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL;

    private final Type type;
    private final ClassWriter writer = new Writer();

    /**
     * @param type the class
     * @param access its access flags
     * @param parent its superclass
     * @param sourceFile the model's file, to which line numbers refer
     * @param interfaces what it implements
     */
    ClassFile(Type type, int access, Type parent, String sourceFile, Type... interfaces) {
        this.type = type;
        String[] names = new String[interfaces.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = interfaces[i].getInternalName();
        }
        writer.visit(
                Opcodes.V25, access | Opcodes.ACC_SUPER, type.getInternalName(), null, parent.getInternalName(), names);
        writer.visitSource(sourceFile, null);
    }

    Type type() {
        return type;
    }

    void field(int access, String name, Type fieldType) {
        writer.visitField(access, name, fieldType.getDescriptor(), null, null).visitEnd();
    }

    /** A component of a record: with its field. */
    void component(String name, Type componentType) {
        writer.visitRecordComponent(name, componentType.getDescriptor(), null).visitEnd();
        field(Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL, name, componentType);
    }

    /** A public constant that whoever is compiled against the class takes over. */
    void constant(String name, int value) {
        int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL;
        writer.visitField(access, name, Type.INT_TYPE.getDescriptor(), null, value)
                .visitEnd();
    }

    /** A method whose code the caller generates; it must end with {@link #end}. */
    GeneratorAdapter method(int access, String name, Type returns, Type... parameters) {
        Method method = new Method(name, returns, parameters);
        GeneratorAdapter code = new GeneratorAdapter(
                access, method, writer.visitMethod(access, method.getName(), method.getDescriptor(), null, null));
        code.visitCode();
        return code;
    }

    /** The same for a method of a public class: with the names of its parameters, and the exceptions that it declares. */
    GeneratorAdapter method(
            int access,
            String name,
            Type returns,
            List<String> parameterNames,
            List<Class<?>> exceptions,
            Type... parameters) {
        Method method = new Method(name, returns, parameters);
        String[] thrown = exceptions.stream().map(Type::getInternalName).toArray(String[]::new);
        MethodVisitor visitor = writer.visitMethod(access, method.getName(), method.getDescriptor(), null, thrown);
        parameterNames.forEach(parameter -> visitor.visitParameter(parameter, 0));
        GeneratorAdapter code = new GeneratorAdapter(access, method, visitor);
        code.visitCode();
        return code;
    }

    static void end(GeneratorAdapter code) {
        code.returnValue();
        code.endMethod();
    }

    /** Says that the code from here on stands for that line of the model's file; 0 says nothing. */
    static void line(GeneratorAdapter code, int line) {
        if (line > 0) {
            code.visitLineNumber(line, code.mark());
        }
    }

    /**
     * Declares {@code nested} as a static member of {@code host}; both classes of the nest must say so.
     *
     * @param access who sees it: {@code ACC_PUBLIC} or 0
     */
    void nest(Type host, Type nested, String simpleName, int access) {
        if (type.equals(host)) {
            writer.visitNestMember(nested.getInternalName());
        } else {
            writer.visitNestHost(host.getInternalName());
        }
        writer.visitInnerClass(
                nested.getInternalName(),
                host.getInternalName(),
                simpleName,
                access | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL);
    }

    /**
     * The finished class file.
     *
     * @throws TooLargeException if it holds more than the format allows
     */
    byte[] bytes() {
        writer.visitEnd();
        try {
            return writer.toByteArray();
        } catch (MethodTooLargeException e) {
            throw new TooLargeException(String.format(
                    Locale.ROOT,
                    "the method %s.%s has %,d bytes, and the JVM takes 65,535",
                    type.getClassName(),
                    e.getMethodName(),
                    e.getCodeSize()));
        } catch (ClassTooLargeException e) {
            throw new TooLargeException(String.format(
                    Locale.ROOT,
                    "the class %s has %,d constants, and the JVM takes 65,535",
                    type.getClassName(),
                    e.getConstantPoolCount()));
        }
    }

    /** Where paths meet, a variable holds the same class on all of them or is not used any more. */
    private static final class Writer extends ClassWriter {
        Writer() {
            super(COMPUTE_FRAMES);
        }

        @Override
        protected String getCommonSuperClass(String first, String second) {
            return "java/lang/Object";
        }
    }
}
