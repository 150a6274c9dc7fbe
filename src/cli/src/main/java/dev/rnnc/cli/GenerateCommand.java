package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.generate.Sampler;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.text.Vocabulary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc generate}: lets a trained character model write. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Writes text, symbol by symbol, to standard output. The same seed gives the same text.",
            "The model reads one 'input NAME : token(N) sequence', or what it wrote itself, with previous(NAME); each step"
                    + " may depend on earlier ones only."
        })
final class GenerateCommand implements Callable<Integer> {
    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(names = "--weights", required = true, paramLabel = "W", description = "Weights (.safetensors).")
    private Path weights;

    @Option(
            names = "--vocabulary",
            paramLabel = "F",
            description = "The vocabulary; " + Vocabularies.FILE + " beside the weights by default.")
    private Path vocabulary;

    @Option(names = "--prime", paramLabel = "TEXT", defaultValue = "", description = "The start of the text.")
    private String prime;

    @Option(
            names = "--length",
            paramLabel = "N",
            defaultValue = "500",
            description = "How many symbols to write after the start (default: 500).")
    private int length;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0.8",
            description = "0 takes the likeliest symbol each time; more is more daring (default: 0.8).")
    private double temperature;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Seed of the draws (default: 1).")
    private long seed;

    @Mixin
    private final BackendOption compiler = new BackendOption();

    GenerateCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        if (length < 0) {
            throw CommandFailure.usage("--length " + length + ": give a number of at least 0");
        }
        try {
            Sampler.checkTemperature(temperature);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--temperature: " + e.getMessage());
        }
        Backend.Source model = ModelFile.open(backend, file, spec.commandLine().getErr());
        CharacterModel ports = CharacterModel.generative(model);
        var parameters = Weights.load(weights, model.spec(), null);
        Vocabulary symbols = Vocabularies.load(vocabulary, weights, ports.input());
        requireKnown(symbols);
        CompiledModel compiled =
                model.load(new CompileOptions(Set.of(ProgramKind.STEP), 1, 1, List.of(), "").by(compiler.kind()));
        PrintWriter out = spec.commandLine().getOut();
        out.print(prime);
        new TextGenerator(compiled, parameters, ports, symbols).generate(prime, length, temperature, seed, symbol -> {
            out.print(symbol);
            // Whoever reads may have had enough, as 'head' does.
            return !out.checkError();
        });
        out.println();
        return ExitCode.OK;
    }

    private void requireKnown(Vocabulary symbols) {
        try {
            symbols.encode(prime);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.job("--prime, " + e.getMessage());
        }
    }
}
