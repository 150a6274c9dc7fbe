package dev.rnnc.cli;

import dev.rnnc.cli.foreign.WeightImport;
import dev.rnnc.cli.foreign.WeightMap;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.WeightMismatchException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/** Reads the weights a user names: the model's own, or another framework's. */
final class Weights {
    private Weights() {}

    /**
     * Reads the parameters of a model.
     *
     * @throws CommandFailure if a file cannot be read or the weights are not this model's
     */
    static Parameters load(Path file, Backend.Source model, WeightMapOption option) {
        Map<String, Tensor> tensors = tensors(file);
        WeightMap map = option.resolve(model, tensors, Hdf5File.is(file));
        return sound(file, option, () -> WeightImport.load(file, model.spec(), tensors, map));
    }

    /**
     * Replaces parameters that have their first values, as far as the map does not leave them as they are.
     *
     * @throws CommandFailure if a file cannot be read or the weights are not this model's
     */
    static void replace(Path file, Backend.Source model, WeightMapOption option, Parameters parameters) {
        Map<String, Tensor> tensors = tensors(file);
        WeightMap map = option.resolve(model, tensors, Hdf5File.is(file));
        sound(file, option, () -> {
            WeightImport.replace(file, parameters, tensors, map);
            return parameters;
        });
    }

    /**
     * The tensors of a safetensors or HDF5 file.
     *
     * @throws CommandFailure if it cannot be read
     */
    static Map<String, Tensor> tensors(Path file) {
        InputFile.require(file, "weights file");
        refuseArchive(file);
        if (Hdf5File.is(file)) {
            return Hdf5File.read(file);
        }
        try {
            return SafeTensors.read(file).tensors();
        } catch (IOException e) {
            throw CommandFailure.job("cannot read weights: " + InputFile.reason(e), e);
        }
    }

    /** What PyTorch's and Keras' own formats have in common is that they are zip archives. */
    private static void refuseArchive(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            if (in.read() == 'P' && in.read() == 'K') {
                throw CommandFailure.job(
                        ("weights file '%s' is a zip archive, as PyTorch's .pt and .pth and Keras' .keras are; save the"
                                        + " weights with safetensors.torch.save_file(model.state_dict(), F), or"
                                        + " give the model.weights.h5 that the archive of Keras holds")
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
