package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.Checkpoint;
import dev.rnnc.runtime.train.CheckpointException;
import dev.rnnc.runtime.train.Checkpoints;
import dev.rnnc.runtime.train.NonFiniteException;
import dev.rnnc.runtime.train.Trainer;
import dev.rnnc.runtime.train.TrainingResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc train}: trains a model on a text or on tensors and keeps everything in a run folder. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Trains a model on the rows of a CSV or JSON Lines file or the tensors of a safetensors file, or a model of"
                    + " characters or words on a UTF-8 text; without data on rnnc's own Java sources.",
            "Rows are time steps, or whole sequences where their cells are arrays or texts. How they were read is kept with"
                    + " the weights (data.json), so that 'eval' and 'run' read other files the same way. Files may be larger"
                    + " than memory.",
            "Tensors go by the names of inputs and targets: [T, N, features] for N sequences, [T, N] for tokens,"
                    + " [N, ...] without a sequence. Examples are shuffled in each epoch; those of about the same length"
                    + " share a batch. A last batch that is not full is filled up with examples of the batch before.",
            "NAME.lengths, whole numbers [N], says how many steps of each sequence of NAME count, as in 'rnnc run': padding"
                    + " changes nothing, and the loss is the mean over the steps that count.",
            "The run folder gets the best weights, the model file, a log of every epoch and a picture of the losses;"
                    + " for a text also the vocabulary and a sample. Ctrl-C ends the training and keeps what there is;"
                    + " --resume goes on with it.",
            "The JDK's flight recorder, where it runs (RNNC_JAVA_OPTS=-XX:StartFlightRecording), gets events dev.rnnc.Step and"
                    + " dev.rnnc.Epoch."
        })
final class TrainCommand implements Callable<Integer> {
    private static final double SAMPLE_TEMPERATURE = 0.8;
    private static final int SAMPLE_LENGTH = 400;

    private final Backend backend;
    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The model file (.rnn); may be left out with --resume.")
    private Path file;

    @Option(names = "--text", paramLabel = "F", description = "The text to train on; its end is held out.")
    private Path text;

    @Option(
            names = "--data",
            paramLabel = "F",
            description = "The tensors to train on (.safetensors); the last examples are held out.")
    private Path data;

    @Option(
            names = "--valid",
            paramLabel = "F",
            description = "A file of the same kind for validation; then nothing is held out.")
    private Path valid;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the data; the model's own by default.")
    private Integer epochs;

    @Option(names = "--steps", paramLabel = "N", description = "Time steps of a window; the model's own by default.")
    private Integer steps;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences of a batch; the model's own by default.")
    private Integer batch;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of first weights, dropout and the sample.")
    private Long seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The run folder, new or empty; runs/MODEL-DATE-TIME by default.")
    private Path out;

    @Mixin
    private final StartWeights start = new StartWeights();

    @Mixin
    private final LoopOptions loop = new LoopOptions();

    @Mixin
    private final TrainingDataOptions wishes = new TrainingDataOptions();

    @Mixin
    private final DataOptions rows = new DataOptions();

    @Mixin
    private final BackendOption compiler = new BackendOption();

    @Mixin
    private final ReportOptions reporting = new ReportOptions();

    @Mixin
    private final UnrollOption unroll = new UnrollOption();

