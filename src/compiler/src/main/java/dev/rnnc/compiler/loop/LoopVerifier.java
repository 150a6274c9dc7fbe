package dev.rnnc.compiler.loop;

import dev.rnnc.compiler.loop.Kernel.Kind;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that a loop program is well formed: every port has memory of its size, calls match their kernels' parameters in
 * number and kind, kernels obey {@link KernelVerifier}, and, for runs of one step and of the most steps, no kernel
 * touches memory outside its buffers ({@link AccessVerifier}). Tests run it on what lowering yields.
 */
public final class LoopVerifier {
    private final LoopProgram program;
    private final Set<Buffer> known;
    private final Map<String, Kernel> kernels = new HashMap<>();
    private final Map<Buffer, Long> writtenTokens = new HashMap<>();
    private final Set<Kernel> verified = Collections.newSetFromMap(new IdentityHashMap<>());

    private LoopVerifier(LoopProgram program) {
        this.program = program;
        this.known = Set.copyOf(program.buffers());
    }

    /**
     * Checks {@code program}.
     *
     * @return the same program, so that a check can stand around an expression
     * @throws IllegalStateException naming the first broken rule, and the kernel and call that break it
     */
    public static LoopProgram verify(LoopProgram program) {
        LoopVerifier verifier = new LoopVerifier(program);
        verifier.buffers();
        for (int steps : List.of(1, program.spec().steps())) {
            Map<String, Range> noTime = Map.of("steps", Range.of(steps));
            verifier.steps(program.refresh(), Map.of());
            verifier.steps(program.forward(), noTime);
            verifier.steps(program.backward(), noTime);
        }
        return program;
    }

