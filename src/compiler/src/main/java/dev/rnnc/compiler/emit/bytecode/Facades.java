package dev.rnnc.compiler.emit.bytecode;

import static dev.rnnc.compiler.emit.bytecode.LaneTypes.signature;

import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.emit.Facade;
import dev.rnnc.compiler.emit.SessionClass;
import dev.rnnc.runtime.generate.Generator;
import dev.rnnc.runtime.session.TypedModel;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/** The typed part of the model's class: constants, ways to make a model, and a nested class for each kind of session. */
final class Facades {
    static final Type SETTINGS = Type.getType(TrainSettings.class);
    static final Type GENERATOR = Type.getType(Generator.class);
    private static final Type PARENT = Type.getType(TypedModel.class);
    private static final Type SPEC = Type.getType(ModelSpec.class);
    private static final int STATIC = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC;

    private final ClassPlan plan;
    private final ClassFile file;
    private final Type self;

    private Facades(ClassPlan plan, ClassFile file) {
        this.plan = plan;
        this.file = file;
        this.self = file.type();
    }

    /** Adds them to the model's class; returns the class files of the sessions by binary class name. */
    static Map<String, byte[]> emit(ClassPlan plan, ClassFile file) {
        Facades facades = new Facades(plan, file);
        Facade facade = Facade.of(plan);
        facade.constants().forEach(constant -> file.constant(constant.name(), constant.value()));
        facades.creators();
        Map<String, byte[]> classes = new LinkedHashMap<>();
        for (SessionClass session : facade.sessions()) {
            file.nest(file.type(), facades.type(session), session.name(), Opcodes.ACC_PUBLIC);
            facades.factories(session);
            ClassFile nested = SessionClasses.emit(session, facades.type(session), file.type(), plan.sourceFile());
            classes.put(nested.type().getClassName(), nested.bytes());
            if (!session.components().isEmpty()) {
                Type record = OutputRecords.type(session, file.type());
                file.nest(file.type(), record, session.outputs(), Opcodes.ACC_PUBLIC);
                classes.put(record.getClassName(), OutputRecords.emit(session, file.type(), plan.sourceFile()));
            }
        }
        return classes;
    }

    private Type type(SessionClass session) {
        return LaneTypes.named(self.getInternalName() + "$" + session.name());
    }

    private void creators() {
        GeneratorAdapter code = file.method(Opcodes.ACC_PRIVATE, "<init>", Type.VOID_TYPE, Programs.PARAMETERS);
        code.loadThis();
        code.loadArg(0);
        code.invokeConstructor(PARENT, signature("<init>", Type.VOID_TYPE, Programs.PARAMETERS));
        ClassFile.end(code);
        creator("load", "read", Type.getType(Path.class), "weights", IOException.class);
        creator("load", "read", Type.getType(InputStream.class), "weights", IOException.class);
        creator("initialize", "initialized", Type.LONG_TYPE, "seed");
    }

    /** {@code return new NAME(calls(SPEC, argument))}. */
    private void creator(String name, String calls, Type parameter, String parameterName, Class<?>... exceptions) {
        GeneratorAdapter code = file.method(STATIC, name, self, List.of(parameterName), List.of(exceptions), parameter);
        code.newInstance(self);
        code.dup();
        code.getStatic(self, "SPEC", SPEC);
        code.loadArg(0);
        code.invokeStatic(self, signature(calls, Programs.PARAMETERS, SPEC, parameter));
        code.invokeConstructor(self, signature("<init>", Type.VOID_TYPE, Programs.PARAMETERS));
        ClassFile.end(code);
    }

    private void factories(SessionClass session) {
        switch (session.opens()) {
            case PROGRAM, GENERATOR -> factory(session, false);
            case TRAINING -> {
                if (plan.model().train() != null) {
                    factory(session, false);
                }
                factory(session, true);
            }
        }
    }

    private void factory(SessionClass session, boolean settingsGiven) {
        Type type = type(session);
        List<String> names = settingsGiven ? List.of("settings") : List.of();
        Type[] parameters = settingsGiven ? new Type[] {SETTINGS} : new Type[0];
        GeneratorAdapter code = file.method(Opcodes.ACC_PUBLIC, session.factory(), type, names, List.of(), parameters);
        code.newInstance(type);
        code.dup();
        code.loadThis();
        switch (session.opens()) {
            case PROGRAM -> program(session, code);
            case GENERATOR -> code.invokeVirtual(self, signature("openGenerator", GENERATOR));
            case TRAINING -> {
                program(session, code);
                if (settingsGiven) {
                    code.loadArg(0);
                } else {
                    code.getStatic(self, "SPEC", SPEC);
                    code.invokeVirtual(SPEC, signature("train", SETTINGS));
                }
            }
        }
        code.invokeConstructor(type, signature("<init>", Type.VOID_TYPE, SessionClasses.holds(session)));
        ClassFile.end(code);
    }

    private void program(SessionClass session, GeneratorAdapter code) {
        new Specs(code).constant(session.kind());
        code.invokeVirtual(
                self,
                signature("open", Programs.PROGRAM, Type.getType(session.kind().getDeclaringClass())));
    }
}
