package dev.rnnc.cli;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.train.BatchSource;
import dev.rnnc.runtime.train.LossSum;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * How well a model meets the targets of a file.
 *
 * @param loss that of all examples at once: of a mean, over the valid steps of all of them, or over the examples
 * @param figures what was measured besides
 * @param examples how many there are
 */
record TensorScore(double loss, ScoreFigures figures, long examples) {
    /** The most examples that are run side by side. */
    static final int LARGEST_BATCH = 256;

    /**
     * Runs the model over all examples, each once: what the batch does not divide is run as a smaller one.
     *
     * @param compiled the model with {@link ProgramKind#EVALUATION} for a batch size
     * @param batch the most examples to run side by side
     * @throws CommandFailure if a loss is not a number
     */
    static TensorScore of(
            Backend.Source source,
            IntFunction<CompiledModel> compiled,
            Parameters parameters,
            Examples data,
            int batch,
            Scoring scoring) {
        if (Arrays.stream(data.targets(source.sequences())).allMatch(n -> n == 0)) {
            throw CommandFailure.job("there is no target to measure with: all sequences have length 0");
        }
        int examples = data.batch();
        int size = Math.min(Math.min(examples, batch), LARGEST_BATCH);
        int rest = examples % size;
        LossSum sum = new LossSum();
        add(
                sum,
                compiled.apply(size),
                parameters,
                data.batches(source, data.padded(), 0, examples - rest, size),
                0,
                size,
                scoring);
        if (rest > 0) {
            BatchSource last = data.batches(source, data.padded(), examples - rest, rest, rest);
            add(sum, compiled.apply(rest), parameters, last, examples - rest, rest, scoring);
        }
        return new TensorScore(sum.value(), scoring.figures(), data.counted());
    }

    private static void add(
            LossSum sum,
            CompiledModel model,
            Parameters parameters,
            BatchSource batches,
            int first,
            int size,
            Scoring scoring) {
        try (Program program = model.newProgram(ProgramKind.EVALUATION, parameters)) {
            program.refresh();
            for (int window = 0; window < batches.windows(); window++) {
                if (batches.startsSequence(window)) {
                    program.resetStates();
                }
                int steps = batches.load(window, program);
                program.run(steps);
                int example = first + window * size;
                if (!Double.isFinite(program.loss())) {
                    throw CommandFailure.job("the loss of examples %d to %d is %s; check the data, and that the weights"
                                    .formatted(example, example + size - 1, program.loss())
                            + " are those of a sound epoch");
                }
                sum.add(program, batches.elements(window));
                scoring.observe(program, steps, example, 0);
            }
        }
    }

    /** For each target whose accuracy was measured, what it is. */
    private Map<String, Double> accuracy() {
        Map<String, Double> accuracy = new LinkedHashMap<>();
        figures.figures()
                .keySet()
                .forEach(target -> figures.accuracy(target).ifPresent(share -> accuracy.put(target.name(), share)));
        return accuracy;
    }

    /** The figures for people. */
    String text() {
        StringBuilder text = new StringBuilder("loss " + Numbers.loss(loss));
        Map<String, Double> accuracy = accuracy();
        accuracy.forEach((target, share) -> text.append("  accuracy ")
                .append(accuracy.size() == 1 ? "" : "of " + target + " ")
                .append(String.format(Locale.ROOT, "%.2f %%", 100 * share)));
        return text.append("  (")
                .append(Numbers.grouped(examples))
                .append(" examples)")
                .append(figures.text())
                .toString();
    }

    /** The figures for programs. */
    String json() {
        return Json.pretty(json -> {
            json.writeStartObject();
            Json.number(json, "loss", loss);
            json.writeObjectFieldStart("accuracy");
            for (Map.Entry<String, Double> share : accuracy().entrySet()) {
                Json.number(json, share.getKey(), share.getValue());
            }
            json.writeEndObject();
            figures.json(json);
            json.writeNumberField("examples", examples);
            json.writeEndObject();
        });
    }
}
