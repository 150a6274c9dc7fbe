package dev.rnnc.generic.random;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Runs a model in every way there is and compares. In double, compiled code must give what the equations mean ({@link
 * Meaning}), and, with its gradients, what the generic engine makes of the graph before any pass, within 1e-9 of the largest
 * number; gradients, sums of products over all steps, within ten times that. Gradients must be slopes of the loss ({@link
 * Slopes}). In float, all lane counts and both backends must give the same bits, and those be within 2e-5 of the ones in
 * double, gradients within 2e-4, or as far off as the results move where all numbers that go in move by some units in the
 * last place: a comparison may fall out otherwise, or a model magnify what is rounded.
 */
final class Witnesses {
    private static final double DOUBLE = 1e-9;
    private static final double FLOAT = 2e-5;
    /** Larger numbers say that a model runs away, where rounding hides all else. */
    private static final double WILD = 1e4;

    private static final List<Integer> LANES =
            IntStream.of(16, 8, 4, 1).filter(n -> n <= Lanes.count()).boxed().toList();

    private final String text;
    private final Setting setting;
    private final boolean java;
    private final Random random;
    private final Model inDouble;
    private final Optional<Model> inFloat;
    private final Given given;
    private final Given poisoned;
    private final ProgramKind kind;

    /** What became of a model. */
    enum Outcome {
        /** All witnesses agree. */
        FINE,
        /** {@code check} reports errors. */
        REFUSED,
        /** Its numbers run away. */
        WILD
    }

    /** Thrown where witnesses differ. */
    static final class FaultException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Fault fault;

        FaultException(Fault fault) {
            super(fault.toString());
            this.fault = fault;
        }

