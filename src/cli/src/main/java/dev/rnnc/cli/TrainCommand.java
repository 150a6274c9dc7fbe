package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
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
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc train}: trains a character model on a text and keeps everything in a run folder. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Trains a character model on a UTF-8 text, without --text on rnnc's own Java sources.",
            "The run folder gets the best weights, the vocabulary, the model file, a log of every epoch, a picture of"
                    + " the losses and a sample. Ctrl-C ends the training and keeps what there is."
        })
final class TrainCommand implements Callable<Integer> {
    private static final double SAMPLE_TEMPERATURE = 0.8;
    private static final int SAMPLE_LENGTH = 400;

    private final Backend backend;
    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(names = "--text", paramLabel = "F", description = "The text to train on; the last 10 %% are held out.")
    private Path text;

    @Option(names = "--valid", paramLabel = "F", description = "A text for validation; then nothing is held out.")
    private Path valid;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the text; the model's own by default.")
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

    TrainCommand(Backend backend, Surroundings surroundings) {
        this.backend = backend;
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        PrintWriter messages = spec.commandLine().getOut();
        PrintWriter errors = spec.commandLine().getErr();
        Backend.Source source = ModelFile.open(backend, file, errors);
        ModelSpec model = source.spec();
        TrainSettings settings = settings(model);
        ModelFile.requireLoss(source);
        CharacterModel ports = CharacterModel.trainable(model);
        TrainingText data = TrainingText.of(
                text == null ? OwnSources.read(surroundings.home()) : TextData.read(text),
                valid == null ? null : TextData.read(valid),
                ports.input(),
                settings);
        Set<ProgramKind> kinds = EnumSet.of(ProgramKind.TRAINING, ProgramKind.EVALUATION, ProgramKind.STEP);
        CompiledModel compiled =
                source.load(new CompileOptions(kinds, settings.steps(), settings.batch(), List.of(), ""));
        var parameters = new dev.rnnc.runtime.Parameters(model);
        Initialization.fill(parameters, settings.seed());

        RunFolder folder = folder(model);
        describe(model, data, folder, messages);
        saveBeforeTraining(folder, data);
        try (TrainingRun run =
                new TrainingRun(folder, parameters, data.name(), messages, errors, surroundings.progress())) {
            Trainer trainer = new Trainer(
                    compiled,
                    parameters,
                    settings,
                    data.trainingStreams(settings, ports),
                    data.validationStreams(settings, ports),
                    run);
            try (StopSignal _ = StopSignal.listen(trainer::stop)) {
                if (train(trainer, run, folder).stopped()) {
                    run.clearProgress();
                    Path saved = run.saveInterrupted();
                    messages.println("stopped; the weights of the last step are in " + saved);
                    messages.flush();
                    return ExitCode.INTERRUPTED;
                }
            }
            parameters.copyFrom(trainer.best());
            messages.println("best validation loss %s (perplexity %s) in epoch %d"
                    .formatted(
                            Numbers.loss(run.bestLoss()),
                            Numbers.twoDecimals(Math.exp(run.bestLoss())),
                            run.bestEpoch()));
        }
        if (writesSymbolBySymbol(source, ports)) {
            writeSample(new TextGenerator(compiled, parameters, ports, data.vocabulary()), settings, folder, messages);
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
                own.stateful());
    }

    private RunFolder folder(ModelSpec model) {
        return out == null
                ? RunFolder.create(
                        surroundings.directory().resolve("runs"), model.name(), LocalDateTime.now(surroundings.clock()))
                : RunFolder.create(out);
    }

    private static void describe(ModelSpec model, TrainingText data, RunFolder folder, PrintWriter messages) {
        messages.println("%s: %s parameters, %s"
                .formatted(model.name(), Numbers.grouped(ModelReport.elements(model)), Lanes.description()));
        messages.println("text: %s, %s characters for training and %s for validation, %d symbols"
                .formatted(
                        data.name(),
                        Numbers.grouped(data.training().length),
                        Numbers.grouped(data.validation().length),
                        data.vocabulary().size()));
        messages.println("run folder: " + folder.path());
        messages.flush();
    }

    private void saveBeforeTraining(RunFolder folder, TrainingText data) {
        try {
            data.vocabulary().save(folder.resolve(Vocabularies.FILE));
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
        }
    }

    /** Whether the model can give a sample: a backward layer, for one, would need the text that is yet to come. */
    private static boolean writesSymbolBySymbol(Backend.Source source, CharacterModel ports) {
        return ports.output() != null
                && source.feedback().isEmpty()
                && source.stepwiseObstacle(ports.output().name()).isEmpty();
    }

    private static void writeSample(
            TextGenerator generator, TrainSettings settings, RunFolder folder, PrintWriter messages) {
        StringBuilder sample = new StringBuilder();
        generator.generate("", SAMPLE_LENGTH, SAMPLE_TEMPERATURE, settings.seed(), symbol -> {
            sample.append(symbol);
            return true;
        });
        folder.write("sample.txt", sample.toString());
        messages.println();
        messages.println("sample (temperature " + SAMPLE_TEMPERATURE + ", seed " + settings.seed() + "):");
        messages.println(sample.toString().strip());
        messages.println();
    }
}
