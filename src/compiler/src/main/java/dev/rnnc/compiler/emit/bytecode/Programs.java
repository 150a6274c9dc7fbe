package dev.rnnc.compiler.emit.bytecode;

import static dev.rnnc.compiler.emit.bytecode.LaneTypes.SEGMENT;
import static dev.rnnc.compiler.emit.bytecode.LaneTypes.signature;

import dev.rnnc.compiler.emit.Action;
import dev.rnnc.compiler.emit.Field;
import dev.rnnc.compiler.emit.Method;
import dev.rnnc.compiler.emit.Method.Receives;
import dev.rnnc.compiler.emit.ProgramClass;
import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramSpec;
import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/** The class of one program, nested in the lane class. */
final class Programs {
    static final Type PARAMETERS = Type.getType(Parameters.class);
    static final Type PROGRAM = Type.getType(Program.class);
    private static final Type SPEC = Type.getType(ProgramSpec.class);

    private final ProgramClass plan;
    private final LoopProgram program;
    private final LaneTypes types;
    private final ClassFile file;
    private final Type self;

    private Programs(ProgramClass plan, LaneTypes types, String sourceFile) {
        this.plan = plan;
        this.program = plan.program();
        this.types = types;
        this.self = type(plan, types);
        this.file = new ClassFile(self, Opcodes.ACC_FINAL, PROGRAM, sourceFile);
    }

    /** The class that holds a program. */
    static Type type(ProgramClass plan, LaneTypes types) {
        return LaneTypes.named(types.laneClass().getInternalName() + "$" + plan.name());
    }

    static byte[] emit(ProgramClass plan, LaneTypes types, String sourceFile) {
        return new Programs(plan, types, sourceFile).emit();
    }

    private byte[] emit() {
        file.nest(types.laneClass(), self, plan.name(), 0);
        file.field(ClassFile.CONSTANT, "SPEC", SPEC);
        GeneratorAdapter code = file.method(Opcodes.ACC_STATIC, "<clinit>", Type.VOID_TYPE);
        new Specs(code).push(program.spec());
        code.putStatic(self, "SPEC", SPEC);
        ClassFile.end(code);
        constructor();
        plan.refresh().forEach(this::method);
        run();
        plan.passes().forEach(this::method);
        loss();
        code = file.method(Opcodes.ACC_PUBLIC, "gradients", SEGMENT);
        if (program.hasGradients()) {
            field(code, "gradients");
        } else {
            code.visitInsn(Opcodes.ACONST_NULL);
        }
        ClassFile.end(code);
        return file.bytes();
    }

    private void constructor() {
        int access = Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL;
        GeneratorAdapter code = file.method(0, "<init>", Type.VOID_TYPE, PARAMETERS);
        code.loadThis();
        code.getStatic(self, "SPEC", SPEC);
        code.loadArg(0);
        code.invokeConstructor(PROGRAM, signature("<init>", Type.VOID_TYPE, SPEC, PARAMETERS));
        if (program.hasGradients()) {
            file.field(access, "gradients", SEGMENT);
            code.loadThis();
            code.loadThis();
            data(code);
            code.invokeInterface(SEGMENT, signature("byteSize", Type.LONG_TYPE));
            code.invokeVirtual(self, signature("allocate", SEGMENT, Type.LONG_TYPE));
            code.putField(self, "gradients", SEGMENT);
        }
        for (Field field : plan.fields()) {
            file.field(access, field.name(), SEGMENT);
            code.loadThis();
            memory(field, code);
            code.putField(self, field.name(), SEGMENT);
            field.port().ifPresent(port -> {
                code.loadThis();
                code.push(port);
                field(code, field.name());
                code.invokeVirtual(self, signature("bind", Type.VOID_TYPE, Type.getType(String.class), SEGMENT));
            });
        }
        code.loadThis();
        code.invokeVirtual(self, signature("refresh", Type.VOID_TYPE));
        ClassFile.end(code);
    }

    private void memory(Field field, GeneratorAdapter code) {
        switch (field.source()) {
            case PARAMETERS -> data(code);
            case GRADIENTS -> field(code, "gradients");
            case OWN -> code.loadThis();
        }
        code.push(field.bytes());
        if (field.source() == Field.Source.OWN) {
            code.invokeVirtual(self, signature("allocate", SEGMENT, Type.LONG_TYPE));
        } else {
            code.invokeInterface(SEGMENT, signature("asSlice", SEGMENT, Type.LONG_TYPE));
        }
    }

    private static void data(GeneratorAdapter code) {
        code.loadArg(0);
        code.invokeVirtual(PARAMETERS, signature("data", SEGMENT));
    }

