package dev.rnnc.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.weights.WeightFile;
import dev.rnnc.runtime.weights.WeightMismatchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the weights a user names. */
final class Weights {
    private Weights() {}

    /**
     * Reads the parameters of a model.
     *
     * @param map a JSON object from parameter names to the file's tensor names, or null
     * @throws CommandFailure if a file cannot be read or the weights are not this model's
     */
    static Parameters load(Path file, ModelSpec model, Path map) {
        InputFile.require(file, "weights file");
        Map<String, String> names = map == null ? Map.of() : readMap(map);
        for (String parameter : names.keySet()) {
            if (model.parameters().stream().noneMatch(p -> p.name().equals(parameter))) {
                throw CommandFailure.job("map file '%s' names parameter '%s', which model %s does not have; it has %s"
                        .formatted(
                                map,
                                parameter,
                                model.name(),
                                String.join(
                                        ", ",
                                        model.parameters().stream()
                                                .map(p -> p.name())
                                                .toList())));
            }
        }
        try {
            Parameters parameters = WeightFile.load(file, model, names);
            parameters.firstNonFinite().ifPresent(element -> {
                throw CommandFailure.job("weights file '" + file + "' holds " + element
                        + "; its training went astray: use an earlier one");
            });
            return parameters;
        } catch (WeightMismatchException e) {
            throw CommandFailure.job(e.getMessage(), e);
        } catch (IOException e) {
            throw CommandFailure.job("cannot read weights: " + InputFile.reason(e), e);
        }
    }

    private static Map<String, String> readMap(Path file) {
        InputFile.require(file, "map file");
        Map<String, String> names = new LinkedHashMap<>();
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            boolean sound = json.nextToken() == JsonToken.START_OBJECT;
            while (sound && json.nextToken() == JsonToken.FIELD_NAME) {
                String parameter = json.currentName();
                sound = json.nextToken() == JsonToken.VALUE_STRING;
                names.put(parameter, json.getText());
            }
            if (!sound || json.currentToken() != JsonToken.END_OBJECT) {
                throw CommandFailure.job("map file '" + file
                        + "' is not a JSON object of names, as in {\"h1.weight_ih\": \"rnn.weight_ih_l0\"}");
            }
            return names;
        } catch (JsonProcessingException e) {
            throw CommandFailure.job(
                    "map file '%s', line %d: %s".formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()));
        } catch (IOException e) {
            throw InputFile.failure("cannot read map file", file, e);
        }
    }
}
