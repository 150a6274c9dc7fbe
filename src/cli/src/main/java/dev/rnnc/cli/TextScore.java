package dev.rnnc.cli;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.text.CharacterStreams;
import dev.rnnc.runtime.train.LossSum;
import java.util.Locale;

/**
 * How well a model predicts a text.
 *
 * @param loss mean over all predicted characters or words, nats per one
 * @param accuracy share of them that had the highest score; NaN where the model gives no scores
 * @param characters how many were predicted
 * @param figures what else was measured
 */
record TextScore(double loss, double accuracy, long characters, ScoreFigures figures) {
    /**
     * Runs the model over all windows of a text.
     *
     * @param model holds {@link ProgramKind#EVALUATION}
     * @throws CommandFailure if a loss is not a number
     */
    static TextScore of(
            CompiledModel model, Parameters parameters, CharacterStreams data, CharacterModel ports, Scoring scoring) {
        LossSum loss = new LossSum();
        long hits = 0;
        long characters = 0;
        try (Program program = model.newProgram(ProgramKind.EVALUATION, parameters)) {
            program.refresh();
            for (int window = 0; window < data.windows(); window++) {
                if (data.startsSequence(window)) {
                    program.resetStates();
                }
                int steps = data.load(window, program);
                program.run(steps);
                if (!Double.isFinite(program.loss())) {
                    throw CommandFailure.job("the loss of window " + window + " is " + program.loss()
                            + "; the weights are out of range: use those of an earlier epoch");
                }
                long elements = data.elements(window);
                loss.add(program, elements);
                characters += elements;
                scoring.observe(program, steps, 0, window * program.spec().steps());
                if (ports.output() != null) {
                    hits += hits(
                            Ports.read(
                                    program, Ports.port(program, ports.output().name()), steps),
                            Ports.read(
                                    program, Ports.port(program, ports.target().name()), steps));
                }
            }
        }
        double accuracy = ports.output() == null ? Double.NaN : (double) hits / characters;
        return new TextScore(loss.value(), accuracy, characters, scoring.figures());
    }

    /**
     * The figures for people.
     *
     * @param unit what was predicted
     * @param all whether to tell more than loss, perplexity and accuracy
     */
    String text(LossUnit unit, boolean all) {
        String share = Double.isNaN(accuracy) ? "" : String.format(Locale.ROOT, "  accuracy %.2f %%", 100 * accuracy);
        return "loss %s nats per %s  perplexity %s%s  (%s %ss)"
                        .formatted(
                                Numbers.loss(loss),
                                unit.one(),
                                Numbers.twoDecimals(Math.exp(loss)),
                                share,
                                Numbers.grouped(characters),
                                unit.one())
                + (all ? figures.text() : "");
    }

    /** The figures for programs. */
    String json(LossUnit unit) {
        return Json.pretty(json -> {
            json.writeStartObject();
            Json.number(json, "loss", loss);
            Json.number(json, "perplexity", Math.exp(loss));
            Json.number(json, "accuracy", accuracy);
            figures.json(json);
            json.writeNumberField(unit.one() + "s", characters);
            json.writeEndObject();
        });
    }

    /** How many of the {@code wanted} tokens have the highest of their row of {@code scores}. */
    static long hits(double[] scores, double[] wanted) {
        int width = scores.length / wanted.length;
        long hits = 0;
        for (int row = 0; row < wanted.length; row++) {
            int best = 0;
            for (int symbol = 1; symbol < width; symbol++) {
                if (scores[row * width + symbol] > scores[row * width + best]) {
                    best = symbol;
                }
            }
            if (best == (int) wanted[row]) {
                hits++;
            }
        }
        return hits;
    }
}
