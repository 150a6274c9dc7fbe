package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.text.CharacterStreams;
import dev.rnnc.runtime.text.Vocabulary;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc eval}: how well a trained character model predicts a text. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Measures loss, perplexity and accuracy of a character model on a UTF-8 text.")
final class EvalCommand implements Callable<Integer> {
    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(names = "--weights", required = true, paramLabel = "W", description = "Weights (.safetensors).")
    private Path weights;

    @Option(
            names = {"--text", "--data"},
            required = true,
            paramLabel = "F",
            description = "The text to predict.")
    private Path text;

    @Option(
            names = "--vocabulary",
            paramLabel = "F",
            description = "The vocabulary; " + Vocabularies.FILE + " beside the weights by default.")
    private Path vocabulary;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Cut the text into N streams that are read side by side; the model's batch by default.")
    private Integer batch;

    @Option(names = "--json", description = "Write the figures as JSON.")
    private boolean json;

    EvalCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        Backend.Source model = ModelFile.open(backend, file, spec.commandLine().getErr());
        ModelFile.requireLoss(model);
        CharacterModel ports = CharacterModel.trainable(model.spec());
        var parameters = Weights.load(weights, model.spec(), null);
        Vocabulary symbols = Vocabularies.load(vocabulary, weights, ports.input());
        int[] tokens = encode(TextData.read(text), symbols);
        TrainSettings train = model.spec().train();
        int steps = train == null ? Sizes.DEFAULT_STEPS : train.steps();
        int streams = Sizes.choose("--batch", batch, train == null ? Sizes.DEFAULT_BATCH : train.batch());
        if (tokens.length < streams + 1) {
            throw CommandFailure.job("'%s' is too short: %d streams need %d characters, and there are %d; lower --batch"
                    .formatted(text, streams, streams + 1, tokens.length));
        }
        // As training validates: a model that starts every window afresh is scored that way.
        boolean stateful = train == null || train.stateful();
        CharacterStreams data = CharacterStreams.evaluation(
                tokens,
                steps,
                streams,
                stateful,
                ports.input().name(),
                ports.target().name());
        CompiledModel compiled =
                model.load(new CompileOptions(Set.of(ProgramKind.EVALUATION), steps, streams, List.of(), ""));
        TextScore score = TextScore.of(compiled, parameters, data, ports);
        spec.commandLine().getOut().println(json ? score.json() : score.text());
        return ExitCode.OK;
    }

    private int[] encode(TextData data, Vocabulary symbols) {
        try {
            return symbols.encode(data.content());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.job("text '" + text + "', " + e.getMessage());
        }
    }
}
