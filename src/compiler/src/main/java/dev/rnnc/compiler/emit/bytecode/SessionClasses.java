package dev.rnnc.compiler.emit.bytecode;

import static dev.rnnc.compiler.emit.bytecode.LaneTypes.signature;

import dev.rnnc.compiler.emit.SessionClass;
import dev.rnnc.compiler.emit.SessionClass.Draw;
import dev.rnnc.compiler.emit.SessionClass.Parameter;
import dev.rnnc.compiler.emit.SessionClass.Port;
import dev.rnnc.compiler.emit.SessionClass.Read;
import dev.rnnc.compiler.emit.SessionClass.Run;
import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/** A class of sessions, nested in the model's class. */
final class SessionClasses {
    private static final Type TEXT = Type.getType(String.class);
    private static final Type TOKENS = Type.getType(int[][].class);

    private final SessionClass session;
    private final ClassFile file;
    private final Type self;

    private SessionClasses(SessionClass session, ClassFile file) {
        this.session = session;
        this.file = file;
        this.self = file.type();
    }

    /** The class {@code self} within {@code model}, finished. */
    static ClassFile emit(SessionClass session, Type self, Type model, String sourceFile) {
        int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL;
        ClassFile file = new ClassFile(self, access, Type.getType(session.base()), sourceFile);
        file.nest(model, self, session.name(), Opcodes.ACC_PUBLIC);
        SessionClasses classes = new SessionClasses(session, file);
        classes.constructor();
        session.runs().forEach(classes::run);
        session.draw().ifPresent(classes::draw);
        session.reads().forEach(classes::read);
        if (!session.components().isEmpty()) {
            classes.outputs(OutputRecords.type(session, model));
        }
        return file;
    }

    /** What the constructor takes. */
    static Type[] holds(SessionClass session) {
        return switch (session.opens()) {
            case PROGRAM -> new Type[] {Programs.PROGRAM};
            case TRAINING -> new Type[] {Programs.PROGRAM, Facades.SETTINGS};
            case GENERATOR -> new Type[] {Facades.GENERATOR};
        };
    }

    private void constructor() {
        Type[] holds = holds(session);
        GeneratorAdapter code = file.method(Opcodes.ACC_PRIVATE, "<init>", Type.VOID_TYPE, holds);
        code.loadThis();
        code.loadArgs();
        code.invokeConstructor(Type.getType(session.base()), signature("<init>", Type.VOID_TYPE, holds));
        for (Port port : session.ports()) {
            Type type = Type.getType(port.type());
            file.field(Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL, port.field(), type);
            code.loadThis();
            code.loadThis();
            code.loadArg(0);
            switch (session.opens()) {
                case PROGRAM, TRAINING -> {}
                case GENERATOR ->
                    code.invokeVirtual(
                            Facades.GENERATOR, signature(port.encoder() ? "encoder" : "decoder", Programs.PROGRAM));
            }
            code.push(port.port());
            code.invokeVirtual(self, signature(port.factory(), type, Programs.PROGRAM, TEXT));
            code.putField(self, port.field(), type);
        }
        ClassFile.end(code);
    }

    private void run(Run run) {
        boolean fluent = run.returns() == void.class;
        Type returns = Type.getType(run.returns());
        GeneratorAdapter code = method(run.name(), fluent ? self : returns, run.parameters());
        code.loadThis();
        code.invokeVirtual(self, signature("begin", Type.VOID_TYPE));
        for (int i = 0; i < run.inputs().size(); i++) {
            Port port = run.inputs().get(i);
            load(port, code);
            code.loadArg(i);
            Type value = Type.getType(run.parameters().get(i).type());
            code.invokeVirtual(Type.getType(port.type()), signature("set", Type.VOID_TYPE, value));
        }
        code.loadThis();
        code.invokeVirtual(self, signature(run.calls(), returns));
        if (fluent) {
            code.loadThis();
        }
        ClassFile.end(code);
    }

    private void read(Read read) {
        Type returns = Type.getType(read.returns());
        GeneratorAdapter code = method(read.name(), returns, read.parameters());
        Type port = Type.getType(read.port().type());
        load(read.port(), code);
        switch (read.form()) {
            case ELEMENT -> {
                for (int axis : read.axes()) {
                    if (axis < 0) {
                        code.push(0);
                    } else {
                        code.loadArg(axis);
                    }
                }
                code.invokeVirtual(port, signature("get", returns, Type.INT_TYPE, Type.INT_TYPE, Type.INT_TYPE));
            }
            case COPY -> code.invokeVirtual(port, signature("get", returns));
            case INTO -> {
                code.loadArg(0);
                code.invokeVirtual(port, signature("get", returns, returns));
            }
        }
        ClassFile.end(code);
    }

    private void outputs(Type record) {
        GeneratorAdapter code = method(SessionClass.OUTPUTS, record, List.of());
        code.newInstance(record);
        code.dup();
        for (Read read : session.components()) {
            code.loadThis();
            code.invokeVirtual(self, signature(read.name(), Type.getType(read.returns())));
        }
        code.invokeConstructor(record, signature("<init>", Type.VOID_TYPE, OutputRecords.components(session)));
        ClassFile.end(code);
    }

    private void draw(Draw draw) {
        Type returns = draw.single() ? Type.getType(int[].class) : TOKENS;
        GeneratorAdapter code = method("generate", returns, Draw.PARAMETERS);
        code.loadThis();
        load(draw.fed(), code);
        load(draw.scores(), code);
        code.push(draw.start());
        code.loadArgs();
        code.invokeVirtual(
                self,
                signature(
                        "drawTokens",
                        TOKENS,
                        Type.getType(draw.fed().type()),
                        Type.getType(draw.scores().type()),
                        Type.INT_TYPE,
                        Type.INT_TYPE,
                        Type.DOUBLE_TYPE,
                        Type.LONG_TYPE));
        if (draw.single()) {
            code.push(0);
            code.arrayLoad(returns);
        }
        ClassFile.end(code);
    }

    private void load(Port port, GeneratorAdapter code) {
        code.loadThis();
        code.getField(self, port.field(), Type.getType(port.type()));
    }

    private GeneratorAdapter method(String name, Type returns, List<Parameter> parameters) {
        List<String> names = parameters.stream().map(Parameter::name).toList();
        Type[] types = parameters.stream().map(p -> Type.getType(p.type())).toArray(Type[]::new);
        return file.method(Opcodes.ACC_PUBLIC, name, returns, names, List.of(), types);
    }
}