    private void buffers() {
        Set<String> names = new HashSet<>();
        for (Buffer b : program.buffers()) {
            require(names.add(b.name()), "two buffers are called " + b.name());
            require(b.elements() > 0, "buffer " + b.name() + " is empty");
        }
        for (PortSpec port : program.spec().ports()) {
            Buffer buffer = program.buffers().stream()
                    .filter(b -> b.storage() == Buffer.Storage.PORT && b.port().equals(port.name()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("port " + port.name() + " has no buffer"));
            require(buffer.element() == port.element(), "port " + port.name() + " holds " + port.element());
            long elements = elements(port, program);
            require(
                    buffer.elements() == elements,
                    "port " + port.name() + " has " + elements + " elements, its buffer " + buffer.elements());
        }
        require(program.loss() == null || known.contains(program.loss()), "the loss lies in no buffer of the program");
    }

    private static long elements(PortSpec port, LoopProgram program) {
        Precision precision = program.precision();
        long stride = port.element() == Element.TOKEN ? 1 : precision.padded(port.width());
        return switch (port.rows()) {
            case NONE -> stride;
            case BATCH -> program.spec().batch() * stride;
            case SEQUENCE -> (long) program.spec().steps() * program.spec().batch() * stride;
        };
    }

    private void steps(List<Step> steps, Map<String, Range> variables) {
        for (Step step : steps) {
            switch (step) {
                case Step.Call call -> call(call, variables);
                case Step.TimeLoop loop -> {
                    require(!variables.containsKey("t"), "a loop over time stands in another");
                    Range count = variables.get("steps");
                    require(count != null, "a loop over time stands where no run is");
                    loop.turn().filter(Step.Turn::whole).ifPresent(turn -> whole(turn, count.high()));
                    if (loop.ahead().isEmpty()) {
                        overTime(loop, 0, count.high(), variables);
                    } else {
                        ahead(loop, loop.ahead().get(), count.high(), variables);
                    }
                }
                case Step.ChunkLoop loop -> {
                    require(loop.chunk() > 0, "a chunk has no rows");
                    long rows = Range.of(loop.rows(), variables).high();
                    for (Range chunk : chunks(rows, loop.chunk())) {
                        Map<String, Range> bounds = Map.of("from", Range.of(chunk.low()), "to", Range.of(chunk.high()));
                        steps(loop.body(), with(variables, bounds));
                    }
                }
            }
        }
    }

    private void whole(Step.Turn turn, long count) {
        require(turn.steps() == program.spec().steps(), "a turn of all steps has too few");
        if (count == turn.steps()) {
            steps(turn.body(), Map.of());
        }
    }

    private void ahead(Step.TimeLoop loop, Step.Ahead ahead, long count, Map<String, Range> variables) {
        require(ahead.steps() > 0, "nothing is done ahead");
        for (Range chunk : chunks(count, ahead.steps())) {
            long begin = loop.backward() ? count - chunk.high() : chunk.low();
            long end = loop.backward() ? count - chunk.low() : chunk.high();
            Map<String, Range> inside = with(variables, Map.of("begin", Range.of(begin), "end", Range.of(end)));
            steps(ahead.body(), inside);
            overTime(loop, begin, end, inside);
        }
    }

    /** The first chunk, the last whole one and the last: what is right for these is right for those between. */
    private static Set<Range> chunks(long count, int size) {
        Set<Range> chunks = new LinkedHashSet<>();
        for (long start : List.of(0L, Math.max(0, count / size - 1) * size, (count - 1) / size * size)) {
            chunks.add(new Range(start, Math.min(count, start + size)));
        }
        return chunks;
    }

    private void overTime(Step.TimeLoop loop, long begin, long end, Map<String, Range> variables) {
        steps(loop.body(), with(variables, Map.of("t", new Range(begin, end - 1))));
        loop.turn().filter(turn -> !turn.whole()).ifPresent(turn -> {
            require(turn.steps() > 0, "a turn has no steps");
            if (end - begin >= turn.steps()) {
                int others = turn.steps() - 1;
                Range first = loop.backward() ? new Range(begin + others, end - 1) : new Range(begin, end - 1 - others);
                steps(turn.body(), with(variables, Map.of("t", first)));
            }
        });
    }

    private static Map<String, Range> with(Map<String, Range> variables, Map<String, Range> more) {
        Map<String, Range> all = new HashMap<>(variables);
        all.putAll(more);
        return all;
    }

    private void call(Step.Call call, Map<String, Range> variables) {
        Kernel kernel = call.kernel();
        Kernel same = kernels.putIfAbsent(kernel.name(), kernel);
        require(same == null || same.equals(kernel), "two kernels are called " + kernel.name());
        if (verified.add(kernel)) {
            KernelVerifier.verify(kernel, program.precision(), program.lanes());
        }
        List<Kernel.Parameter> parameters = kernel.parameters();
        require(
                parameters.size() == call.arguments().size(),
                "a call of " + kernel.name() + " has " + call.arguments().size() + " arguments for " + parameters.size()
                        + " parameters");
        Map<String, Range> numbers = new HashMap<>();
        Map<String, Buffer> memory = new HashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            Kernel.Parameter parameter = parameters.get(i);
            String place = "argument " + parameter.name() + " of " + kernel.name();
            Kind kind = switch (call.arguments().get(i)) {
                case Argument.Memory(Buffer buffer) -> {
                    require(known.contains(buffer), place + " is a buffer of another program: " + buffer);
                    memory.put(parameter.name(), buffer);
                    yield buffer.element() == Element.TOKEN ? Kind.TOKENS : Kind.REALS;
                }
                case Argument.Number(Index index) -> {
                    numbers.put(parameter.name(), Range.of(index, variables));
                    yield Kind.INTEGER;
                }
                case Argument.RoundedDown(Index index, int multiple) -> {
                    Range range = Range.of(index, variables);
                    numbers.put(
                            parameter.name(),
                            new Range(range.low() / multiple * multiple, range.high() / multiple * multiple));
                    yield Kind.INTEGER;
                }
                case Argument.EveryOther(Index index) -> {
                    Range.of(index, variables);
                    numbers.put(parameter.name(), new Range(-1, 1));
                    yield Kind.INTEGER;
                }
                case Argument.EveryOtherRun _ -> {
                    numbers.put(parameter.name(), new Range(-1, 1));
                    yield Kind.INTEGER;
                }
                case Argument.Seed _ -> Kind.SEED;
            };
            require(kind == parameter.kind(), place + " is of kind " + kind + ", not " + parameter.kind());
        }
        new AccessVerifier(program, kernel, memory, writtenTokens).verify(numbers);
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalStateException(problem);
        }
    }
}
