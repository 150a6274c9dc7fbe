package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.model.Unroll;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Unrolls the loops over time of a program:
 *
 * <pre>{@code
 * for t in 0 .. steps-1 { a(t) b(t) }   ->   for t in turns of 4 steps { ab(t) ab(t + 1) ab(t + 2) ab(t + 3) }
 *                                            for t in the rest of 0 .. steps-1 { ab(t) }
 * }</pre>
 *
 * Small kernels that follow one another become one ({@link FuseCalls}), within a step whatever the setting, and over as
 * many steps of a turn as fit into a method.
 */
public final class UnrollTime {
    /** Steps that may become one kernel. */
    private static final List<Integer> BLOCKS = List.of(2, 4, 8, 16);

    /** The share of a step's time that unrolling must be expected to save before it is chosen. */
    private static final double GAIN = 0.08;

    /** What each further doubling must be expected to save. */
    private static final double FURTHER_GAIN = 0.03;

    /**
     * The most vectors of a state, over all rows of a batch, for steps to share a kernel. With more the processor works on
     * several at once, and keeping one in a register saves no time: 16 units of 8 rows ran a fifth slower so.
     */
    private static final int MOST_VECTORS = 4;

    /** The most calls of kernels in one turn. */
    private static final int MOST_CALLS = 8192;

    private final LoopProgram program;
    private final Unroll unroll;
    private final FuseCalls fusing;
    private final CostModel costs = new CostModel();

    private UnrollTime(LoopProgram program, Unroll unroll) {
        this.program = program;
        this.unroll = unroll;
        this.fusing = new FuseCalls(program.lanes());
    }

    /**
     * The program with its loops unrolled.
     *
     * @param intern gives a kernel its name among the kernels of the class, or returns the one with the same code
     * @throws UnrollLimitException if a turn would have too many calls
     */
    public static LoopProgram apply(LoopProgram program, Unroll unroll, UnaryOperator<Kernel> intern) {
        UnrollTime pass = new UnrollTime(program, unroll);
        LoopProgram unrolled = new LoopProgram(
                program.spec(),
                program.precision(),
                program.lanes(),
                program.buffers(),
                program.refresh(),
                pass.steps(program.forward()),
                pass.steps(program.backward()),
                program.loss(),
                program.hasGradients());
        return DropScratch.apply(program, unrolled, intern);
    }

    private List<Step> steps(List<Step> steps) {
        return steps.stream()
                .map(step -> step instanceof Step.TimeLoop loop ? loop(loop) : step)
                .toList();
    }

    private Step.TimeLoop loop(Step.TimeLoop loop) {
        Step.TimeLoop rolled = with(loop, fusing.apply(loop.body()), Optional.empty());
        int most = program.spec().steps();
        int atOnce = loop.ahead().map(Step.Ahead::steps).orElse(most);
        return switch (unroll) {
            case Unroll.None _ -> rolled;
            case Unroll.By(int steps) -> turn(rolled, Math.min(steps, atOnce));
            case Unroll.Full _ -> whole(rolled, most);
            case Unroll.Automatic _ -> automatic(rolled, atOnce);
        };
    }

    /** The cheapest turn of one kernel, where that beats the rolled loop clearly. */
    private Step.TimeLoop automatic(Step.TimeLoop rolled, int most) {
        Step.TimeLoop best = rolled;
        double cost = costs.nanosPerStep(rolled) * (1 - GAIN + FURTHER_GAIN);
        for (Step.TimeLoop candidate : blocks(rolled, most)) {
            double expected = costs.nanosPerStep(candidate);
            if (expected < cost * (1 - FURTHER_GAIN)) {
                best = candidate;
                cost = expected;
            }
        }
        return best;
    }

    /** Turns whose steps share kernels, the shorter first. */
    private List<Step.TimeLoop> blocks(Step.TimeLoop rolled, int most) {
        List<Step.TimeLoop> blocks = new ArrayList<>();
        for (int steps : BLOCKS) {
            if (steps > most) {
                break;
            }
            List<Step> body = new ArrayList<>();
            for (int i = 0; i < steps; i++) {
                body.addAll(shifted(rolled, i, rolled.body()));
            }
            List<Step> fused = fusing.apply(body);
            if (fused.size() > rolled.body().size() || !isSmall(fused)) {
                break;
            }
            blocks.add(with(rolled, rolled.body(), Optional.of(new Step.Turn(steps, false, fused))));
        }
        return blocks;
    }

    private static boolean isSmall(List<Step> steps) {
        return steps.stream()
                .allMatch(step -> step instanceof Step.Call call
                        && KernelCost.repeats(call.kernel().body()) <= MOST_VECTORS);
    }

    private Step.TimeLoop turn(Step.TimeLoop rolled, int steps) {
        return steps <= 1
                ? rolled
                : with(
                        rolled,
                        rolled.body(),
                        Optional.of(new Step.Turn(steps, false, copies(rolled, steps, Optional.empty()))));
    }

