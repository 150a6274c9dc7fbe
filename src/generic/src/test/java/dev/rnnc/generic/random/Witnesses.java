package dev.rnnc.generic.random;

import static dev.rnnc.generic.random.Subject.DOUBLE;
import static dev.rnnc.generic.random.Subject.WILD;
import static dev.rnnc.generic.random.Subject.require;

import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Runs a model in every way there is and compares. In double, compiled code must give what the equations mean ({@link
 * Meaning}), and, with its gradients, what the generic engine makes of the graph before any pass, within 1e-9 of the largest
 * number; gradients, sums of products over all steps, within ten times that. Gradients must be slopes of the loss ({@link
 * Slopes}). In float, all lane counts and both backends must give the same bits, and those be within 2e-5 of the ones in
 * double, gradients within 2e-4, or as far off as the results move where all numbers that go in move by some units in the
 * last place: a comparison may fall out otherwise, or a model magnify what is rounded.
 */
final class Witnesses {
    private static final double FLOAT = 2e-5;
    /** Of larger numbers a sigmoid is 1 in float, and its logarithm at its end. */
    private static final double GENTLE = 12;

    private final Subject subject;
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

    private Witnesses(Subject subject) {
        this.subject = subject;
        this.kind = subject.inDouble.loss().isPresent() ? ProgramKind.INSPECTION : ProgramKind.OBSERVATION;
    }

    /**
     * Compares all that a model gives.
     *
     * @param java whether the backend that needs javac is compared too
     * @throws Subject.FaultException if witnesses differ
     */
    static Outcome check(String text, Setting setting, boolean java) {
        try {
            Optional<Model> model = Subject.model(text);
            return model.isEmpty()
                    ? Outcome.REFUSED
                    : new Witnesses(new Subject(text, setting, model.get())).compare(java);
        } catch (Run.Failure e) {
            throw new Subject.FaultException(e.fault());
        }
    }

    private Outcome compare(boolean java) {
        Map<String, double[]> meaning = Meaning.of(subject.inDouble, subject.given, false, true);
        if (!Comparison.tame(meaning, WILD)) {
            return Outcome.WILD;
        }
        PartWitnesses parts = new PartWitnesses(subject);
        Map<String, double[]> inDouble;
        Map<String, double[]> engine = Engine.run(subject.inDouble, subject.poisoned, subject.setting.steps(), false);
        try (Run run = new Run(subject.inDouble, kind, subject.options(kind).lanes(1), subject.given)) {
            Map<String, double[]> found = run.from(subject.poisoned);
            inDouble = found;
            require(Fault.Kind.MEANING, Comparison.differ(found, meaning, DOUBLE));
            require(Fault.Kind.ENGINE, Comparison.differ(found, withoutGradients(engine), DOUBLE));
            slopes(found);
            require(Fault.Kind.SLOPE, Slopes.atEnds(subject.text, subject.ports, subject.given, found));
            if (!Comparison.tame(engine, WILD)) {
                return Outcome.WILD;
            }
            require(Fault.Kind.GRADIENT, Comparison.differ(found, engine, DOUBLE));
            otherLanes(found);
            targets(run, found);
            parts.pieces(run);
        }
        if (subject.inFloat.isPresent()) {
            inFloat(subject.inFloat.get(), inDouble, engine, java);
        }
        parts.steps();
        parts.others(meaning);
        parts.shared();
        return Outcome.FINE;
    }

    private static Map<String, double[]> withoutGradients(Map<String, double[]> results) {
        Map<String, double[]> some = new TreeMap<>(results);
        some.keySet().removeIf(Comparison::isGradient);
        return some;
    }

    private void slopes(Map<String, double[]> found) {
        // What detach holds back is part of the slope.
        if (subject.inDouble.loss().isEmpty() || subject.text.contains("detach(")) {
            return;
        }
        require(
                Fault.Kind.SLOPE,
                subject.setting.edges()
                        ? Slopes.alongEach(subject.inDouble, subject.given, found, subject.random)
                        : Slopes.alongAll(subject.inDouble, subject.given, found, subject.random));
    }

    private void otherLanes(Map<String, double[]> expected) {
        int lanes = subject.anyLanes();
        try (Run run = new Run(subject.inDouble, kind, subject.options(kind).lanes(lanes), subject.given)) {
            require(
                    Fault.Kind.LANES,
                    Comparison.bits(run.from(subject.poisoned), expected)
                            .map(what -> what + " with " + lanes + " lanes, in double"));
        }
    }

    /** Targets that go on behind the end of what they are compared with count for nothing. */
    private void targets(Run run, Map<String, double[]> expected) {
        Map<String, int[]> cut = Targets.cut(subject.text, subject.inDouble, subject.given);
        if (!cut.equals(subject.given.lengths())) {
            Map<String, double[]> found = run.from(subject.poisoned.withLengths(cut));
            require(Fault.Kind.TARGETS, Comparison.differ(found, expected, DOUBLE));
        }
    }

    private void inFloat(Model model, Map<String, double[]> inDouble, Map<String, double[]> engine, boolean java) {
        Map<String, double[]> first = null;
        for (int lanes : Subject.LANES) {
            try (Run run = new Run(model, kind, subject.options(kind).lanes(lanes), subject.given)) {
                Map<String, double[]> found = run.from(subject.poisoned);
                first = first == null ? found : first;
                require(
                        Fault.Kind.LANES,
                        Comparison.bits(found, first).map(what -> what + " with " + lanes + " lanes"));
            }
        }
        if (java) {
            int lanes = subject.anyLanes();
            CompileOptions options = subject.options(kind).lanes(lanes).by(BackendKind.JAVA);
            try (Run run = new Run(model, kind, options, subject.given)) {
                require(
                        Fault.Kind.BACKENDS,
                        Comparison.bits(run.from(subject.poisoned), first)
                                .map(what -> what + " by the Java backend with " + lanes + " lanes"));
            }
        }
        require(Fault.Kind.FLOAT, Comparison.zeros(first, withoutGradients(inDouble)));
        if (subject.setting.edges() || !Comparison.tame(withoutGradients(engine), GENTLE)) {
            // There floats reach the ends of functions that doubles do not: only what is no number at all tells.
            require(Fault.Kind.FLOAT, Comparison.noNumber(first, engine));
        } else if (Comparison.differ(first, engine, FLOAT).isPresent()) {
            Map<String, double[]> moves = Sensitivity.of(subject.inDouble, subject.poisoned, engine, subject.random);
            require(Fault.Kind.FLOAT, Comparison.differ(first, engine, FLOAT, (name, i) -> moves.get(name)[i]));
        }
    }
}