    TrainCommand(Backend backend, Surroundings surroundings) {
        this.backend = backend;
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        PrintWriter messages = spec.commandLine().getOut();
        PrintWriter errors = spec.commandLine().getErr();
        List<String> words = spec.root().commandLine().getParseResult().originalArgs();
        if (file == null) {
            return repeat(words);
        }
        Backend.Source source = ModelFile.open(backend, file, errors);
        ModelSpec model = source.spec();
        TrainSettings settings = loop.apply(settings(model), source);
        ModelFile.requireLoss(source);
        TrainingData examples = new TrainingSource(text, data, valid, wishes, rows)
                .read(source, settings, surroundings.home(), start.file(), errors);
        Set<ProgramKind> kinds = EnumSet.of(ProgramKind.TRAINING, ProgramKind.EVALUATION);
        if (examples instanceof TrainingText characters && writesSymbolBySymbol(source, characters.ports())) {
            kinds.add(ProgramKind.STEP);
        }
        CompiledModel compiled =
                source.load(new CompileOptions(kinds, settings.steps(), settings.batch(), List.of(), "")
                        .training(settings.pieceSteps(), settings.shardRows())
                        .withLengths(examples.padded())
                        .by(compiler.kind())
                        .withGradientFlow(reporting.gradientFlow())
                        .unrolled(unroll.setting()));
        var parameters = new dev.rnnc.runtime.Parameters(model);
        Initialization.fill(parameters, settings.seed());
        start.replace(source, parameters);

        RunFolder folder = folder(model);
        if (loop.resume() == null) {
            saveBeforeTraining(folder, examples);
            RunArguments.save(folder, words);
        }
        List<String> command = spec.commandLine().getParent().getParseResult().originalArgs();
        try (TrainingRun run =
                        new TrainingRun(folder, parameters, examples, messages, errors, surroundings.progress());
                RunReport report = new RunReport(reporting, folder, new RunPage(source, examples, settings, command))) {
            run.measure(EpochMetrics.of(source));
            Checkpoints checkpoints = RunCheckpoints.in(folder, loop);
            Trainer trainer = new Trainer(
                            compiled,
                            parameters,
                            settings,
                            examples.training(settings),
                            examples.validation(settings),
                            report.with(run))
                    .checkpoints(checkpoints)
                    .onNonFinite(loop.onNonFinite())
                    .witness(new GraphWitness(source, examples.padded()));
            if (loop.resume() != null) {
                Checkpoint checkpoint = RunCheckpoints.latest(checkpoints, folder.path(), errors);
                trainer.resume(checkpoint);
                run.resume(checkpoint);
            }
            try (StopSignal _ = StopSignal.listen(trainer::stop)) {
                describe(model, examples, folder, messages);
                TrainingResult result = train(trainer, run, folder);
                if (result.stopped()) {
                    run.clearProgress();
                    report.finish(List.of());
                    Path saved = run.saveInterrupted();
                    messages.println("stopped; the weights of the last step are in " + saved);
                    messages.println("go on with: rnnc train --resume " + folder.path());
                    messages.flush();
                    return ExitCode.INTERRUPTED;
                }
                if (result.early()) {
                    messages.println("ended early: no lower validation loss in "
                            + settings.loop().patience() + " epochs");
                }
            }
            parameters.copyFrom(trainer.best());
            report.finish(List.of());
            messages.println("best validation loss %s%s in epoch %d"
                    .formatted(
                            Numbers.loss(run.bestLoss()),
                            examples.unit().perplexity()
                                    ? " (perplexity " + Numbers.twoDecimals(Math.exp(run.bestLoss())) + ")"
                                    : "",
                            run.bestEpoch()));
        }
        if (examples instanceof TrainingText characters) {
            sample(source, compiled, parameters, characters, settings.seed())
                    .ifPresent(sample -> writeSample(sample, settings, folder, messages));
        }
        messages.println("everything is in " + folder.path());
        return ExitCode.OK;
    }

    private TrainSettings settings(ModelSpec model) {
        TrainSettings own = model.train();
        if (own == null) {
            throw CommandFailure.job("model " + model.name() + " has no training settings; add a block such as"
                    + " 'train { steps 64  batch 32  optimizer adam(rate: 0.002)  epochs 10  stateful }'");
        }
        return new TrainSettings(
                Sizes.choose("--steps", steps, own.steps()),
                Sizes.choose("--batch", batch, own.batch()),
                own.optimizer(),
                own.clip(),
                Sizes.choose("--epochs", epochs, own.epochs()),
                seed == null ? own.seed() : seed,
                own.stateful(),
                own.loop());
    }

