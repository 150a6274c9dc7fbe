package dev.rnnc.cli;

import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.train.EpochResult;
import java.util.List;
import java.util.Map;

/** One epoch on one line. Perplexity is e to the validation loss. */
final class EpochLine {
    private EpochLine() {}

    /** The line for people. */
    static String text(
            EpochResult result, int epochs, boolean best, LossUnit unit, Map<PortSpec, List<Figure>> figures) {
        return "epoch %d/%d  training %s  validation %s%s  %s %s  %s%s"
                .formatted(
                        result.epoch(),
                        epochs,
                        Numbers.loss(result.trainLoss()),
                        Numbers.loss(result.validationLoss()),
                        unit.perplexity()
                                ? "  perplexity " + Numbers.twoDecimals(Math.exp(result.validationLoss()))
                                : FigureText.brief(figures),
                        Numbers.grouped(Math.round(result.elementsPerSecond())),
                        unit.rate(),
                        Numbers.clock(result.seconds()),
                        best ? "  best" : "");
    }

    /** The line for programs, a JSON object. */
    static String json(EpochResult result, boolean best, LossUnit unit, Map<PortSpec, List<Figure>> figures) {
        return Json.line(json -> {
            json.writeStartObject();
            json.writeNumberField("epoch", result.epoch());
            Json.number(json, "training_loss", result.trainLoss());
            Json.number(json, "validation_loss", result.validationLoss());
            if (unit.perplexity()) {
                Json.number(json, "validation_perplexity", Math.exp(result.validationLoss()));
            }
            json.writeFieldName("metrics");
            FigureText.json(json, figures, AnswerWords.PLAIN);
            json.writeBooleanField("best", best);
            Json.number(json, "gradient_norm", result.gradientNorm());
            Json.number(json, "clip_rate", result.clipRate());
            Json.number(json, "seconds", result.seconds());
            Json.number(json, unit.rateField(), result.elementsPerSecond());
            json.writeEndObject();
        });
    }
}
