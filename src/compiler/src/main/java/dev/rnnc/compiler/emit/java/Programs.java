package dev.rnnc.compiler.emit.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.rnnc.compiler.emit.Action;
import dev.rnnc.compiler.emit.Field;
import dev.rnnc.compiler.emit.Method;
import dev.rnnc.compiler.emit.ProgramClass;
import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramSpec;
import java.util.List;
import javax.lang.model.element.Modifier;

/** A nested class for a program. */
final class Programs {
    private final ProgramClass plan;
    private final LoopProgram program;
    private final TypeSpec.Builder type;

    private Programs(ProgramClass plan) {
        this.plan = plan;
        this.program = plan.program();
        this.type = TypeSpec.classBuilder(plan.name())
                .addModifiers(Modifier.STATIC, Modifier.FINAL)
                .superclass(Program.class);
    }

    static TypeSpec emit(ProgramClass plan) {
        return new Programs(plan).emit();
    }

    private TypeSpec emit() {
        type.addJavadoc(
                "$L for up to $L steps of $L sequences.\n",
                switch (program.spec().kind()) {
                    case TRAINING ->
                        "Forward pass with dropout, backpropagation through time, gradients of all parameters,";
                    case EVALUATION -> "Forward pass with the loss";
                    case SEQUENCE -> "Forward pass";
                    case OBSERVATION -> "Forward pass with all layers";
                    case STEP -> "One step with the state carried over,";
                    case INSPECTION -> "Forward pass and gradients without dropout";
                    case ENCODING -> "What a generator computes before its first step,";
                    case DECODING -> "One step of a generator,";
                    case COUNTING -> "What the parts of the loss are divided by,";
                },
                program.spec().steps(),
                program.spec().batch());
        type.addField(FieldSpec.builder(ProgramSpec.class, "SPEC", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer(Specs.of(program.spec()))
                .build());
        constructor();
        plan.refresh().forEach(this::method);
        MethodSpec.Builder run = MethodSpec.methodBuilder("run")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(int.class, "steps")
                .addStatement("beginRun(steps)")
                .addStatement("forward(steps)");
        if (plan.runsBackward()) {
            run.addStatement("backward(steps)");
        }
        type.addMethod(run.build());
        plan.passes().forEach(this::method);
        type.addMethod(MethodSpec.methodBuilder("loss")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(double.class)
                .addStatement(
                        program.loss() == null
                                ? CodeBlock.of("return $T.NaN", Double.class)
                                : CodeBlock.of("return $L.get(REAL, 0)", plan.field(program.loss())))
                .build());
        type.addMethod(MethodSpec.methodBuilder("gradients")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(Types.SEGMENT)
                .addStatement("return $L", program.hasGradients() ? "gradients" : "null")
                .build());
        return type.build();
    }

    private void constructor() {
        MethodSpec.Builder constructor = MethodSpec.constructorBuilder()
                .addParameter(Parameters.class, "parameters")
                .addStatement("super(SPEC, parameters)");
        if (program.hasGradients()) {
            type.addField(Types.SEGMENT, "gradients", Modifier.PRIVATE, Modifier.FINAL);
            constructor.addStatement("gradients = allocate(parameters.data().byteSize())");
        }
        for (Field field : plan.fields()) {
            type.addField(Types.SEGMENT, field.name(), Modifier.PRIVATE, Modifier.FINAL);
            constructor.addStatement("$L = $L", field.name(), memory(field));
            field.port().ifPresent(port -> constructor.addStatement("bind($S, $L)", port, field.name()));
        }
        type.addMethod(constructor.addStatement("refresh()").build());
    }

    private static CodeBlock memory(Field field) {
        return switch (field.source()) {
            case PARAMETERS -> CodeBlock.of("parameters.data().asSlice($LL)", field.bytes());
            case GRADIENTS -> CodeBlock.of("gradients.asSlice($LL)", field.bytes());
            case OWN -> CodeBlock.of("allocate($LL)", field.bytes());
        };
    }

    private void method(Method plan) {
        MethodSpec.Builder method = MethodSpec.methodBuilder(plan.name());
        if (plan.overrides()) {
            method.addAnnotation(Override.class);
        }
        method.addModifiers(plan.overrides() ? Modifier.PUBLIC : Modifier.PRIVATE);
        plan.receives().names().forEach(name -> method.addParameter(int.class, name));
        actions(plan.body(), method);
        type.addMethod(method.build());
    }

    private void actions(List<Action> actions, MethodSpec.Builder method) {
        String last = "";
        for (Action action : actions) {
            switch (action) {
                case Action.Call(Step.Call call) -> {
                    String comment = call.comment().text();
                    if (!comment.equals(last)) {
                        comment.lines().forEach(line -> method.addComment("$L", line));
                        last = comment;
                    }
                    List<CodeBlock> arguments =
                            call.arguments().stream().map(this::argument).toList();
                    method.addStatement("$L($L)", call.kernel().name(), CodeBlock.join(arguments, ",$W"));
                }
                case Action.Invoke invoke ->
                    method.addStatement(
                            "$L($L)",
                            invoke.method(),
                            String.join(", ", invoke.receives().names()));
                case Action.OverTime loop -> {
                    method.beginControlFlow(overTime(loop));
                    actions(loop.body(), method);
                    method.endControlFlow();
                }
                case Action.OverSomeSteps some -> {
                    overSomeSteps(some, method);
                    actions(some.body(), method);
                    method.endControlFlow();
                }
                case Action.ForSteps whole -> {
                    method.beginControlFlow("if (steps == $L)", whole.steps());
                    actions(whole.body(), method);
                    method.endControlFlow();
                }
                case Action.InChunks chunks -> {
                    CodeBlock rows = Expressions.integer(chunks.rows());
                    method.beginControlFlow("for (int from = 0; from < $L; from += $L)", rows, chunks.chunk());
                    method.addStatement("int to = $T.min($L, from + $L)", Math.class, rows, chunks.chunk());
                    actions(chunks.body(), method);
                    method.endControlFlow();
                }
            }
        }
    }

    private static void overSomeSteps(Action.OverSomeSteps loop, MethodSpec.Builder method) {
        String from = start(loop.backward(), false, loop.done());
        if (loop.backward()) {
            method.beginControlFlow("for (int end = $L; end > 0; end -= $L)", from, loop.chunk());
            method.addStatement("int begin = $T.max(0, end - $L)", Math.class, loop.chunk());
        } else {
            method.beginControlFlow("for (int begin = $L; begin < steps; begin += $L)", from, loop.chunk());
            method.addStatement("int end = $T.min(steps, begin + $L)", Math.class, loop.chunk());
        }
    }

    private static String overTime(Action.OverTime loop) {
        int turn = loop.turn();
        String begin = loop.some() ? "begin" : "0";
        String end = loop.some() ? "end" : "steps";
        String from = start(loop.backward(), loop.some(), loop.done());
        if (loop.backward()) {
            String to = turn == 1 ? begin : loop.some() ? begin + " + " + (turn - 1) : String.valueOf(turn - 1);
            return "for (int t = %s - 1; t >= %s; %s)".formatted(from, to, turn == 1 ? "t--" : "t -= " + turn);
        }
        String to = turn == 1 ? "< " + end : "<= " + end + " - " + turn;
        return "for (int t = %s; t %s; %s)".formatted(from, to, turn == 1 ? "t++" : "t += " + turn);
    }

    /**
     * Where a loop starts: its first time step, or going backward what is behind it. What turns of {@code done} steps leave
     * lies behind them in the direction of the loop.
     */
    private static String start(boolean backward, boolean some, int done) {
        if (done == 0) {
            return backward ? some ? "end" : "steps" : some ? "begin" : "0";
        }
        String left = (some ? "begin + (end - begin)" : "steps") + (backward ? " %% %s" : " / %1$s * %1$s");
        return left.formatted(done);
    }

    private CodeBlock argument(Argument argument) {
        return switch (argument) {
            case Argument.Memory memory -> CodeBlock.of("$L", plan.field(memory.buffer()));
            case Argument.Number number -> Expressions.integer(number.index());
            case Argument.RoundedDown rounded ->
                CodeBlock.of("($1L) / $2L * $2L", Expressions.integer(rounded.index()), rounded.multiple());
            case Argument.EveryOther other -> everyOther(Expressions.integer(other.index()));
            case Argument.EveryOtherRun _ -> everyOther(CodeBlock.of("runsBegun"));
            case Argument.Seed _ -> CodeBlock.of("seed");
        };
    }

    private static CodeBlock everyOther(CodeBlock number) {
        return CodeBlock.of("1 - 2 * (($L) & 1)", number);
    }
}
