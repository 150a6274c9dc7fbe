package dev.rnnc.cli;

import dev.rnnc.cli.foreign.Framework;
import dev.rnnc.cli.foreign.WeightMap;
import dev.rnnc.cli.foreign.WeightMapException;
import dev.rnnc.cli.foreign.WeightMapReader;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** {@code --map}, of commands that read weights: how the tensors of the file become the model's parameters. */
final class WeightMapOption {
    @Option(
            names = "--map",
            paramLabel = "MAP",
            description =
                    "Where the weights are another framework's: torch or keras for its names, torch:PREFIX where the"
                            + " model is a part of the file, or a mapping file of lines as 'h1.weight_ih = rnn.weight_ih_l0';"
                            + " docs/weights.md. HDF5 files and .keras archives are Keras' unless this says otherwise.")
    private String map;

    /** Whether weights go by other names than the model's. */
    boolean isGiven() {
        return map != null;
    }

    /** Whether a mapping file says tensor by tensor how the weights are read. */
    boolean isFile() {
        return map != null && (framework(frameworkName()).isEmpty() || Files.exists(Path.of(map)));
    }

    /** Whether the model is a part of what the file holds. */
    boolean hasPrefix() {
        return map != null && map.contains(":") && !isFile();
    }

    private String frameworkName() {
        int colon = map.indexOf(':');
        return colon < 0 ? map : map.substring(0, colon);
    }

    /**
     * The map for a model and a file.
     *
     * @throws CommandFailure if the mapping file is not there or not sound, or names a parameter that the model has not
     */
    WeightMap resolve(Backend.Source model, WeightsContent content) {
        Map<String, Tensor> tensors = content.tensors();
        if (map == null && !content.keras()) {
            return WeightMap.NONE;
        }
        String name = map == null ? "keras" : map;
        int colon = name.indexOf(':');
        String prefix = colon < 0 ? "" : name.substring(colon + 1);
        Optional<Framework> framework = framework(colon < 0 ? name : name.substring(0, colon));
        if (framework.isPresent() && !Files.exists(Path.of(name))) {
            WeightMap found = framework
                    .get()
                    .match(model.spec(), model.chains(), model.wholeChains(), tensors, prefix, content.notes());
            if (!prefix.isEmpty() && tensors.keySet().stream().noneMatch(tensor -> tensor.startsWith(prefix))) {
                throw CommandFailure.job("--map %s: no tensor's name begins with '%s'; the file has %s"
                        .formatted(
                                map, prefix, tensors.keySet().stream().limit(8).collect(Collectors.joining(", "))));
            }
            return found;
        }
        return read(Path.of(name), model);
    }

    /** The framework that is named so. */
    static Optional<Framework> framework(String name) {
        for (Framework framework : Framework.values()) {
            if (framework.name().toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(framework);
            }
        }
        return Optional.empty();
    }

    private static WeightMap read(Path file, Backend.Source model) {
        if (!Files.exists(file)) {
            throw CommandFailure.job(
                    "--map '" + file + "': there is no such file; give torch, keras, torch:PREFIX or a mapping file");
        }
        InputFile.require(file, "map file");
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.job("map file '" + file + "' is no regular file");
        }
        WeightMap read;
        try {
            read = WeightMapReader.read(Files.readString(file));
        } catch (WeightMapException e) {
            throw CommandFailure.job("map file '" + file + "', " + e.getMessage());
        } catch (CharacterCodingException e) {
            throw CommandFailure.job("map file '" + file + "' is not UTF-8 text");
        } catch (IOException e) {
            throw InputFile.failure("cannot read map file", file, e);
        }
        for (String parameter : read.sources().keySet()) {
            if (model.spec().parameters().stream().noneMatch(p -> p.name().equals(parameter))) {
                throw CommandFailure.job("map file '%s' names parameter '%s', which model %s does not have; it has %s"
                        .formatted(
                                file,
                                parameter,
                                model.spec().name(),
                                model.spec().parameters().stream()
                                        .map(ParameterSpec::name)
                                        .collect(Collectors.joining(", "))));
            }
        }
        return read;
    }
}