        Fault fault() {
            return fault;
        }
    }

    private Witnesses(String text, Setting setting, boolean java, Model inDouble, Optional<Model> inFloat) {
        this.text = text;
        this.setting = setting;
        this.java = java;
        this.random = setting.random("witnesses");
        this.inDouble = inDouble;
        this.inFloat = inFloat;
        this.given = Given.draw(inDouble, setting);
        this.poisoned = given.poisoned(inDouble.spec().ports());
        this.kind = inDouble.loss().isPresent() ? ProgramKind.INSPECTION : ProgramKind.OBSERVATION;
    }

    /**
     * Compares all that a model gives.
     *
     * @param java whether the backend that needs javac is compared too
     * @throws FaultException if witnesses differ
     */
    static Outcome check(String text, Setting setting, boolean java) {
        try {
            Optional<Model> model = model(text);
            if (model.isEmpty()) {
                return Outcome.REFUSED;
            }
            boolean single = model.get().spec().precision() == Precision.FLOAT;
            Model inDouble = single
                    ? model(text.replaceFirst("model (\\w+) \\{", "model $1 { precision double "))
                            .orElseThrow()
                    : model.get();
            return new Witnesses(text, setting, java, inDouble, single ? model : Optional.empty()).compare();
        } catch (Run.Failure e) {
            throw new FaultException(e.fault());
        }
    }

    /** Whether {@code check} reports errors. */
    static boolean refused(String text) {
        try {
            return model(text).isEmpty();
        } catch (Run.Failure _) {
            return false;
        }
    }

    /** The model of a text, empty where it has errors. */
    static Optional<Model> model(String text) {
        try {
            Checked checked = FrontEnd.check(new SourceText("random.rnn", text));
            return checked.model();
        } catch (RuntimeException | StackOverflowError e) {
            throw new Run.Failure(Fault.Kind.CHECK, e);
        }
    }

    private Outcome compare() {
        Map<String, double[]> meaning = Meaning.of(inDouble, given, false, true);
        if (!Comparison.tame(meaning, WILD)) {
            return Outcome.WILD;
        }
        Map<String, double[]> engine = Engine.run(inDouble, poisoned, setting.steps(), false);
        try (Run run = new Run(inDouble, kind, options(kind).lanes(1), given)) {
            Map<String, double[]> found = run.from(poisoned);
            require(Fault.Kind.MEANING, Comparison.differ(found, meaning, DOUBLE));
            require(Fault.Kind.ENGINE, Comparison.differ(found, withoutGradients(engine), DOUBLE));
            slopes(found);
            if (!Comparison.tame(engine, WILD)) {
                return Outcome.WILD;
            }
            require(Fault.Kind.GRADIENT, Comparison.differ(found, engine, DOUBLE));
            inDoubleLanes(found);
            targets(run, found);
            pieces(run);
        }
        if (inFloat.isPresent()) {
            inFloat(inFloat.get(), engine);
        }
        steps();
        others(meaning);
        return Outcome.FINE;
    }

    private CompileOptions options(ProgramKind program) {
        return CompileOptions.of(program)
                .sized(setting.steps(), setting.batch())
                .withLengths(setting.lengths());
    }

    private static void require(Fault.Kind kind, Optional<String> difference) {
        difference.ifPresent(what -> {
            throw new FaultException(new Fault(kind, what));
        });
    }

    private static Map<String, double[]> withoutGradients(Map<String, double[]> results) {
        Map<String, double[]> some = new TreeMap<>(results);
        some.keySet().removeIf(Comparison::isGradient);
        return some;
    }

    private void slopes(Map<String, double[]> found) {
        // What detach holds back is part of the slope.
        if (inDouble.loss().isEmpty() || text.contains("detach(")) {
            return;
        }
        require(
                Fault.Kind.SLOPE,
                setting.edges()
                        ? Slopes.alongEach(inDouble, given, found, random)
                        : Slopes.alongAll(inDouble, given, found, random));
    }

    private void inDoubleLanes(Map<String, double[]> expected) {
        int lanes = LANES.get(random.nextInt(LANES.size()));
        try (Run run = new Run(inDouble, kind, options(kind).lanes(lanes), given)) {
            require(
                    Fault.Kind.LANES,
                    Comparison.bits(run.from(poisoned), expected)
                            .map(what -> what + " with " + lanes + " lanes, in double"));
        }
    }

    /** Targets that go on behind the end of what they are compared with count for nothing. */
    private void targets(Run run, Map<String, double[]> expected) {
        Map<String, int[]> cut = Targets.cut(text, inDouble, given);
        if (cut.equals(given.lengths())) {
            return;
        }
        Map<String, double[]> found = run.from(poisoned.withLengths(cut));
        require(Fault.Kind.TARGETS, Comparison.differ(found, expected, DOUBLE));
    }

    /** A shorter run, then what is left with the states it left: each must be what the equations mean. */
    private void pieces(Run run) {
        if (setting.steps() < 2) {
            return;
        }
        List<PortSpec> ports = inDouble.spec().ports();
        int cut = 1 + random.nextInt(setting.steps() - 1);
        Given first = given.piece(ports, 0, cut);
        Map<String, double[]> expected = Meaning.of(inDouble, first, false, true);
        require(
                Fault.Kind.PIECES,
                Comparison.differ(run.from(first.poisoned(ports)), expected, DOUBLE)
                        .map(what -> what + " in the first " + cut + " steps"));
        Given second = given.piece(ports, cut, setting.steps() - cut).withAll(states(expected));
        Map<String, double[]> then = Meaning.of(inDouble, second, false, true);
        if (Comparison.tame(then, WILD)) {
            require(
                    Fault.Kind.PIECES,
                    Comparison.differ(run.on(second.poisoned(ports)), then, DOUBLE)
                            .map(what -> what + " in the steps from " + cut));
        }
    }

    private Map<String, double[]> states(Map<String, double[]> results) {
        Map<String, double[]> states = new TreeMap<>(results);
        states.keySet().retainAll(Meaning.givenStates(inDouble).keySet());
        return states;
    }

    private void inFloat(Model model, Map<String, double[]> engine) {
        Map<String, double[]> first = null;
        for (int lanes : LANES) {
            try (Run run = new Run(model, kind, options(kind).lanes(lanes), given)) {
                Map<String, double[]> found = run.from(poisoned);
                if (first == null) {
                    first = found;
                }
                require(
                        Fault.Kind.LANES,
                        Comparison.bits(found, first).map(what -> what + " with " + lanes + " lanes"));
            }
        }
        if (java) {
            int lanes = LANES.get(random.nextInt(LANES.size()));
            CompileOptions options = options(kind).lanes(lanes).by(BackendKind.JAVA);
            try (Run run = new Run(model, kind, options, given)) {
                require(
                        Fault.Kind.BACKENDS,
                        Comparison.bits(run.from(poisoned), first)
                                .map(what -> what + " by the Java backend with " + lanes + " lanes"));
            }
        }
        if (setting.edges()) {
            // There floats reach the ends of functions that doubles do not: only what is no number at all tells.
            require(Fault.Kind.FLOAT, Comparison.noNumber(first, engine));
        } else if (Comparison.differ(first, engine, FLOAT).isPresent()) {
            Map<String, double[]> moves = Sensitivity.of(inDouble, poisoned, engine, random);
            require(Fault.Kind.FLOAT, Comparison.differ(first, engine, FLOAT, (name, i) -> moves.get(name)[i]));
        }
    }

    /** A program of another kind: the one that trains, with dropout, or one without gradients. */
    private void others(Map<String, double[]> meaning) {
        List<ProgramKind> kinds = new ArrayList<>(List.of(ProgramKind.SEQUENCE));
        if (inDouble.loss().isPresent()) {
            kinds.addAll(List.of(ProgramKind.TRAINING, ProgramKind.TRAINING, ProgramKind.EVALUATION));
        }
        ProgramKind other = kinds.get(random.nextInt(kinds.size()));
        Map<String, double[]> expected =
                other == ProgramKind.TRAINING ? Engine.run(inDouble, poisoned, setting.steps(), true) : meaning;
        if (!Comparison.tame(expected, WILD)) {
            return;
        }
        CompileOptions options = options(other).lanes(LANES.get(random.nextInt(LANES.size())));
        try (Run run = new Run(inDouble, other, options, given)) {
            require(
                    Fault.Kind.PROGRAMS,
                    Comparison.differ(run.from(poisoned), expected, DOUBLE).map(what -> other + ": " + what));
        }
    }

    /** One step after another, of one row, in double. */
    private void steps() {
        if (!inDouble.runsForward()) {
            return;
        }
        List<PortSpec> ports = inDouble.spec().ports();
        int row = random.nextInt(setting.batch());
        Given alone = given.withLengths(Map.of()).row(ports, row);
        CompileOptions options =
                CompileOptions.of(ProgramKind.STEP).sized(1, 1).lanes(LANES.get(random.nextInt(LANES.size())));
        try (Run run = new Run(inDouble, ProgramKind.STEP, options, given)) {
            for (int t = 0; t < Math.min(3, setting.steps()); t++) {
                Given now = alone.piece(ports, t, 1);
                Map<String, double[]> expected = Meaning.of(inDouble, now, true, false);
                if (!Comparison.tame(expected, WILD)) {
                    return;
                }
                String where = " at step " + t;
                require(
                        Fault.Kind.STEP,
                        Comparison.differ(t == 0 ? run.from(now) : run.on(now), expected, DOUBLE)
                                .map(what -> what + where));
                alone = alone.withAll(states(expected));
            }
        }
    }
}
