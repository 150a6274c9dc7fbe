package dev.rnnc.cli;

import dev.rnnc.cli.foreign.Framework;
import dev.rnnc.cli.foreign.TorchNames;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc export}: a model's weights under the names that PyTorch has for them. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Writes a model's weights with the names and shapes of torch.nn.LSTM, GRU, RNN, Linear and Embedding.",
            "Layers that stand one on the other are one module with several layers, named after the first of them; a layer"
                    + " alone is a module of its name. Parameters that PyTorch does not know keep their names."
        })
final class ExportCommand implements Callable<Integer> {
    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(names = "--weights", required = true, paramLabel = "W", description = "The model's weights (.safetensors).")
    private Path weights;

    @Option(names = "--out", required = true, paramLabel = "OUT", description = "PyTorch's state dict (.safetensors).")
    private Path out;

    @Option(
            names = "--map",
            paramLabel = "MAP",
            defaultValue = "torch",
            description = "torch (the default), or torch:PREFIX for names that begin with PREFIX.")
    private String map;

    ExportCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        int colon = map.indexOf(':');
        Optional<Framework> framework = WeightMapOption.framework(colon < 0 ? map : map.substring(0, colon));
        if (framework.filter(f -> f == Framework.TORCH).isEmpty()) {
            throw CommandFailure.usage("--map " + map + ": weights can be exported as torch or torch:PREFIX");
        }
        Backend.Source source = ModelFile.open(backend, file, err);
        OutputFile.requireOwnPlace(out, List.of(file, weights));
        var parameters = Weights.load(weights, source, new WeightMapOption(), err);
        SequencedMap<String, String> names = names(source, colon < 0 ? "" : map.substring(colon + 1));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Table table = new Table("lll");
        for (ParameterSpec parameter : parameters.slices()) {
            String name = parameter.name();
            tensors.put(
                    names.get(name),
                    switch (source.spec().precision()) {
                        case FLOAT -> Tensor.ofFloats(parameter.shape(), parameters.floats(name));
                        case DOUBLE -> Tensor.ofDoubles(parameter.shape(), parameters.values(name));
                    });
            table.row(name, names.get(name), parameter.shape().toString());
        }
        try {
            SafeTensors.write(
                    out, tensors, Map.of("format", "pt", "model", source.spec().name()));
        } catch (IOException e) {
            throw InputFile.failure("cannot write", out, e);
        }
        spec.commandLine().getOut().print(table);
        err.println("wrote %d tensors to %s".formatted(tensors.size(), out));
        return ExitCode.OK;
    }

    private static SequencedMap<String, String> names(Backend.Source source, String prefix) {
        try {
            return TorchNames.of(source.spec(), source.chains(), prefix);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.job(e.getMessage());
        }
    }
}
