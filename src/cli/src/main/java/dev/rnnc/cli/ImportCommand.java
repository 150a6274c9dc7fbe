package dev.rnnc.cli;

import dev.rnnc.cli.foreign.WeightImport;
import dev.rnnc.cli.foreign.WeightMap;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.WeightFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc import}: the weights of another framework as a file of the model's own. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Reads weights that PyTorch (safetensors) or Keras (HDF5) saved and writes them under the model's own names.",
            "Layers of the same name go together, then those of whose shape there is only one; a mapping file says the"
                    + " rest. All that is missing, left over or of another shape is named at once.",
            "Printed is what each parameter was made from, in the form of a mapping file."
        })
final class ImportCommand implements Callable<Integer> {
    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(names = "--weights", required = true, paramLabel = "W", description = "Weights (.safetensors or .h5).")
    private Path weights;

    @Option(names = "--out", required = true, paramLabel = "OUT", description = "The model's weights (.safetensors).")
    private Path out;

    @Mixin
    private final WeightMapOption map = new WeightMapOption();

    ImportCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Backend.Source source = ModelFile.open(backend, file, err);
        ModelSpec model = source.spec();
        OutputFile.requireOwnPlace(out, List.of(file, weights));
        var parameters = Weights.load(weights, source, map);
        try {
            WeightFile.save(
                    parameters,
                    out,
                    Map.of(
                            "model",
                            model.name(),
                            "digest",
                            model.digest(),
                            "imported_from",
                            String.valueOf(weights.getFileName())));
        } catch (IOException e) {
            throw InputFile.failure("cannot write", out, e);
        }
        Map<String, Tensor> tensors = Weights.tensors(weights);
        WeightMap used = map.resolve(source, tensors, Hdf5File.is(weights));
        var sources = WeightImport.sources(model, tensors.keySet(), used);
        spec.commandLine().getOut().print(new WeightMap(new LinkedHashMap<>(sources), List.of(), Map.of()));
        err.println("wrote %d parameters of %s to %s".formatted(sources.size(), model.name(), out));
        return ExitCode.OK;
    }
}
