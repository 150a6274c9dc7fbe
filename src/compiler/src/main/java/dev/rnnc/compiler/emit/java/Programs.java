package dev.rnnc.compiler.emit.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ProgramSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;

/** A nested class for a program: a field for each buffer, a method for each routine and each loop over time. */
final class Programs {
    /** Calls in one method: HotSpot never compiles a method of more than 8,000 bytes. */
    private static final int CALLS = 40;

    private final LoopProgram program;
    private final Types types;
    private final TypeSpec.Builder type;
    private final Set<String> names = new HashSet<>(Set.of(
            "run",
            "refresh",
            "forward",
            "backward",
            "loss",
            "gradients",
            "close",
            "segment",
            "spec",
            "parameters",
            "allocate",
            "bind",
            "seed",
            "rowStride",
            "resetStates",
            "checkSteps"));

    private Programs(LoopProgram program, Types types, String name) {
        this.program = program;
        this.types = types;
        this.type = TypeSpec.classBuilder(name)
                .addModifiers(Modifier.STATIC, Modifier.FINAL)
                .superclass(Program.class);
    }

    static TypeSpec emit(LoopProgram program, Types types, String name) {
        return new Programs(program, types, name).emit();
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
                },
                program.spec().steps(),
                program.spec().batch());
        type.addField(FieldSpec.builder(ProgramSpec.class, "SPEC", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer(Specs.program(program.spec()))
                .build());
        MethodSpec.Builder constructor = MethodSpec.constructorBuilder()
                .addParameter(Parameters.class, "parameters")
                .addStatement("super(SPEC, parameters)");
        if (program.hasGradients()) {
            type.addField(Types.SEGMENT, "gradients", Modifier.PRIVATE, Modifier.FINAL);
            constructor.addStatement("gradients = allocate(parameters.data().byteSize())");
        }
        for (Buffer buffer : program.buffers()) {
            names.add(buffer.name());
            type.addField(Types.SEGMENT, field(buffer), Modifier.PRIVATE, Modifier.FINAL);
            constructor.addStatement("$L = $L", field(buffer), memory(buffer));
            if (buffer.storage() == Buffer.Storage.PORT) {
                constructor.addStatement("bind($S, $L)", buffer.port(), field(buffer));
            }
        }
        type.addMethod(constructor.addStatement("refresh()").build());
        routine("refresh", program.refresh(), false, Modifier.PUBLIC);
        boolean backward = !program.backward().isEmpty();
        MethodSpec.Builder run = MethodSpec.methodBuilder("run")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(int.class, "steps")
                .addStatement("checkSteps(steps)")
                .addStatement("forward(steps)");
        if (backward) {
            run.addStatement("backward(steps)");
        }
        type.addMethod(run.build());
        routine("forward", program.forward(), true, Modifier.PRIVATE);
        if (backward) {
            routine("backward", program.backward(), true, Modifier.PRIVATE);
        }
        type.addMethod(MethodSpec.methodBuilder("loss")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(double.class)
                .addStatement(
                        program.loss() == null
                                ? CodeBlock.of("return Double.NaN")
                                : CodeBlock.of("return $L.get(REAL, 0)", field(program.loss())))
                .build());
        type.addMethod(MethodSpec.methodBuilder("gradients")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(Types.SEGMENT)
                .addStatement("return $L", program.hasGradients() ? "gradients" : "null")
                .build());
        return type.build();
    }

    private CodeBlock memory(Buffer buffer) {
        int bytes = buffer.element() == Element.TOKEN
                ? Integer.BYTES
                : types.precision().bytes();
        return switch (buffer.storage()) {
            case PARAMETERS -> CodeBlock.of("parameters.data().asSlice($LL)", buffer.offset() * bytes);
            case GRADIENTS -> CodeBlock.of("gradients.asSlice($LL)", buffer.offset() * bytes);
            // A line more than needed, because the last vector of a row may reach beyond it.
            case PORT, PACKED, SCRATCH -> CodeBlock.of("allocate($LL)", buffer.elements() * bytes + 64);
        };
    }

    private void routine(String name, List<Step> steps, boolean timed, Modifier visibility) {
        MethodSpec.Builder method = MethodSpec.methodBuilder(name).addModifiers(visibility);
        if (visibility == Modifier.PUBLIC) {
            method.addAnnotation(Override.class);
        }
        if (timed) {
            method.addParameter(int.class, "steps");
        }
        if (steps.size() <= CALLS) {
            steps(steps, method);
        } else {
            for (int from = 0; from < steps.size(); from += CALLS) {
                String part = unique(name + (from / CALLS + 1));
                method.addStatement(timed ? "$L(steps)" : "$L()", part);
                routine(part, steps.subList(from, Math.min(steps.size(), from + CALLS)), timed, Modifier.PRIVATE);
            }
        }
        type.addMethod(method.build());
    }

    private void steps(List<Step> steps, MethodSpec.Builder method) {
        String last = "";
        for (Step step : steps) {
            switch (step) {
                case Step.Call call -> {
                    if (!call.comment().equals(last)) {
                        call.comment().lines().forEach(line -> method.addComment("$L", line));
                        last = call.comment();
                    }
                    List<CodeBlock> arguments =
                            call.arguments().stream().map(this::argument).toList();
                    method.addStatement("$L($L)", call.kernel().name(), CodeBlock.join(arguments, ",$W"));
                }
                case Step.TimeLoop loop -> {
                    String name = unique((loop.name().isEmpty() ? "steps" : loop.name())
                            + (loop.backward() ? "Backward" : "Forward"));
                    method.addStatement("$L(steps)", name);
                    type.addMethod(timeLoop(name, loop));
                }
                case Step.ChunkLoop loop -> {
                    CodeBlock rows = Expressions.integer(loop.rows());
                    method.beginControlFlow("for (int from = 0; from < $L; from += $L)", rows, loop.chunk());
                    method.addStatement("int to = $T.min($L, from + $L)", Math.class, rows, loop.chunk());
                    steps(loop.body(), method);
                    method.endControlFlow();
                }
            }
        }
    }

    private MethodSpec timeLoop(String name, Step.TimeLoop loop) {
        MethodSpec.Builder method =
                MethodSpec.methodBuilder(name).addModifiers(Modifier.PRIVATE).addParameter(int.class, "steps");
        List<List<Step>> pieces = new ArrayList<>();
        for (int from = 0; from < loop.body().size(); from += CALLS) {
            pieces.add(loop.body().subList(from, Math.min(loop.body().size(), from + CALLS)));
        }
        method.beginControlFlow(
                loop.backward() ? "for (int t = steps - 1; t >= 0; t--)" : "for (int t = 0; t < steps; t++)");
        if (pieces.size() <= 1) {
            steps(loop.body(), method);
        } else {
            for (List<Step> piece : pieces) {
                String part = unique(name + "Step");
                method.addStatement("$L(t, steps)", part);
                MethodSpec.Builder inner = MethodSpec.methodBuilder(part)
                        .addModifiers(Modifier.PRIVATE)
                        .addParameter(int.class, "t")
                        .addParameter(int.class, "steps");
                steps(piece, inner);
                type.addMethod(inner.build());
            }
        }
        return method.endControlFlow().build();
    }

    private CodeBlock argument(Argument argument) {
        return switch (argument) {
            case Argument.Memory memory -> CodeBlock.of("$L", field(memory.buffer()));
            case Argument.Number number -> Expressions.integer(number.index());
            case Argument.RoundedDown rounded ->
                CodeBlock.of("($1L) / $2L * $2L", Expressions.integer(rounded.index()), rounded.multiple());
            case Argument.Seed _ -> CodeBlock.of("seed");
        };
    }

    private static String field(Buffer buffer) {
        return switch (buffer.name()) {
            case "seed", "gradients", "SPEC", "parameters" -> buffer.name() + "_";
            default -> javax.lang.model.SourceVersion.isKeyword(buffer.name()) ? buffer.name() + "_" : buffer.name();
        };
    }

    private String unique(String wish) {
        String clean = wish.replaceAll("[^A-Za-z0-9_]", "");
        String name = clean;
        for (int i = 2; !names.add(name); i++) {
            name = clean + i;
        }
        return name;
    }
}
