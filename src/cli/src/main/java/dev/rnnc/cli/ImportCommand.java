package dev.rnnc.cli;

import dev.rnnc.cli.foreign.WeightMap;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.weights.WeightFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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
            "Reads weights that PyTorch (safetensors) or Keras (.h5, .keras) saved and writes them under the model's own names.",
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

    @Option(
            names = "--weights",
            required = true,
            paramLabel = "W",
            description = "Weights (.safetensors, .h5 or .keras).")
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
        Weights.Loaded loaded = Weights.loadWithSources(weights, source, map, err);
        try {
            WeightFile.save(
                    loaded.parameters(),
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
        spec.commandLine().getOut().print(new WeightMap(loaded.sources(), List.of(), Map.of()));
        err.println("wrote %d parameters of %s to %s".formatted(loaded.sources().size(), model.name(), out));
        return ExitCode.OK;
    }
}
