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
import dev.rnnc.runtime.train.UntrainableLossException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.EnumSet;
import java.util.List;
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
                    + " for a text also the vocabulary and a sample. Ctrl-C ends the training and keeps what there is,"
                    + " a second one ends it at once; --resume goes on with it.",
            "The JDK's flight recorder, where it runs (RNNC_JAVA_OPTS=-XX:StartFlightRecording), gets events dev.rnnc.Step and"
                    + " dev.rnnc.Epoch."
        })
final class TrainCommand implements Callable<Integer> {
    private final Backend backend;
    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The model file (.rnn); may be left out with --resume.")
    private Path file;

    @Mixin
    private final TrainingFiles files = new TrainingFiles();

    @Mixin
    private final TrainingSizes sizes = new TrainingSizes();

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

    /** Whether the words of a run folder are being read, which name a model. */
    private boolean repeated;

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
        if (loop.resume() != null) {
            file = ModelCopy.orElse(file, loop.resume());
        }
        Backend.Source source = ModelFile.open(backend, file, errors);
        ModelSpec model = source.spec();
        TrainSettings settings = loop.apply(sizes.settings(model), source);
        ModelFile.requireLoss(source);
        TrainingData examples = files.open(source, settings, wishes, rows, start.file(), surroundings, errors);
        Set<ProgramKind> kinds = EnumSet.of(ProgramKind.TRAINING, ProgramKind.EVALUATION);
        if (examples instanceof TrainingText characters && TrainingSample.needsSteps(source, characters.ports())) {
            kinds.add(ProgramKind.STEP);
        }
        CompileOptions options = new CompileOptions(kinds, settings.steps(), settings.batch(), List.of(), "")
                .training(settings.pieceSteps(), settings.shardRows())
                .withLengths(examples.padded())
                .by(compiler.kind())
                .withGradientFlow(reporting.gradientFlow())
                .unrolled(unroll.setting());
        CompiledModel compiled = source.load(options);
        var parameters = new dev.rnnc.runtime.Parameters(model);
        Initialization.fill(parameters, settings.seed());
        start.replace(source, parameters, errors);

        RunFolder folder = folder(model);
        if (loop.resume() == null) {
            saveBeforeTraining(folder, examples, source);
            RunArguments.save(folder, words);
        }
        List<String> command = spec.commandLine().getParent().getParseResult().originalArgs();
        try (TrainingRun run =
                        new TrainingRun(folder, parameters, examples, messages, errors, surroundings.progress());
                RunReport report = new RunReport(reporting, folder, new RunPage(source, examples, settings, command))) {
            run.measure(EpochMetrics.of(source, examples.unit()));
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
                report.resume(checkpoint);
            }
            try (StopSignal _ = StopSignal.listen(trainer::stop)) {
                describe(model, examples, folder, messages);
                TrainingResult result = train(trainer, run, folder);
                if (result.stopped()) {
                    run.clearProgress();
                    Path saved = run.saveInterrupted();
                    report.finish(List.of());
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
            report.finish(
                    report.wanted()
                            ? ValidationReport.sections(
                                    source, compiled, parameters, examples, settings, run.bestEpoch(), options)
                            : List.of());
            messages.println("best validation loss %s%s in epoch %d"
                    .formatted(
                            Numbers.loss(run.bestLoss()),
                            examples.unit().perplexity()
                                    ? " (perplexity " + Numbers.twoDecimals(Math.exp(run.bestLoss())) + ")"
                                    : "",
                            run.bestEpoch()));
        }
        if (examples instanceof TrainingText characters) {
            TrainingSample.of(source, compiled, parameters, characters, settings.seed())
                    .ifPresent(sample -> sample.write(folder, messages));
        }
        messages.println("everything is in " + folder.path());
        return ExitCode.OK;
    }

    /** Goes on with a training whose model and options its run folder knows. */
    private int repeat(List<String> words) {
        if (loop.resume() == null) {
            throw CommandFailure.usage(
                    "name a model file, or with --resume the run folder of a training to go on with");
        }
        if (repeated) {
            throw RunArguments.notWritten(loop.resume());
        }
        repeated = true;
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

    private void saveBeforeTraining(RunFolder folder, TrainingData examples, Backend.Source source) {
        try {
            examples.save(folder);
            ModelCopy.save(folder, file, source.imports());
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
        } catch (UntrainableLossException e) {
            throw CommandFailure.job(e.getMessage(), e);
        } catch (CheckpointException e) {
            run.clearProgress();
            throw CommandFailure.job(e.getMessage(), e);
        }
    }
}
