package dev.rnnc.cli;

import dev.rnnc.cli.data.RowWriter;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.weights.SafeTensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc generate}: lets a trained model continue from its own output. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Generates step by step, each step from the model's own output of the step before. The same seed gives the same"
                    + " result.",
            "A model that reads a text, 'input NAME : token(N) sequence', writes on. A model with previous(TARGET) makes"
                    + " a sequence for each row of its inputs: tokens are drawn from the output with N scores, numbers"
                    + " are the output of their shape. What does not depend on previous(...), as an encoder, is computed"
                    + " once.",
            "With --csv or --jsonl rows are read as those the model was trained on, by data.json beside the weights, and those"
                    + " that follow each series are written as CSV, in the units of the file: what a forecast says of them,"
                    + " read in turn for more than it says at once, or with previous(TARGET) the sequence for the last window.",
            "Otherwise written are symbols where there is a vocabulary, else one line of JSON for each row, or with --out tensors."
        })
final class GenerateCommand implements Callable<Integer> {
    private static final int TEXT_LENGTH = 500;

    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(names = "--weights", required = true, paramLabel = "W", description = "Weights (.safetensors).")
    private Path weights;

    @Option(
            names = "--data",
            paramLabel = "F",
            description = "The model's inputs (.safetensors): one sequence is generated for each of their rows."
                    + " NAME.lengths [B] where sequences differ in length.")
    private Path data;

    @Mixin
    private final DataOptions rows = new DataOptions();

