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
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc eval}: how well a trained model predicts a text or meets the targets of a file. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Measures the loss of a model on the tensors of a safetensors file, and the accuracy where a target is a token;"
                    + " or loss, perplexity and accuracy of a character model on a UTF-8 text.",
            "Every example counts once, of sequences with NAME.lengths every step that is there. A model that reads 'previous(target)' is given the true one."
        })
final class EvalCommand implements Callable<Integer> {
    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(names = "--weights", required = true, paramLabel = "W", description = "Weights (.safetensors).")
    private Path weights;

    @ArgGroup(multiplicity = "1")
    private Examples examples;

    private static final class Examples {
        @Option(names = "--text", paramLabel = "F", description = "The text to predict.")
        private Path text;

        @Option(
                names = "--data",
                paramLabel = "F",
                description = "Inputs and targets (.safetensors); a file of another name is read as a text.")
        private Path data;

        Path text() {
            return text == null ? data : text;
        }

        boolean tensors() {
            return data != null && data.toString().endsWith(".safetensors");
        }
    }

    @Option(
            names = "--vocabulary",
            paramLabel = "F",
            description = "The vocabulary; " + Vocabularies.FILE + " beside the weights by default.")
    private Path vocabulary;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Cut the text into N streams that are read side by side, or run at most N examples at once;"
                    + " the model's batch by default.")
    private Integer batch;

    @Option(names = "--json", description = "Write the figures as JSON.")
    private boolean json;

    @Mixin
    private final BackendOption compiler = new BackendOption();

    @Mixin
    private final UnrollOption unroll = new UnrollOption();

    EvalCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        Backend.Source model = ModelFile.open(backend, file, spec.commandLine().getErr());
        ModelFile.requireLoss(model);
        return examples.tensors() ? evalTensors(model) : evalText(model, examples.text());
    }

    private int evalTensors(Backend.Source model) {
        var parameters = Weights.load(weights, model.spec(), null);
        SequenceData data = SequenceData.read(
                examples.data,
                model,
                SequenceData.Need.TARGETS,
                spec.commandLine().getErr());
        TrainSettings train = model.spec().train();
        int wanted = Sizes.choose("--batch", batch, train == null ? data.batch() : train.batch());
        int size = TensorScore.batch(data.batch(), wanted);
        CompiledModel compiled =
                model.load(new CompileOptions(Set.of(ProgramKind.EVALUATION), data.steps(), size, List.of(), "")
                        .withLengths(data.padded())
                        .by(compiler.kind())
                        .unrolled(unroll.setting()));
        TensorScore score = TensorScore.of(model, compiled, parameters, data, size);
        spec.commandLine().getOut().println(json ? score.json() : score.text());
        return ExitCode.OK;
    }

    private int evalText(Backend.Source model, Path text) {
        CharacterModel ports = CharacterModel.trainable(model);
        var parameters = Weights.load(weights, model.spec(), null);
        Vocabulary symbols = Vocabularies.load(vocabulary, weights, ports.input());
        int[] tokens = encode(TextData.read(text), symbols, text);
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
                model.load(new CompileOptions(Set.of(ProgramKind.EVALUATION), steps, streams, List.of(), "")
                        .by(compiler.kind())
                        .unrolled(unroll.setting()));
        TextScore score = TextScore.of(compiled, parameters, data, ports);
        spec.commandLine().getOut().println(json ? score.json() : score.text());
        return ExitCode.OK;
    }

    private static int[] encode(TextData data, Vocabulary symbols, Path text) {
        try {
            return symbols.encode(data.content());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.job("text '" + text + "', " + e.getMessage());
        }
    }
}
