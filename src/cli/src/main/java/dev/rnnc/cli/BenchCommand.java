package dev.rnnc.cli;

import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.probe.MachineProbe;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc bench}: how fast a model runs here, generated and generic, and how near that is to the machine's limits. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Measures a model on this machine, on one thread and random data: one step, a whole sequence, a"
                + " training step; generated code against the generic engine, in turn, medians and spread.")
final class BenchCommand implements Callable<Integer> {
    private static final List<Integer> LANES = List.of(16, 8, 4, 1);
    private static final double MOST_SECONDS = 3600;

    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Time steps of sequence and training; the model's own by default, or 64.")
    private Integer steps;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Sequences of sequence and training; the model's own by default, or 1.")
    private Integer batch;

    @Option(
            names = "--lanes",
            paramLabel = "N",
            description =
                    "Generate for vectors of N floats, 16, 8, 4 or 1; as many as this machine prefers by default.")
    private Integer lanes;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "3",
            description = "How long to measure each program after its warm-up, which takes at least as long again"
                    + " (default: 3).")
    private double seconds;

    @Mixin
    private final UnrollOption unroll = new UnrollOption();

    @Option(names = "--json", description = "Write the report as JSON.")
    private boolean json;

    BenchCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
            throw CommandFailure.usage(
                    "--seconds " + seconds + ": give a number above 0, and at most " + (int) MOST_SECONDS);
        }
        int count = chosenLanes();
        PrintWriter err = spec.commandLine().getErr();
        Backend.Source model = ModelFile.open(backend, file, err);
        TrainSettings train = model.spec().train();
        int time = Sizes.choose("--steps", steps, train == null ? Sizes.DEFAULT_STEPS : train.steps());
        int rows = Sizes.choose("--batch", batch, train == null ? Sizes.DEFAULT_BATCH : train.batch());

        List<String> notes = new ArrayList<>();
        List<ProgramBench.Result> results = new ArrayList<>();
        for (ProgramKind kind : kinds(model, notes)) {
            boolean step = kind == ProgramKind.STEP;
            ProgramBench.Result result = new ProgramBench(
                            model, kind, step ? 1 : time, step ? 1 : rows, count, unroll.setting())
                    .measure(seconds);
            results.add(result);
            if (result.disagrees()) {
                err.println("warning: generated and generic code differ in '" + result.differsIn() + "' by "
                        + result.difference() + "; please report this model as a bug of rnnc");
            }
        }
        BenchReport report = new BenchReport(model.spec(), count, MachineProbe.measure(), results, notes);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.json());
        } else {
            out.print(report.text());
        }
        return ExitCode.OK;
    }

    private int chosenLanes() {
        if (lanes == null) {
            return Lanes.count();
        }
        if (!LANES.contains(lanes)) {
            throw CommandFailure.usage("--lanes " + lanes + ": give one of " + LANES);
        }
        if (lanes > Lanes.count()) {
            throw CommandFailure.usage("--lanes " + lanes + ": there are only " + Lanes.description());
        }
        return lanes;
    }

    /** The programs the model has; why it lacks one is added to {@code notes}. */
    private static List<ProgramKind> kinds(Backend.Source model, List<String> notes) {
        List<ProgramKind> kinds = new ArrayList<>();
        boolean sequences = model.spec().ports().stream().anyMatch(port -> port.rows() == Rows.SEQUENCE);
        Optional<String> obstacle = model.stepwiseObstacle();
        if (!sequences) {
            notes.add("no step: the model has no sequence");
        } else if (obstacle.isPresent()) {
            notes.add("no step: " + obstacle.get());
        } else {
            kinds.add(ProgramKind.STEP);
        }
        kinds.add(ProgramKind.SEQUENCE);
        if (model.hasLoss()) {
            kinds.add(ProgramKind.TRAINING);
        } else {
            notes.add("no training step: the model has no loss");
        }
        return kinds;
    }
}