    /** All steps as one turn, with what is done ahead of some of them in between. */
    private Step.TimeLoop whole(Step.TimeLoop rolled, int steps) {
        int atOnce = rolled.ahead().map(Step.Ahead::steps).orElse(steps);
        List<Step> all = new ArrayList<>();
        for (int done = 0; done < steps; done += atOnce) {
            int next = Math.min(steps, done + atOnce);
            int begin = rolled.backward() ? steps - next : done;
            int end = rolled.backward() ? steps - done : next;
            int first = rolled.backward() ? end - 1 : begin;
            Map<String, Index> values = Map.of(
                    "t", Index.of(first), "steps", Index.of(steps), "begin", Index.of(begin), "end", Index.of(end));
            rolled.ahead().ifPresent(ahead -> all.addAll(replaced(ahead.body(), values)));
            all.addAll(replaced(copies(rolled, next - done, Optional.of(first)), values));
        }
        limit(rolled, steps, all.size());
        return with(rolled, rolled.body(), Optional.of(new Step.Turn(steps, true, all)));
    }

    /**
     * That many steps from {@code t} on: kernels of several steps as far as they go, then single ones.
     *
     * @param from the first of them for their comments to name, where it is known
     */
    private List<Step> copies(Step.TimeLoop rolled, int steps, Optional<Integer> from) {
        Step.TimeLoop block = blocks(rolled, steps).stream()
                .reduce(rolled, (best, next) -> costs.nanosPerStep(next) < costs.nanosPerStep(best) ? next : best);
        int size = block.turn().map(Step.Turn::steps).orElse(1);
        List<Step> body = block.turn().map(Step.Turn::body).orElse(rolled.body());
        limit(
                rolled,
                steps,
                (long) (steps / size) * body.size()
                        + (long) (steps % size) * rolled.body().size());
        List<Step> copies = new ArrayList<>();
        int done = 0;
        while (done < steps) {
            int next = done + size <= steps ? size : 1;
            List<Step> part = shifted(rolled, done, next == size ? body : rolled.body());
            int way = rolled.backward() ? -1 : 1;
            int first = way * done;
            copies.addAll(
                    from.map(f -> labelled(part, f + first, way * (next - 1))).orElse(part));
            done += next;
        }
        return copies;
    }

    private static void limit(Step.TimeLoop loop, int steps, long calls) {
        if (calls > MOST_CALLS) {
            throw new UnrollLimitException(
                    String.format(
                            Locale.ROOT,
                            "%,d steps of the layer '%s' in one turn are %,d calls of kernels, more than %,d; give a smaller number, as in 'unroll 8'",
                            steps,
                            loop.name(),
                            calls,
                            MOST_CALLS),
                    loop.comment().line());
        }
    }

    /** The steps with the time they are for before each line of their comments. */
    private static List<Step> labelled(List<Step> steps, int first, int more) {
        String time = "t = " + first + (more == 0 ? ": " : " to " + (first + more) + ": ");
        return steps.stream()
                .<Step>map(step -> step instanceof Step.Call(Kernel kernel, List<Argument> arguments, Comment comment)
                        ? new Step.Call(
                                kernel,
                                arguments,
                                new Comment(comment.text().replaceAll("(?m)^(?=.)", time), comment.line()))
                        : step)
                .toList();
    }

    /** {@code body} for a time step further on in the direction of the loop. */
    private static List<Step> shifted(Step.TimeLoop loop, int by, List<Step> body) {
        Index time = Index.of("t").plus(loop.backward() ? -by : by);
        return by == 0 ? body : replaced(body, Map.of("t", time));
    }

    private static List<Step> replaced(List<Step> steps, Map<String, Index> values) {
        return steps.stream().map(step -> replaced(step, values)).toList();
    }

    private static Step replaced(Step step, Map<String, Index> values) {
        return switch (step) {
            case Step.Call call ->
                new Step.Call(
                        call.kernel(),
                        call.arguments().stream().map(a -> replaced(a, values)).toList(),
                        call.comment());
            case Step.TimeLoop _ -> throw new IllegalStateException("a loop over time stands in another");
            case Step.ChunkLoop chunks ->
                new Step.ChunkLoop(chunks.rows().with(values), chunks.chunk(), replaced(chunks.body(), values));
        };
    }

    private static Argument replaced(Argument argument, Map<String, Index> values) {
        return switch (argument) {
            case Argument.Memory _, Argument.Seed _, Argument.EveryOtherRun _ -> argument;
            case Argument.Number(Index index) -> new Argument.Number(index.with(values));
            case Argument.RoundedDown(Index index, int multiple) -> {
                Index replaced = index.with(values);
                yield replaced.isConstant()
                        ? new Argument.Number(Index.of(replaced.constant() / multiple * multiple))
                        : new Argument.RoundedDown(replaced, multiple);
            }
            case Argument.EveryOther(Index index) -> {
                Index replaced = index.with(values);
                yield replaced.isConstant()
                        ? new Argument.Number(Index.of(1 - 2 * (replaced.constant() & 1)))
                        : new Argument.EveryOther(replaced);
            }
        };
    }

    private static Step.TimeLoop with(Step.TimeLoop loop, List<Step> body, Optional<Step.Turn> turn) {
        return new Step.TimeLoop(loop.name(), loop.backward(), loop.ahead(), body, turn, loop.comment());
    }
}
