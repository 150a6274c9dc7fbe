package dev.rnnc.generic.random;

import static dev.rnnc.generic.random.Subject.DOUBLE;
import static dev.rnnc.generic.random.Subject.WILD;
import static dev.rnnc.generic.random.Subject.require;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs a model in parts, of its steps or of its batch, and by its other programs; all in double. */
final class PartWitnesses {
    private static final Pattern MASKED = Pattern.compile("shown = masked\\((\\w+)\\)");

    private final Subject subject;
    private final int steps;

    PartWitnesses(Subject subject) {
        this.subject = subject;
        this.steps = subject.setting.steps();
    }

    private static void same(
            Fault.Kind kind, Map<String, double[]> found, Map<String, double[]> expected, String where) {
        Optional<String> difference = Comparison.differ(found, expected, DOUBLE);
        require(kind, difference.map(what -> where + ": " + what));
    }

    /** A shorter run, then what is left with the states it left: each must be what the equations mean. */
    void pieces(Run run) {
        if (steps < 2) {
            return;
        }
        int cut = 1 + subject.random.nextInt(steps - 1);
        Given first = subject.given.piece(subject.ports, 0, cut);
        Map<String, double[]> expected = Meaning.of(subject.inDouble, first, false, true);
        same(Fault.Kind.PIECES, run.from(first.poisoned(subject.ports)), expected, "first " + cut + " steps");
        Given second = subject.given.piece(subject.ports, cut, steps - cut).withAll(subject.states(expected));
        Map<String, double[]> then = Meaning.of(subject.inDouble, second, false, true);
        if (Comparison.tame(then, WILD)) {
            same(Fault.Kind.PIECES, run.on(second.poisoned(subject.ports)), then, "steps from " + cut);
        }
    }

    /** One step after another, of one row. */
    void steps() {
        if (!subject.inDouble.runsForward()) {
            return;
        }
        int row = subject.random.nextInt(subject.setting.batch());
        Given alone = subject.given.withLengths(Map.of()).rows(subject.ports, row, 1);
        CompileOptions options = CompileOptions.of(ProgramKind.STEP).sized(1, 1).lanes(subject.anyLanes());
        try (Run run = new Run(subject.inDouble, ProgramKind.STEP, options, subject.given)) {
            for (int t = 0; t < Math.min(3, steps); t++) {
                Given now = alone.piece(subject.ports, t, 1);
                Map<String, double[]> expected = Meaning.of(subject.inDouble, now, true, false);
                if (!Comparison.tame(expected, WILD)) {
                    return;
                }
                same(Fault.Kind.STEP, t == 0 ? run.from(now) : run.on(now), expected, "step " + t);
                alone = alone.withAll(subject.states(expected));
            }
        }
    }

    /** A program of another kind: the one that trains, with dropout, or one without gradients. */
    void others(Map<String, double[]> meaning) {
        List<ProgramKind> kinds = new ArrayList<>(List.of(ProgramKind.SEQUENCE));
        if (subject.inDouble.loss().isPresent()) {
            kinds.addAll(List.of(ProgramKind.TRAINING, ProgramKind.TRAINING, ProgramKind.EVALUATION));
        }
        ProgramKind other = kinds.get(subject.random.nextInt(kinds.size()));
        Map<String, double[]> expected =
                other == ProgramKind.TRAINING ? Engine.run(subject.inDouble, subject.poisoned, steps, true) : meaning;
        if (!Comparison.tame(expected, WILD)) {
            return;
        }
        CompileOptions options = subject.options(other).lanes(subject.anyLanes());
        try (Run run = new Run(subject.inDouble, other, options, subject.given)) {
            Map<String, double[]> found = run.from(subject.poisoned);
            same(Fault.Kind.PROGRAMS, found, expected, other.name());
            if (other == ProgramKind.TRAINING) {
                masked(found);
            }
        }
    }

    /** The runtime draws masks for compiled programs and for the generic engine: here without it. */
    private void masked(Map<String, double[]> found) {
        Matcher call = MASKED.matcher(subject.text);
        if (!call.find() || !found.containsKey("shown.h")) {
            return;
        }
        String input = call.group(1);
        double[] x = subject.given.reals().get(input);
        double[] h = found.get("shown.h");
        int batch = subject.setting.batch();
        int width = h.length / batch;
        for (int i = 0; i < h.length; i++) {
            int row = i / width;
            int length = subject.given.length(input, row);
            double kept = length == 0
                    ? subject.given.reals().get("shown.h")[i]
                    : x[((length - 1) * batch + row) * width + i % width] / (1 - 0.3);
            boolean dropped = length > 0 && h[i] == 0;
            if (!dropped && !(Math.abs(h[i] - kept) <= 1e-12)) {
                require(Fault.Kind.PROGRAMS, Optional.of("shown.h[%d]: %s for %s or 0".formatted(i, h[i], kept)));
            }
        }
    }

    /** A batch in parts, which together must give the gradient of the whole. */
    void shared() {
        if (!SharedBatch.applies(subject.text)
                || subject.inDouble.spec().parameters().isEmpty()) {
            return;
        }
        Setting rows = subject.setting.sized(steps, SharedBatch.ROWS);
        Map<String, double[]> zeros = new TreeMap<>();
        Meaning.givenStates(subject.inDouble)
                .forEach((name, width) -> zeros.put(name, new double[SharedBatch.ROWS * width]));
        Given whole = Given.draw(subject.inDouble, rows).withAll(zeros);
        Map<String, double[]> expected = Engine.run(subject.inDouble, whole, steps, false);
        if (Comparison.tame(expected, WILD)) {
            SharedBatch.Parts[] all = SharedBatch.Parts.values();
            SharedBatch.Parts parts = all[subject.random.nextInt(all.length)];
            same(Fault.Kind.SHARDS, SharedBatch.gradient(subject.text, parts, whole), expected, parts.name());
        }
    }
}
