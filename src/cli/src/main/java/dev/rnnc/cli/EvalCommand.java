package dev.rnnc.cli;

import dev.rnnc.cli.data.Recipe;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.text.CharacterStreams;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.stream.Stream;
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
            "Measures the loss of a model on the tensors of a safetensors file or the rows of a CSV or JSON Lines file, and"
                    + " how well each target is met: accuracy, F1 and confusion of classes, errors of numbers; or loss,"
                    + " perplexity and accuracy of a model of characters or words on a UTF-8 text.",
            "Rows are read as those the model was trained on, by data.json beside the weights: the same columns, windows,"
                    + " labels and scales; numbers count as the model sees them.",
            "Every example counts once, of sequences with NAME.lengths every step that is there. A model that reads"
                    + " 'previous(target)' is given the true one (teacher forcing); edit distance and errors of numbers"
                    + " are measured a second time where it reads its own last output (free running)."
        })
final class EvalCommand implements Callable<Integer> {
    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(
            names = "--weights",
            required = true,
            paramLabel = "W",
            description = "Weights (.safetensors, or Keras' .h5).")
    private Path weights;

    @Option(names = "--text", paramLabel = "F", description = "The text to predict.")
    private Path text;

    @Option(
            names = "--data",
            paramLabel = "F",
            description = "Inputs and targets (.safetensors); a file of another name is read as a text.")
    private Path data;

    @Mixin
    private final DataOptions rows = new DataOptions();

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

    @Mixin
    private final MetricOptions metrics = new MetricOptions();

    @Option(names = "--json", description = "Write the figures as JSON.")
    private boolean json;

    @Mixin
    private final WeightMapOption map = new WeightMapOption();

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
        if (Stream.of(text != null, data != null, rows.given())
                        .filter(given -> given)
                        .count()
                != 1) {
            throw CommandFailure.usage("give the data to measure with: one of --text, --data, --csv and --jsonl");
        }
        if (rows.given()) {
            RowData reader = new RowData(model, rows, spec.commandLine().getErr());
            TableExamples examples = reader.use(weights, true, streams(model));
            Recipe targets = reader.targets(weights);
            return evalExamples(model, examples, targets::token, new RowWords(examples.set(), targets));
        }
        rows.requireNone();
        return data != null && data.toString().endsWith(".safetensors")
                ? evalExamples(
                        model,
                        SequenceData.read(
                                data,
                                model,
                                SequenceData.Need.TARGETS,
                                spec.commandLine().getErr()),
                        (_, _) -> OptionalInt.empty(),
                        AnswerWords.PLAIN)
                : evalText(model, text == null ? data : text);
    }

    /** Rows of a batch that are read side by side where states are carried. */
    private int streams(Backend.Source model) {
        TrainSettings train = model.spec().train();
        int own = train == null ? Sizes.DEFAULT_BATCH : train.batch();
        return Math.min(Sizes.choose("--batch", batch, own), TensorScore.LARGEST_BATCH);
    }

    /**
     * @param symbols the token of a symbol of a target
     * @param words what tokens and numbers are called in the data
     */
    private int evalExamples(
            Backend.Source model, Examples data, BiFunction<PortSpec, String, OptionalInt> symbols, AnswerWords words) {
        var parameters = Weights.load(weights, model, map, spec.commandLine().getErr());
        TrainSettings train = model.spec().train();
        int wanted = Sizes.choose("--batch", batch, train == null ? data.batch() : train.batch());
        CompileOptions options = new CompileOptions(Set.of(ProgramKind.EVALUATION), data.steps(), wanted, List.of(), "")
                .withLengths(data.padded())
                .by(compiler.kind())
                .unrolled(unroll.setting());
        try (Scoring scoring = metrics.scoring(
                model,
                TargetPairs.of(model),
                words,
                kinds -> metrics.stopping(FreeFigures.of(model, kinds, parameters, options), symbols))) {
            TensorScore score = TensorScore.of(
                    model, size -> model.load(options.sized(data.steps(), size)), parameters, data, wanted, scoring);
            spec.commandLine().getOut().println(json ? score.json() : score.text());
        }
        return ExitCode.OK;
    }

    private static AnswerWords textWords(TextSymbols symbols) {
        return new AnswerWords() {
            @Override
            public String symbol(PortSpec target, int token) {
                return token < symbols.size() ? symbols.text(token) : label(target, token);
            }
        };
    }

    private int evalText(Backend.Source model, Path text) {
        CharacterModel ports = CharacterModel.trainable(model);
        var parameters = Weights.load(weights, model, map, spec.commandLine().getErr());
        TextSymbols symbols = Vocabularies.load(vocabulary, weights, ports.input());
        MemorySegment tokens = symbols.encode(TextData.read(text), rows.cache());
        TrainSettings train = model.spec().train();
        int steps = train == null ? Sizes.DEFAULT_STEPS : train.steps();
        int streams = Sizes.choose("--batch", batch, train == null ? Sizes.DEFAULT_BATCH : train.batch());
        long count = tokens.byteSize() / Integer.BYTES;
        if (count < streams + 1) {
            throw CommandFailure.job("'%s' is too short: %d streams need %d %ss, and there are %d; lower --batch"
                    .formatted(text, streams, streams + 1, symbols.unit().one(), count));
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
        try (Scoring scoring = metrics.scoring(
                model,
                TargetPairs.of(model),
                textWords(symbols),
                kinds -> metrics.stopping(FreeFigures.onText(kinds), (port, symbol) -> symbols.token(symbol)))) {
            TextScore score = TextScore.of(compiled, parameters, data, ports, scoring);
            spec.commandLine()
                    .getOut()
                    .println(json ? score.json(symbols.unit()) : score.text(symbols.unit(), metrics.areGiven()));
        }
        return ExitCode.OK;
    }
}
