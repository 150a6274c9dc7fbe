package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Drops what fused kernels write to scratch memory that no kernel reads any more, then that memory; and gives the kernels
 * that are new their names.
 */
final class DropScratch {
    private final UnaryOperator<Kernel> intern;
    private final Set<Kernel> old = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Kernel, Set<String>> loaded = new IdentityHashMap<>();
    private final Set<Buffer> read = new HashSet<>();
    private final Set<Buffer> mentioned = new HashSet<>();
    /** What became of new kernels. Each was made for calls that hand it the same memory. */
    private final Map<Kernel, Step.Call> slim = new IdentityHashMap<>();

    private DropScratch(UnaryOperator<Kernel> intern) {
        this.intern = intern;
    }

    /** @param before the program whose kernels have their names */
    static LoopProgram apply(LoopProgram before, LoopProgram program, UnaryOperator<Kernel> intern) {
        DropScratch pass = new DropScratch(intern);
        for (List<Step> routine : List.of(before.refresh(), before.forward(), before.backward())) {
            calls(routine).forEach(call -> pass.old.add(call.kernel()));
        }
        for (List<Step> routine : List.of(program.refresh(), program.forward(), program.backward())) {
            calls(routine).forEach(pass::reads);
        }
        if (program.loss() != null) {
            pass.read.add(program.loss());
            pass.mentioned.add(program.loss());
        }
        List<Step> refresh = pass.steps(program.refresh());
        List<Step> forward = pass.steps(program.forward());
        List<Step> backward = pass.steps(program.backward());
        for (List<Step> routine : List.of(refresh, forward, backward)) {
            calls(routine).forEach(call -> Accesses.memories(call).values().forEach(pass.mentioned::add));
        }
        return new LoopProgram(
                program.spec(),
                program.precision(),
                program.lanes(),
                program.buffers().stream()
                        .filter(b -> b.storage() != Buffer.Storage.SCRATCH || pass.mentioned.contains(b))
                        .toList(),
                refresh,
                forward,
                backward,
                program.loss(),
                program.hasGradients());
    }

    /** All calls of some steps and of what they hold. */
    static List<Step.Call> calls(List<Step> steps) {
        List<Step.Call> calls = new ArrayList<>();
        for (Step step : steps) {
            switch (step) {
                case Step.Call call -> calls.add(call);
                case Step.TimeLoop loop -> {
                    loop.ahead().ifPresent(ahead -> calls.addAll(calls(ahead.body())));
                    calls.addAll(calls(loop.body()));
                    loop.turn().ifPresent(turn -> calls.addAll(calls(turn.body())));
                }
                case Step.ChunkLoop chunks -> calls.addAll(calls(chunks.body()));
            }
        }
        return calls;
    }

    private void reads(Step.Call call) {
        Map<String, Buffer> memories = Accesses.memories(call);
        loaded.computeIfAbsent(call.kernel(), Accesses::loads).forEach(name -> read.add(memories.get(name)));
    }

    private List<Step> steps(List<Step> steps) {
        return steps.stream()
                .<Step>map(step -> switch (step) {
                    case Step.Call call -> old.contains(call.kernel()) ? call : slim(call);
                    case Step.TimeLoop loop ->
                        new Step.TimeLoop(
                                loop.name(),
                                loop.backward(),
                                loop.ahead().map(ahead -> new Step.Ahead(ahead.steps(), steps(ahead.body()))),
                                steps(loop.body()),
                                loop.turn().map(turn -> new Step.Turn(turn.steps(), turn.whole(), steps(turn.body()))),
                                loop.comment());
                    case Step.ChunkLoop chunks ->
                        new Step.ChunkLoop(chunks.rows(), chunks.chunk(), steps(chunks.body()));
                })
                .toList();
    }

    private Step.Call slim(Step.Call call) {
        List<Kernel.Parameter> parameters = call.kernel().parameters();
        Step.Call example = slim.computeIfAbsent(call.kernel(), kernel -> example(call));
        List<Argument> arguments = example.kernel().parameters().stream()
                .map(p -> call.arguments().get(parameters.indexOf(p)))
                .toList();
        return new Step.Call(example.kernel(), arguments, call.comment());
    }

    private Step.Call example(Step.Call call) {
        List<Statement> body = kept(call.kernel().body(), Accesses.memories(call));
        Map<Kernel.Parameter, Argument> parameters = new LinkedHashMap<>();
        for (int i = 0; i < call.arguments().size(); i++) {
            parameters.put(call.kernel().parameters().get(i), call.arguments().get(i));
        }
        Kernel kernel = call.kernel();
        Step.Call kept = FusedKernel.call(kernel.name(), kernel.comment(), body, parameters, call.comment());
        return new Step.Call(intern.apply(kept.kernel()), kept.arguments(), call.comment());
    }

    private List<Statement> kept(List<Statement> statements, Map<String, Buffer> memories) {
        return statements.stream()
                .flatMap(statement -> switch (statement) {
                    case Statement.Store store -> {
                        Buffer buffer = memories.get(store.segment());
                        boolean dead = buffer.storage() == Buffer.Storage.SCRATCH && !read.contains(buffer);
                        yield dead ? Stream.<Statement>of() : Stream.of(store);
                    }
                    case Statement.Loop loop -> Stream.of(loop.with(kept(loop.body(), memories)));
                    case Statement.Define _, Statement.Assign _, Statement.Line _ -> Stream.of(statement);
                })
                .toList();
    }
}
