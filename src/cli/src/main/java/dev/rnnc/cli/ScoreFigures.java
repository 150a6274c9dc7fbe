package dev.rnnc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.spec.PortSpec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What was measured of a model's answers.
 *
 * @param figures by target; of {@code forced} targets under teacher forcing
 * @param forced names of the targets that the model reads with {@code previous}
 * @param free by target, what was measured where the model fed itself
 * @param obstacle why nothing was, though it was asked for
 * @param words what classes are called
 */
record ScoreFigures(
        SequencedMap<PortSpec, List<Figure>> figures,
        Set<String> forced,
        SequencedMap<PortSpec, List<Figure>> free,
        Optional<String> obstacle,
        AnswerWords words) {

    /** For each target whose accuracy was measured, what it is. */
    OptionalDouble accuracy(PortSpec target) {
        return FigureText.accuracy(figures.get(target));
    }

    /** Everything but the accuracy, a line for each target. */
    String text() {
        return FigureText.text(
                        figures, words, target -> forced.contains(target) ? target + ", teacher forcing" : target)
                + FigureText.text(free, words, target -> target + ", free running")
                + obstacle.map(reason -> "\nfree running: not measured, " + reason)
                        .orElse("");
    }

    /** Writes the members {@code metrics}, {@code free_running} and {@code free_running_obstacle} as far as there are. */
    void json(JsonGenerator json) throws IOException {
        json.writeFieldName("metrics");
        FigureText.json(json, figures, words);
        if (!free.isEmpty()) {
            json.writeFieldName("free_running");
            FigureText.json(json, free, words);
        }
        if (obstacle.isPresent()) {
            json.writeStringField("free_running_obstacle", obstacle.get());
        }
    }
}
