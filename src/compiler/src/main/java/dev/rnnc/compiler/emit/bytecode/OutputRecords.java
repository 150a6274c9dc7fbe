package dev.rnnc.compiler.emit.bytecode;

import static dev.rnnc.compiler.emit.bytecode.LaneTypes.signature;

import dev.rnnc.compiler.emit.SessionClass;
import dev.rnnc.compiler.emit.SessionClass.Read;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.TypeDescriptor;
import java.lang.runtime.ObjectMethods;
import java.util.List;
import java.util.stream.Collectors;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/** The record of a session's outputs, nested in the model's class: what javac makes of {@code record NAME(...)}. */
final class OutputRecords {
    private static final Type RECORD = Type.getType(Record.class);
    private static final Type TEXT = Type.getType(String.class);
    private static final Type OBJECT = Type.getType(Object.class);
    /** The method of the JDK that gives a record its {@code toString}, {@code hashCode} and {@code equals}. */
    private static final Handle BOOTSTRAP = new Handle(
            Opcodes.H_INVOKESTATIC,
            Type.getInternalName(ObjectMethods.class),
            "bootstrap",
            Type.getMethodDescriptor(
                    OBJECT,
                    Type.getType(MethodHandles.Lookup.class),
                    TEXT,
                    Type.getType(TypeDescriptor.class),
                    Type.getType(Class.class),
                    TEXT,
                    Type.getType(MethodHandle[].class)),
            false);

    private OutputRecords() {}

    /** The record's class. */
    static Type type(SessionClass session, Type model) {
        return LaneTypes.named(model.getInternalName() + "$" + session.outputs());
    }

    /** The types of its components. */
    static Type[] components(SessionClass session) {
        return session.components().stream()
                .map(read -> Type.getType(read.returns()))
                .toArray(Type[]::new);
    }

    static byte[] emit(SessionClass session, Type model, String sourceFile) {
        Type self = type(session, model);
        int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_RECORD;
        ClassFile file = new ClassFile(self, access, RECORD, sourceFile);
        file.nest(model, self, session.outputs(), Opcodes.ACC_PUBLIC);
        List<String> names = session.components().stream().map(Read::name).toList();
        Type[] types = components(session);
        GeneratorAdapter code = file.method(Opcodes.ACC_PUBLIC, "<init>", Type.VOID_TYPE, names, List.of(), types);
        code.loadThis();
        code.invokeConstructor(RECORD, signature("<init>", Type.VOID_TYPE));
        for (int i = 0; i < types.length; i++) {
            file.component(names.get(i), types[i]);
            code.loadThis();
            code.loadArg(i);
            code.putField(self, names.get(i), types[i]);
        }
        ClassFile.end(code);
        for (int i = 0; i < types.length; i++) {
            code = file.method(Opcodes.ACC_PUBLIC, names.get(i), types[i]);
            code.loadThis();
            code.getField(self, names.get(i), types[i]);
            ClassFile.end(code);
        }
        byBootstrap(file, names, types, "toString", TEXT);
        byBootstrap(file, names, types, "hashCode", Type.INT_TYPE);
        byBootstrap(file, names, types, "equals", Type.BOOLEAN_TYPE, OBJECT);
        return file.bytes();
    }

    private static void byBootstrap(
            ClassFile file, List<String> names, Type[] types, String name, Type returns, Type... parameters) {
        Type self = file.type();
        Object[] arguments = new Object[types.length + 2];
        arguments[0] = self;
        arguments[1] = names.stream().collect(Collectors.joining(";"));
        for (int i = 0; i < types.length; i++) {
            String field = types[i].getDescriptor();
            arguments[i + 2] = new Handle(Opcodes.H_GETFIELD, self.getInternalName(), names.get(i), field, false);
        }
        Type[] receives = new Type[parameters.length + 1];
        receives[0] = self;
        System.arraycopy(parameters, 0, receives, 1, parameters.length);
        GeneratorAdapter code = file.method(Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL, name, returns, parameters);
        code.loadThis();
        code.loadArgs();
        code.invokeDynamic(name, Type.getMethodDescriptor(returns, receives), BOOTSTRAP, arguments);
        ClassFile.end(code);
    }
}
