package dev.rnnc.cli;

import dev.rnnc.cli.foreign.FileNotes;
import dev.rnnc.cli.foreign.KerasCheck;
import dev.rnnc.cli.foreign.KerasFinding;
import dev.rnnc.cli.foreign.Source;
import dev.rnnc.cli.foreign.WeightImport;
import dev.rnnc.cli.foreign.WeightMap;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.WeightMismatchException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;

/** Reads the weights a user names: the model's own, or another framework's. */
final class Weights {
    private static final byte[] LFS = "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

    private Weights() {}

    /**
     * Parameters and what they were made from.
     *
     * @param sources for each parameter, in the order of the model
     */
    record Loaded(Parameters parameters, SequencedMap<String, Source> sources) {}

    /**
     * Reads the parameters of a model.
     *
     * @param err for warnings
     * @throws CommandFailure if a file cannot be read or the weights are not this model's
     */
    static Parameters load(Path file, Backend.Source model, WeightMapOption option, PrintWriter err) {
        return loadWithSources(file, model, option, err).parameters();
    }

    /**
     * The same with what each parameter is made from.
     *
     * @throws CommandFailure if a file cannot be read or the weights are not this model's
     */
    static Loaded loadWithSources(Path file, Backend.Source model, WeightMapOption option, PrintWriter err) {
        WeightsContent content = read(file);
        refuseUnknown(file, content, option, err);
        WeightMap map = option.resolve(model, content);
        Parameters parameters =
                sound(file, option, () -> WeightImport.load(file, model.spec(), content.tensors(), map));
        SequencedMap<String, Source> sources =
                WeightImport.sources(model.spec(), content.tensors().keySet(), map);
        compare(file, model, content, sources, option, err);
        return new Loaded(parameters, sources);
    }

    /**
     * Replaces parameters that have their first values, as far as the map does not leave them as they are.
     *
     * @param err for warnings
     * @throws CommandFailure if a file cannot be read or the weights are not this model's
     */
    static void replace(
            Path file, Backend.Source model, WeightMapOption option, Parameters parameters, PrintWriter err) {
        WeightsContent content = read(file);
        refuseUnknown(file, content, option, err);
        WeightMap map = option.resolve(model, content);
        sound(file, option, () -> {
            WeightImport.replace(file, parameters, content.tensors(), map);
            return parameters;
        });
        var sources = WeightImport.sources(model.spec(), content.tensors().keySet(), map);
        compare(file, model, content, sources, option, err);
    }

    /** Compares what the file states about its layers with what the model computes. */
    private static void compare(
            Path file,
            Backend.Source model,
            WeightsContent content,
            SequencedMap<String, Source> sources,
            WeightMapOption option,
            PrintWriter err) {
        if (content.notes().keras().isEmpty() || model.resolved().isEmpty()) {
            return;
        }
        report(
                file,
                KerasCheck.of(model.resolved().get(), content.notes().keras().get(), sources, content.tensors()),
                option.isFile(),
                err);
    }

    /** Refuses a file that states what no model can be compared with. */
    private static void refuseUnknown(Path file, WeightsContent content, WeightMapOption option, PrintWriter err) {
        content.notes()
                .keras()
                .ifPresent(keras -> report(
                        file, KerasCheck.ofFile(keras, content.tensors()), option.isFile() || option.hasPrefix(), err));
    }

    /** @param lenient whether errors are warnings: who names each tensor, or a part of the file, may know better */
    private static void report(Path file, List<KerasFinding> findings, boolean lenient, PrintWriter err) {
        findings.stream()
                .filter(finding -> lenient || !finding.error())
                .map(finding -> "warning: " + file + ": " + finding.message())
                .distinct()
                .forEach(err::println);
        List<String> errors = findings.stream()
                .filter(finding -> !lenient && finding.error())
                .map(KerasFinding::message)
                .distinct()
                .toList();
        if (!errors.isEmpty()) {
            String listed = errors.size() == 1 ? " " + errors.getFirst() : "\n  " + String.join("\n  ", errors);
            throw CommandFailure.job("weights file '" + file + "':" + listed
                    + (errors.size() == 1 ? "; " : "\n")
                    + "where the difference is meant, name the tensors in a mapping file");
        }
    }

    /**
     * What a safetensors or HDF5 file or an archive of Keras holds.
     *
     * @throws CommandFailure if it cannot be read
     */
    static WeightsContent read(Path file) {
        InputFile.require(file, "weights file");
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.job("weights file '" + file + "' is no regular file");
        }
        refusePointer(file);
        if (KerasArchive.is(file)) {
            return KerasArchive.read(file);
        }
        if (Hdf5File.is(file)) {
            return Hdf5File.read(file);
        }
        try {
            return new WeightsContent(new LinkedHashMap<>(SafeTensors.read(file).tensors()), false, FileNotes.NONE);
        } catch (IOException e) {
            throw CommandFailure.job("cannot read weights: " + InputFile.reason(e), e);
        }
    }

    /** A checkout without Git LFS holds a line of text in the place of each large file. */
    private static void refusePointer(Path file) {
        try (var in = Files.newInputStream(file)) {
            if (Arrays.equals(in.readNBytes(LFS.length), LFS)) {
                throw CommandFailure.job(
                        "weights file '%s' is a pointer of Git LFS, not the file itself; fetch it with 'git lfs pull'"
                                .formatted(file));
            }
        } catch (IOException e) {
            throw InputFile.failure("cannot read weights file", file, e);
        }
    }

    private static Parameters sound(Path file, WeightMapOption option, Supplier<Parameters> load) {
        try {
            Parameters parameters = load.get();
            parameters.firstNonFinite().ifPresent(element -> {
                throw CommandFailure.job("weights file '" + file + "' holds " + element
                        + "; its training went astray: use an earlier one");
            });
            return parameters;
        } catch (WeightMismatchException e) {
            String remedy = option.isGiven() ? "" : " with --map torch, keras or a file";
            throw CommandFailure.job(e.getMessage() + remedy, e);
        }
    }
}