    @Option(
            names = "--continue",
            description = "Go on from what the data hold of the sequences themselves, as far as NAME.lengths says.")
    private boolean goOn;

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
            description =
                    "How many steps to make after the start, or fewer where inputs that are read step by step end;"
                            + " by default 500 without data, the steps of train {} with them, and of a forecast as many rows"
                            + " as it tells of at once.")
    private Integer length;

    @Mixin
    private final StopOption stop = new StopOption();

    @Mixin
    private final DrawOptions draws = new DrawOptions();

    @Mixin
    private final WeightMapOption map = new WeightMapOption();

    @Mixin
    private final BackendOption compiler = new BackendOption();

    @Option(
            names = "--out",
            paramLabel = "OUT",
            description = "Write NAME [T, B, ...] and NAME.lengths [B] to this file (.safetensors), nothing else;"
                    + " rows to a .csv or .jsonl file.")
    private Path out;

    GenerateCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        if (length != null && length < 0) {
            throw CommandFailure.usage("--length " + length + ": give a number of at least 0");
        }
        draws.check();
        Backend.Source model = ModelFile.open(backend, file, spec.commandLine().getErr());
        if (rows.given()) {
            return fromRows(model);
        }
        rows.requireNone();
        return fed(model) ? generate(model) : writeOn(model);
    }

    /** Whether the model reads a target that it must make itself. */
    private static boolean fed(Backend.Source model) {
        return model.feedback().stream().anyMatch(f -> model.generation().isFed(f.name()));
    }

    /** A model that goes on where the rows of a file end. */
    private int fromRows(Backend.Source model) {
        if (data != null || vocabulary != null || !prime.isEmpty()) {
            throw CommandFailure.usage(
                    "--data, --vocabulary and --prime have no use with --csv and --jsonl: rows say what to"
                            + " go on from, and data.json beside the weights knows their symbols");
        }
        if (out != null && !out.toString().endsWith(".csv") && !out.toString().endsWith(".jsonl")) {
            throw CommandFailure.usage("--out '" + out + "': what follows rows are rows; name a .csv or .jsonl file");
        }
        if (out != null) {
            OutputFile.requireOwnPlace(out, List.of(file, weights, rows.file().path()));
        }
        PrintWriter err = spec.commandLine().getErr();
        RowGeneration generation = new RowGeneration(
                model, Weights.load(weights, model, map, err), new RowData(model, rows, err), weights);
        RowGeneration.Sink sink = columns ->
                out == null ? RowWriter.csv(spec.commandLine().getOut(), columns) : RowWriter.open(out, columns);
        try {
            long written;
            if (fed(model)) {
                requireStepwise(model);
                written = generation.sequences(goOn, stop.symbol(), draws.choice(rowLength(model)), sink);
            } else if (goOn || stop.symbol() != null) {
                throw CommandFailure.usage("--continue and --stop are for models that read previous(TARGET); model "
                        + model.spec().name() + " always goes on from the rows");
            } else {
                written = generation.forecast(compiler.kind(), length, draws.choice(0), sink);
            }
            if (out != null) {
                err.println("wrote %s rows to %s".formatted(Numbers.grouped(written), out));
            }
        } catch (IOException e) {
            throw InputFile.failure("cannot write", out, e);
        }
        return ExitCode.OK;
    }

    private static void requireStepwise(Backend.Source model) {
        model.generation().obstacle().ifPresent(obstacle -> {
            throw CommandFailure.job("model %s cannot generate step by step: %s"
                    .formatted(model.spec().name(), obstacle));
        });
    }

    /** A model that reads a text and predicts the next symbol. */
    private int writeOn(Backend.Source model) {
        if (data != null || goOn || out != null) {
            throw CommandFailure.usage("model " + model.spec().name() + " reads the text it writes and has no previous("
                    + "TARGET), so --data, --continue and --out have no use; give the start with --prime");
        }
        CharacterModel ports = CharacterModel.generative(model);
        var parameters = Weights.load(weights, model, map, spec.commandLine().getErr());
        TextSymbols symbols = Vocabularies.load(vocabulary, weights, ports.input());
        encode(symbols);
        OptionalInt end = stop.token(symbols, ports.input());
        CompiledModel compiled =
                model.load(new CompileOptions(Set.of(ProgramKind.STEP), 1, 1, List.of(), "").by(compiler.kind()));
        PrintWriter writer = spec.commandLine().getOut();
        writer.print(symbols.beginning(prime));
        SequenceGenerator.Choice choice = draws.choice(length == null ? TEXT_LENGTH : length);
        new TextGenerator(compiled, parameters, ports, symbols)
                .generate(prime, choice.length(), choice.temperature(), choice.top(), choice.seed(), token -> {
                    if (end.isPresent() && end.getAsInt() == token) {
                        return false;
                    }
                    writer.print(symbols.text(token));
                    // Whoever reads may have had enough, as 'head' does.
                    return !writer.checkError();
                });
        writer.println();
        return ExitCode.OK;
    }

    /** A model that feeds itself. */
    private int generate(Backend.Source model) {
        requireStepwise(model);
        Generation generation = model.generation();
        SequenceData input = input(model);
        var parameters = Weights.load(weights, model, map, spec.commandLine().getErr());
        PortSpec port = generation.feeds().getFirst().port();
        boolean text = generation.feeds().size() == 1 && port.element() == Element.TOKEN;
        TextSymbols symbols =
                text && Vocabularies.present(vocabulary, weights) ? Vocabularies.load(vocabulary, weights, port) : null;
        if (!text && vocabulary != null) {
            throw CommandFailure.usage("--vocabulary: model " + model.spec().name() + " does not generate one text");
        }
        Beginnings beginnings = beginnings(generation, input, symbols, port);
        SequenceGenerator.Choice choice = draws.choice(length(model))
                .among(symbols == null ? Integer.MAX_VALUE : symbols.size(), stop.token(symbols, model));
        PrintWriter writer = spec.commandLine().getOut();
        boolean stream = symbols != null && out == null && beginnings.batch() == 1;
        if (stream) {
            writer.print(symbols.beginning(prime));
        }
        GeneratedSequences generated = new SequenceGenerator(model, parameters, input, beginnings, choice)
                .run(token -> {
                    if (stream) {
                        writer.print(symbols.text(token));
                    }
                    return !writer.checkError();
                });
        if (out != null) {
            write(model, generated);
        } else if (stream) {
            writer.println();
        } else {
            for (int row = 0; row < beginnings.batch(); row++) {
                writer.println(symbols == null ? generated.json(row) : generated.text(row, symbols));
            }
        }
        return ExitCode.OK;
    }

    private SequenceData input(Backend.Source model) {
        if (data != null) {
            return SequenceData.read(
                    data,
                    model,
                    SequenceData.Need.GENERATION,
                    spec.commandLine().getErr());
        }
        List<PortSpec> inputs = SequenceData.inputs(model);
        if (!inputs.isEmpty()) {
            throw CommandFailure.usage(
                    "model %s generates from %s; give %s with --data FILE.safetensors, or rows with --csv or --jsonl"
                            .formatted(
                                    model.spec().name(),
                                    CharacterModel.describe(inputs),
                                    inputs.size() == 1 ? "it" : "them"));
        }
        return null;
    }

    private Beginnings beginnings(Generation generation, SequenceData input, TextSymbols symbols, PortSpec port) {
        int batch = input == null ? 1 : input.batch();
        if (goOn) {
            if (data == null) {
                throw CommandFailure.usage("--continue goes on from what a file holds; name it with --data FILE");
            }
            if (!prime.isEmpty()) {
                throw CommandFailure.usage("--prime and --continue exclude one another: give one of them");
            }
            return Beginnings.of(SequenceData.tensors(data), data.toString(), generation);
        }
        if (prime.isEmpty()) {
            return Beginnings.none(batch);
        }
        if (symbols == null) {
            throw CommandFailure.usage(
                    "--prime is a text, and there is no vocabulary for it; use --continue and --data");
        }
        return Beginnings.of(port, encode(symbols), batch);
    }

    private int length(Backend.Source model) {
        return length == null && data == null ? TEXT_LENGTH : rowLength(model);
    }

    private int rowLength(Backend.Source model) {
        if (length != null) {
            return length;
        }
        return model.spec().train() == null
                ? Sizes.DEFAULT_STEPS
                : model.spec().train().steps();
    }

    private int[] encode(TextSymbols symbols) {
        try {
            return symbols.encode(prime);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.job("--prime, " + e.getMessage());
        }
    }

    private void write(Backend.Source model, GeneratedSequences generated) {
        if (Files.isDirectory(out)) {
            throw CommandFailure.job("--out '" + out + "' is a folder; name a file");
        }
        try {
            SafeTensors.write(
                    out,
                    generated.tensors(),
                    Map.of("model", model.spec().name(), "digest", model.spec().digest()));
        } catch (IOException e) {
            throw InputFile.failure("cannot write", out, e);
        }
    }
}
