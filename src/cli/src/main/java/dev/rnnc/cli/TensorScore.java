package dev.rnnc.cli;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.train.BatchSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How well a model meets the targets of a file.
 *
 * @param loss mean over all targets: the valid steps of all examples, or the examples
 * @param accuracy for each token target that an output gives scores for: the share of its tokens with the highest score
 * @param examples how many there are
 */
record TensorScore(double loss, Map<String, Double> accuracy, long examples) {
    /** The most examples that are run side by side. */
    private static final int LARGEST_BATCH = 256;

    /**
     * The batch to score with: the largest up to {@code wanted} that divides the examples, so that each counts once.
     */
    static int batch(int examples, int wanted) {
        int batch = Math.min(Math.min(examples, wanted), LARGEST_BATCH);
        while (examples % batch != 0) {
            batch--;
        }
        return batch;
    }

    /**
     * Runs the model over all examples.
     *
     * @param model holds {@link ProgramKind#EVALUATION}
     * @throws CommandFailure if a loss is not a number
     */
    static TensorScore of(Backend.Source source, CompiledModel model, Parameters parameters, Examples data, int batch) {
        BatchSource batches = data.batches(source, data.padded(), 0, data.batch(), batch);
        if (batches.elements() == 0) {
            throw CommandFailure.job("there is no target to measure with: all sequences have length 0");
        }
        Map<PortSpec, PortSpec> scores = scores(model.spec());
        Map<PortSpec, Long> hits = new LinkedHashMap<>();
        Map<PortSpec, Long> tokens = new LinkedHashMap<>();
        double lossSum = 0;
        try (Program program = model.newProgram(ProgramKind.EVALUATION, parameters)) {
            program.refresh();
            for (int window = 0; window < batches.windows(); window++) {
                program.resetStates();
                int steps = batches.load(window, program);
                program.run(steps);
                if (!Double.isFinite(program.loss())) {
                    throw CommandFailure.job("the loss of examples %d to %d is %s; check the data, and that the weights"
                                    .formatted(window * batch, window * batch + batch - 1, program.loss())
                            + " are those of a sound epoch");
                }
                lossSum += program.loss() * batches.elements(window);
                int start = window * batch;
                scores.forEach((target, output) -> {
                    boolean[] counts = counts(data, target, steps, start, batch);
                    double[] wanted = kept(Ports.read(program, target, steps), counts);
                    double[] given = kept(Ports.read(program, output, steps), counts);
                    hits.merge(target, wanted.length == 0 ? 0 : TextScore.hits(given, wanted), Long::sum);
                    tokens.merge(target, (long) wanted.length, Long::sum);
                });
            }
        }
        Map<String, Double> accuracy = new LinkedHashMap<>();
        hits.forEach((target, count) -> accuracy.put(target.name(), (double) count / tokens.get(target)));
        return new TensorScore(lossSum / batches.elements(), accuracy, data.batch());
    }

    /** Which rows of a target are there, step by step. */
    private static boolean[] counts(Examples data, PortSpec target, int steps, int start, int batch) {
        SequenceData.Steps of = data.sequences().get(target.name());
        boolean[] counts = new boolean[of == null ? batch : steps * batch];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = of == null || of.has(i / batch, start + i % batch);
        }
        return counts;
    }

    private static double[] kept(double[] values, boolean[] counts) {
        int width = values.length / counts.length;
        double[] kept = new double[values.length];
        int size = 0;
        for (int row = 0; row < counts.length; row++) {
            if (counts[row]) {
                System.arraycopy(values, row * width, kept, size, width);
                size += width;
            }
        }
        return Arrays.copyOf(kept, size);
    }

    /** The figures for people. */
    String text() {
        StringBuilder text = new StringBuilder("loss " + Numbers.loss(loss));
        accuracy.forEach((target, share) -> text.append("  accuracy ")
                .append(accuracy.size() == 1 ? "" : "of " + target + " ")
                .append(String.format(Locale.ROOT, "%.2f %%", 100 * share)));
        return text.append("  (")
                .append(Numbers.grouped(examples))
                .append(" examples)")
                .toString();
    }

    /** The figures for programs. */
    String json() {
        return Json.pretty(json -> {
            json.writeStartObject();
            Json.number(json, "loss", loss);
            json.writeObjectFieldStart("accuracy");
            for (Map.Entry<String, Double> share : accuracy.entrySet()) {
                Json.number(json, share.getKey(), share.getValue());
            }
            json.writeEndObject();
            json.writeNumberField("examples", examples);
            json.writeEndObject();
        });
    }

    /** Each token target with the first output that has a score for each of its tokens. */
    private static Map<PortSpec, PortSpec> scores(ModelSpec model) {
        Map<PortSpec, PortSpec> scores = new LinkedHashMap<>();
        for (PortSpec target : model.ports(Role.TARGET)) {
            if (target.element() == Element.TOKEN) {
                model.ports(Role.OUTPUT).stream()
                        .filter(output -> output.element() == Element.REAL && output.rows() == target.rows())
                        .filter(output -> output.shape().equals(List.of(target.vocabulary())))
                        .findFirst()
                        .ifPresent(output -> scores.put(target, output));
            }
        }
        return scores;
    }
}
