package dev.rnnc.cli;

import dev.rnnc.cli.report.LineChart;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.spec.TrainSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc gradients}: how far gradients flow back through time, for one or several models on one task. */
@Command(
        name = "gradients",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Shows whether gradients vanish or explode on their way back through time: trains each model briefly and draws"
                    + " the norm of dL/dh(t) by time step, with the bound that the cell's equations give beside it.",
            "Several models share one picture, such as a vanilla RNN, an LSTM and a GRU on one task. The report says in"
                    + " words what it sees (vanishing, exploding, healthy), which units are dead or saturated, how often"
                    + " gradients are clipped, and what to try.",
            "The folder gets gradients.png, gradients.svg, gradients.html (one file that needs no other) and"
                    + " gradients.json."
        })
final class GradientsCommand implements Callable<Integer> {
    private static final int UPDATES = 200;

    private final Backend backend;
    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "The model files (.rnn).")
    private List<Path> files;

    @Option(names = "--text", paramLabel = "F", description = "The text to train on, as in 'rnnc train'.")
    private Path text;

    @Option(names = "--data", paramLabel = "F", description = "The tensors to train on (.safetensors).")
    private Path data;

    @Mixin
    private final TrainingDataOptions wishes = new TrainingDataOptions();

    @Mixin
    private final DataOptions rows = new DataOptions();

    @Option(
            names = "--weights",
            paramLabel = "F",
            description = "Measure with these weights and do not train; one for each FILE, in their order.")
    private List<Path> weights = List.of();

    @Option(names = "--updates", paramLabel = "N", description = "Updates to train; " + UPDATES + " by default.")
    private Integer updates;

    @Option(names = "--epochs", paramLabel = "N", description = "Train so many passes over the data instead.")
    private Integer epochs;

    @Option(names = "--steps", paramLabel = "N", description = "Time steps of a window; the model's own by default.")
    private Integer steps;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences of a batch; the model's own by default.")
    private Integer batch;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of first weights and dropout.")
    private Long seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder for the report, new or empty; runs/gradients-DATE-TIME by default.")
    private Path out;

    @Option(names = "--json", description = "Write the report to standard output as JSON.")
    private boolean json;

    @Mixin
    private final BackendOption compiler = new BackendOption();

    GradientsCommand(Backend backend, Surroundings surroundings) {
        this.backend = backend;
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        requireSense();
        PrintWriter messages = spec.commandLine().getOut();
        PrintWriter errors = spec.commandLine().getErr();
        List<ModelFlow> flows = new ArrayList<>();
        String task = "";
        for (int i = 0; i < files.size(); i++) {
            Backend.Source source = ModelFile.open(backend, files.get(i), errors);
            TrainSettings settings = settings(source);
            ModelFile.requireLoss(source);
            TrainingData examples = new TrainingSource(text, data, null, wishes, rows)
                    .read(source, settings, surroundings.home(), weights.isEmpty() ? null : weights.get(i), errors);
            task = examples.name();
            flows.add(flow(source, files.get(i), i, settings, examples, names(flows), errors));
        }
        RunFolder folder = out == null
                ? RunFolder.create(
                        surroundings.directory().resolve("runs"), "gradients", LocalDateTime.now(surroundings.clock()))
                : RunFolder.create(out);
        FlowReport report = new FlowReport(task, flows);
        write(report, folder, errors);
        if (json) {
            messages.println(report.json());
        } else {
            messages.print(report.text());
            messages.println("pictures and page are in " + folder.path());
        }
        return ExitCode.OK;
    }

    private void requireSense() {
        if (!weights.isEmpty() && weights.size() != files.size()) {
            throw CommandFailure.usage("there are %d model files and %d of --weights: give one for each, in their order"
                    .formatted(files.size(), weights.size()));
        }
        if (!weights.isEmpty() && (updates != null || epochs != null)) {
            throw CommandFailure.usage("with --weights nothing is trained: leave out --updates and --epochs");
        }
        if (updates != null && epochs != null) {
            throw CommandFailure.usage("--updates and --epochs exclude one another: give one of them");
        }
        Sizes.choose("--updates", updates, UPDATES);
    }

    private static List<String> names(List<ModelFlow> flows) {
        return flows.stream().map(ModelFlow::name).toList();
    }

    private ModelFlow flow(
            Backend.Source source,
            Path file,
            int index,
            TrainSettings settings,
            TrainingData examples,
            List<String> taken,
            PrintWriter errors) {
        String own = source.spec().name();
        String name = taken.contains(own) ? own + " " + (index + 1) : own;
        boolean trained = weights.isEmpty();
        dev.rnnc.runtime.Parameters parameters;
        if (trained) {
            parameters = new dev.rnnc.runtime.Parameters(source.spec());
            Initialization.fill(parameters, settings.seed());
        } else {
            parameters = Weights.load(weights.get(index), source, new WeightMapOption(), errors);
        }
        FlowMeasurement measurement = new FlowMeasurement(source, examples, settings, compiler.kind(), parameters);
        List<ModelFlow.Stage> stages = new ArrayList<>();
        ModelFlow.Training training = null;
        stages.add(measurement.measure(trained ? "before training" : "with the given weights"));
        if (trained) {
            int most = epochs != null ? Integer.MAX_VALUE : Sizes.choose("--updates", updates, UPDATES);
            try (FlowProgress progress = new FlowProgress(surroundings.progress() ? errors : null, name, most)) {
                training = measurement.train(most, progress);
            }
            stages.add(measurement.measure("after training"));
        }
        return new ModelFlow(name, file, stages, training, measurement.lossAtEveryStep());
    }

    private TrainSettings settings(Backend.Source source) {
        TrainSettings own = source.spec().train();
        if (own == null) {
            throw CommandFailure.job("model " + source.spec().name() + " has no training settings; add a block such as"
                    + " 'train { steps 64  batch 32  optimizer adam(rate: 0.002)  epochs 10 }'");
        }
        return new TrainSettings(
                Sizes.choose("--steps", steps, own.steps()),
                Sizes.choose("--batch", batch, own.batch()),
                own.optimizer(),
                own.clip(),
                epochs == null ? Integer.MAX_VALUE : Sizes.choose("--epochs", epochs, own.epochs()),
                seed == null ? own.seed() : seed,
                own.stateful());
    }

    /** The figures are worth more than their pictures, so a JVM that cannot draw is told of and no more. */
    private static void write(FlowReport report, RunFolder folder, PrintWriter errors) {
        folder.write("gradients.json", report.json() + "\n");
        folder.write("gradients.html", report.html());
        List<LineChart> charts = report.charts();
        if (charts.isEmpty()) {
            return;
        }
        folder.write("gradients.svg", LineChart.svg(charts));
        try {
            folder.write("gradients.png", LineChart.png(charts));
        } catch (IOException e) {
            errors.println("warning: no gradients.png: " + e.getMessage());
        }
    }
}
