package dev.rnnc.compiler.emit.bytecode;

import static dev.rnnc.compiler.emit.bytecode.LaneTypes.signature;

import dev.rnnc.compiler.emit.SpecRecords;
import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/** Pushes records of the spec package, made anew by their constructors. */
final class Specs {
    private static final Type OBJECT = Type.getType(Object.class);

    private final GeneratorAdapter code;

    Specs(GeneratorAdapter code) {
        this.code = code;
    }

    void push(Record record) {
        List<SpecRecords.Component> components = SpecRecords.of(record);
        Type type = Type.getType(record.getClass());
        code.newInstance(type);
        code.dup();
        for (SpecRecords.Component component : components) {
            value(component.value());
        }
        Type[] types = components.stream().map(c -> Type.getType(c.type())).toArray(Type[]::new);
        code.invokeConstructor(type, signature("<init>", Type.VOID_TYPE, types));
    }

    /** Pushes {@code List.of(elements)} or {@code Set.of(elements)}. */
    void collection(Class<?> type, List<?> elements) {
        code.push(elements.size());
        code.newArray(OBJECT);
        for (int i = 0; i < elements.size(); i++) {
            code.dup();
            code.push(i);
            value(elements.get(i));
            if (elements.get(i) instanceof Integer) {
                code.valueOf(Type.INT_TYPE);
            }
            code.arrayStore(OBJECT);
        }
        Type owner = Type.getType(type);
        code.visitMethodInsn(
                Opcodes.INVOKESTATIC,
                owner.getInternalName(),
                "of",
                Type.getMethodDescriptor(owner, Type.getType(Object[].class)),
                true);
    }

    void constant(Enum<?> constant) {
        Type type = Type.getType(constant.getDeclaringClass());
        code.getStatic(type, constant.name(), type);
    }

    private void value(Object value) {
        switch (value) {
            case null -> code.visitInsn(Opcodes.ACONST_NULL);
            case String s -> code.push(s);
            case Integer i -> code.push(i);
            case Long l -> code.push(l);
            case Double d -> code.push(d);
            case Boolean b -> code.push(b);
            case Enum<?> e -> constant(e);
            case List<?> list -> collection(List.class, list);
            case Record record -> push(record);
            default -> throw new IllegalStateException("a class cannot say " + value + " of itself");
        }
    }
}