    /** Goes on with a training whose model and options its run folder knows. */
    private int repeat(List<String> words) {
        if (loop.resume() == null) {
            throw CommandFailure.usage(
                    "name a model file, or with --resume the run folder of a training to go on with");
        }
        List<String> all = RunArguments.resuming(loop.resume(), words);
        spec.commandLine().setOverwrittenOptionsAllowed(true);
        return spec.root().commandLine().execute(all.toArray(String[]::new));
    }

    private RunFolder folder(ModelSpec model) {
        if (loop.resume() != null) {
            return RunFolder.open(loop.resume());
        }
        return out == null
                ? RunFolder.create(
                        surroundings.directory().resolve("runs"), model.name(), LocalDateTime.now(surroundings.clock()))
                : RunFolder.create(out);
    }

    private static void describe(ModelSpec model, TrainingData data, RunFolder folder, PrintWriter messages) {
        messages.println("%s: %s parameters, %s"
                .formatted(model.name(), Numbers.grouped(ModelReport.elements(model)), Lanes.description()));
        messages.println(data.description());
        messages.println("run folder: " + folder.path());
        messages.flush();
    }

    private void saveBeforeTraining(RunFolder folder, TrainingData examples) {
        try {
            examples.save(folder);
            folder.write(file.getFileName().toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw InputFile.failure("cannot write to run folder", folder.path(), e);
        }
    }

    private static TrainingResult train(Trainer trainer, TrainingRun run, RunFolder folder) {
        try {
            return trainer.run();
        } catch (NonFiniteException e) {
            run.clearProgress();
            String kept = run.bestEpoch() == 0
                    ? "no epoch was complete, so " + folder.path() + " holds no weights"
                    : folder.resolve(TrainingRun.WEIGHTS) + " holds the weights of epoch " + run.bestEpoch();
            throw CommandFailure.job("training stopped: " + e.getMessage() + "; " + kept, e);
        } catch (CheckpointException e) {
            run.clearProgress();
            throw CommandFailure.job(e.getMessage(), e);
        }
    }

    /** Whether the model can give a sample: a backward layer, for one, would need the text that is yet to come. */
    private static boolean writesSymbolBySymbol(Backend.Source source, CharacterModel ports) {
        return ports.output() != null
                && source.feedback().isEmpty()
                && source.stepwiseObstacle(ports.output().name()).isEmpty();
    }

    /** A text that the trained model writes; empty if it cannot write symbol by symbol. */
    private static Optional<String> sample(
            Backend.Source source,
            CompiledModel compiled,
            dev.rnnc.runtime.Parameters parameters,
            TrainingText text,
            long seed) {
        if (writesSymbolBySymbol(source, text.ports())) {
            StringBuilder sample = new StringBuilder();
            new TextGenerator(compiled, parameters, text.ports(), text.vocabulary())
                    .generate("", SAMPLE_LENGTH, SAMPLE_TEMPERATURE, Integer.MAX_VALUE, seed, token -> {
                        sample.append(text.vocabulary().text(token));
                        return true;
                    });
            return Optional.of(sample.toString());
        }
        if (text.ports().start().isEmpty() || source.generation().obstacle().isPresent()) {
            return Optional.empty();
        }
        SequenceGenerator.Choice choice = new SequenceGenerator.Choice(
                SAMPLE_LENGTH,
                SAMPLE_TEMPERATURE,
                Integer.MAX_VALUE,
                text.vocabulary().size(),
                OptionalInt.empty(),
                seed);
        GeneratedSequences generated =
                new SequenceGenerator(source, parameters, null, Beginnings.none(1), choice).run(token -> true);
        return Optional.of(generated.text(0, text.vocabulary()));
    }

    private static void writeSample(String sample, TrainSettings settings, RunFolder folder, PrintWriter messages) {
        folder.write("sample.txt", sample);
        messages.println();
        messages.println("sample (temperature " + SAMPLE_TEMPERATURE + ", seed " + settings.seed() + "):");
        messages.println(sample.strip());
        messages.println();
    }
}