    private void field(GeneratorAdapter code, String name) {
        code.loadThis();
        code.getField(self, name, SEGMENT);
    }

    private void run() {
        GeneratorAdapter code = file.method(Opcodes.ACC_PUBLIC, "run", Type.VOID_TYPE, Type.INT_TYPE);
        for (String name : List.of("beginRun", "forward", "backward")) {
            if (!name.equals("backward") || plan.runsBackward()) {
                code.loadThis();
                code.loadArg(0);
                code.invokeVirtual(self, signature(name, Type.VOID_TYPE, Type.INT_TYPE));
            }
        }
        ClassFile.end(code);
    }

    private void loss() {
        GeneratorAdapter code = file.method(Opcodes.ACC_PUBLIC, "loss", Type.DOUBLE_TYPE);
        if (program.loss() == null) {
            code.push(Double.NaN);
        } else {
            field(code, plan.field(program.loss()));
            code.getStatic(types.laneClass(), "REAL", types.realLayout());
            code.push(0L);
            code.invokeInterface(SEGMENT, signature("get", types.real(), types.realLayout(), Type.LONG_TYPE));
            if (program.precision() == Precision.FLOAT) {
                code.cast(Type.FLOAT_TYPE, Type.DOUBLE_TYPE);
            }
        }
        ClassFile.end(code);
    }

    private static org.objectweb.asm.commons.Method routine(String name, Receives receives) {
        Type[] parameters = new Type[receives.names().size()];
        Arrays.fill(parameters, Type.INT_TYPE);
        return signature(name, Type.VOID_TYPE, parameters);
    }

    private void method(Method plan) {
        GeneratorAdapter code = file.method(
                plan.overrides() ? Opcodes.ACC_PUBLIC : Opcodes.ACC_PRIVATE,
                plan.name(),
                Type.VOID_TYPE,
                routine(plan.name(), plan.receives()).getArgumentTypes());
        Scope scope = new Scope(code);
        List<String> names = plan.receives().names();
        for (int i = 0; i < names.size(); i++) {
            scope.parameter(names.get(i), i);
        }
        actions(plan.body(), scope);
        ClassFile.end(code);
    }

    private void actions(List<Action> actions, Scope scope) {
        GeneratorAdapter code = scope.code();
        Loops loops = new Loops(scope, body -> actions(body, scope));
        for (Action action : actions) {
            switch (action) {
                case Action.Call(Step.Call call) -> {
                    ClassFile.line(code, call.comment().line());
                    call.arguments().forEach(argument -> argument(argument, scope));
                    code.invokeStatic(types.laneClass(), LaneTypes.kernel(call.kernel()));
                }
                case Action.Invoke invoke -> {
                    ClassFile.line(code, invoke.line());
                    code.loadThis();
                    invoke.receives().names().forEach(scope::load);
                    code.invokeVirtual(self, routine(invoke.method(), invoke.receives()));
                }
                case Action.OverTime loop -> loops.overTime(loop);
                case Action.OverSomeSteps some -> loops.overSomeSteps(some);
                case Action.ForSteps whole -> loops.forSteps(whole);
                case Action.InChunks chunks -> loops.inChunks(chunks);
            }
        }
    }

    private void argument(Argument argument, Scope scope) {
        GeneratorAdapter code = scope.code();
        switch (argument) {
            case Argument.Memory memory -> field(code, plan.field(memory.buffer()));
            case Argument.Number number -> scope.integer(number.index());
            case Argument.RoundedDown rounded -> {
                scope.integer(rounded.index());
                code.push(rounded.multiple());
                code.math(GeneratorAdapter.DIV, Type.INT_TYPE);
                code.push(rounded.multiple());
                code.math(GeneratorAdapter.MUL, Type.INT_TYPE);
            }
            case Argument.EveryOther other -> everyOther(code, () -> scope.integer(other.index()));
            case Argument.EveryOtherRun _ ->
                everyOther(code, () -> {
                    code.loadThis();
                    code.getField(self, "runsBegun", Type.INT_TYPE);
                });
            case Argument.Seed _ -> {
                code.loadThis();
                code.getField(self, "seed", Type.LONG_TYPE);
            }
        }
    }

    private static void everyOther(GeneratorAdapter code, Runnable number) {
        code.push(1);
        code.push(2);
        number.run();
        code.push(1);
        code.math(GeneratorAdapter.AND, Type.INT_TYPE);
        code.math(GeneratorAdapter.MUL, Type.INT_TYPE);
        code.math(GeneratorAdapter.SUB, Type.INT_TYPE);
    }
}
