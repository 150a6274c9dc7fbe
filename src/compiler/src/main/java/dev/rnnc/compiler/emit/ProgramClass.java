package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.emit.Method.Receives;
import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.names.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The class of one program: a field for each buffer, a method for each routine and each loop over time, and more methods
 * where one would be long.
 *
 * @param program what it computes
 * @param memory the field of each of its buffers
 * @param refresh {@code refresh()} and what it is split into, callees first
 * @param passes {@code forward(steps)}, {@code backward(steps)} where there is one, and their callees
 */
public record ProgramClass(
        LoopProgram program, SequencedMap<Buffer, Field> memory, List<Method> refresh, List<Method> passes) {
    /** Fields that a program's class has or inherits anyway, and variables of its methods. */
    private static final List<String> TAKEN =
            List.of("seed", "runsBegun", "gradients", "SPEC", "parameters", "steps", "t", "begin", "end", "from", "to");

    /** Calls in one method, and bytes of them: HotSpot never compiles a method of more than 8,000 bytes. */
    private static final int CALLS = 40;

    private static final int BYTES = 3000;

    public ProgramClass {
        memory = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(memory));
        refresh = List.copyOf(refresh);
        passes = List.copyOf(passes);
    }

    /** The class for {@code program}. */
    public static ProgramClass of(LoopProgram program) {
        Names fields = Names.fields(TAKEN);
        SequencedMap<Buffer, Field> memory = new LinkedHashMap<>();
        program.buffers().forEach(b -> memory.put(b, Field.of(b, fields.unique(b.name()), program.precision())));
        Splitter splitter = new Splitter();
        program.buffers().forEach(b -> splitter.names.add(b.name()));
        // A method of the program hides a kernel of the same name.
        new ClassPlan.Lanes(program.lanes(), List.of(program))
                .kernels()
                .forEach(k -> splitter.names.add(k.kernel().name()));
        List<Method> refresh = splitter.routine("refresh", program.refresh(), Receives.NOTHING, true);
        List<Method> passes = new ArrayList<>(splitter.routine("forward", program.forward(), Receives.STEPS, false));
        if (!program.backward().isEmpty()) {
            passes.addAll(splitter.routine("backward", program.backward(), Receives.STEPS, false));
        }
        return new ProgramClass(program, memory, refresh, passes);
    }

    /** Its fields, in the order of the buffers. */
    public Collection<Field> fields() {
        return memory.sequencedValues();
    }

    /** Name of the field that holds a buffer. */
    public String field(Buffer buffer) {
        return memory.get(buffer).name();
    }

    /** Name of the class, within the lane class. */
    public String name() {
        return ClassPlan.programClass(program.spec().kind());
    }

    /** Whether a run goes backward too. */
    public boolean runsBackward() {
        return !program.backward().isEmpty();
    }

    /** Gives methods names and keeps them short. */
    private static final class Splitter {
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
                "beginRun"));
        private List<Method> methods = new ArrayList<>();

        List<Method> routine(String name, List<Step> steps, Receives receives, boolean overrides) {
            methods = new ArrayList<>();
            method(name, steps, receives, overrides);
            return methods;
        }

        private void method(String name, List<Step> steps, Receives receives, boolean overrides) {
            List<Action> body = new ArrayList<>();
            List<List<Step>> pieces = pieces(steps);
            if (pieces.size() == 1) {
                body.addAll(actions(steps));
            } else {
                for (int i = 0; i < pieces.size(); i++) {
                    String part = unique(name + (i + 1));
                    body.add(new Action.Invoke(part, receives, 0));
                    method(part, pieces.get(i), receives, false);
                }
            }
            methods.add(new Method(name, receives, overrides, body));
        }

        private List<Action> actions(List<Step> steps) {
            List<Action> actions = new ArrayList<>();
            for (Step step : steps) {
                switch (step) {
                    case Step.Call call -> actions.add(new Action.Call(call));
                    case Step.TimeLoop loop -> {
                        String name = unique((loop.name().isEmpty() ? "steps" : loop.name())
                                + (loop.backward() ? "Backward" : "Forward"));
                        actions.add(new Action.Invoke(
                                name, Receives.STEPS, loop.comment().line()));
                        overTime(name, loop);
                    }
                    case Step.ChunkLoop loop ->
                        actions.add(new Action.InChunks(loop.rows(), loop.chunk(), actions(loop.body())));
                }
            }
            return actions;
        }

        private void overTime(String name, Step.TimeLoop loop) {
            List<Action> all = new ArrayList<>();
            List<Action> loops = new ArrayList<>();
            boolean some = loop.ahead().isPresent();
            Receives receives = some ? Receives.TIME_AND_SOME_STEPS : Receives.TIME_AND_STEPS;
            loop.ahead().ifPresent(ahead -> loops.addAll(inMethods(name + "Ahead", ahead.body(), Receives.SOME_STEPS)));
            int whole = 0;
            int done = 0;
            if (loop.turn().isPresent()) {
                Step.Turn turn = loop.turn().get();
                List<Action> body = inMethods(name + "Turn", turn.body(), turn.whole() ? Receives.NOTHING : receives);
                if (turn.whole()) {
                    whole = turn.steps();
                    all.add(new Action.ForSteps(whole, body));
                } else {
                    done = turn.steps();
                    loops.add(new Action.OverTime(loop.backward(), some, done, 0, body));
                }
            }
            List<Action> body = inMethods(name + "Step", loop.body(), receives);
            loops.add(new Action.OverTime(loop.backward(), some, 1, some ? done : Math.max(whole, done), body));
            if (some) {
                all.add(new Action.OverSomeSteps(
                        loop.backward(), loop.ahead().get().steps(), whole, loops));
            } else {
                all.addAll(loops);
            }
            methods.add(new Method(name, Receives.STEPS, false, all));
        }

        /** The steps as they are, or in methods where they are many. */
        private List<Action> inMethods(String name, List<Step> steps, Receives receives) {
            List<List<Step>> pieces = pieces(steps);
            if (pieces.size() == 1) {
                return actions(steps);
            }
            List<Action> calls = new ArrayList<>();
            for (List<Step> piece : pieces) {
                String part = unique(name);
                calls.add(new Action.Invoke(part, receives, 0));
                methods.add(new Method(part, receives, false, actions(piece)));
            }
            return calls;
        }

        /** The steps in as many methods as they need; one if there are none. */
        private static List<List<Step>> pieces(List<Step> steps) {
            List<List<Step>> pieces = new ArrayList<>();
            int from = 0;
            int bytes = 0;
            for (int i = 0; i < steps.size(); i++) {
                int more = bytes(steps.get(i));
                if (i > from && (i - from == CALLS || bytes + more > BYTES)) {
                    pieces.add(steps.subList(from, i));
                    from = i;
                    bytes = 0;
                }
                bytes += more;
            }
            pieces.add(steps.subList(from, steps.size()));
            return pieces;
        }

        /** About the bytes of bytecode that a step takes, rather more than fewer. */
        private static int bytes(Step step) {
            return switch (step) {
                case Step.Call call ->
                    3 + call.arguments().stream().mapToInt(Splitter::bytes).sum();
                case Step.TimeLoop _ -> 5;
                case Step.ChunkLoop loop ->
                    30
                            + 16 * loop.rows().terms().size()
                            + loop.body().stream().mapToInt(Splitter::bytes).sum();
            };
        }

        private static int bytes(Argument argument) {
            return switch (argument) {
                case Argument.Memory _, Argument.Seed _ -> 4;
                case Argument.EveryOther other -> 8 + 8 * other.index().terms().size();
                case Argument.EveryOtherRun _ -> 10;
                case Argument.Number number -> 4 + 8 * number.index().terms().size();
                case Argument.RoundedDown rounded ->
                    12 + 8 * rounded.index().terms().size();
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
}
