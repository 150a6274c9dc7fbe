package dev.rnnc.cli;

import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.BatchSource;
import dev.rnnc.runtime.train.GradientFlow;
import dev.rnnc.runtime.train.NonFiniteException;
import dev.rnnc.runtime.train.StepResult;
import dev.rnnc.runtime.train.Trainer;
import dev.rnnc.runtime.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Measures the gradient flow of one model on its data, and trains it in between. */
final class FlowMeasurement {
    /** Windows of a measurement, the first of the training data. */
    private static final int WINDOWS = 8;

    private final Backend.Source source;
    private final TrainingData data;
    private final TrainSettings settings;
    private final CompiledModel compiled;
    private final Parameters parameters;

    /** @param parameters the first weights; changed by {@link #train} */
    FlowMeasurement(
            Backend.Source source,
            TrainingData data,
            TrainSettings settings,
            BackendKind backend,
            Parameters parameters) {
        this.source = source;
        this.data = data;
        this.settings = settings;
        this.parameters = parameters;
        this.compiled = source.load(
                new CompileOptions(Set.of(ProgramKind.TRAINING), settings.steps(), settings.batch(), List.of(), "")
                        .withLengths(data.padded())
                        .by(backend)
                        .withGradientFlow(true));
    }

    /** The flow with the present weights. */
    ModelFlow.Stage measure(String title) {
        GradientFlow flow = new GradientFlow();
        BatchSource windows = data.training(settings);
        try (Program program = compiled.newProgram(ProgramKind.TRAINING, parameters)) {
            program.refresh();
            for (int window = 0; window < Math.min(WINDOWS, windows.windows()); window++) {
                int steps = windows.load(window, program);
                if (!settings.stateful() || windows.startsSequence(window)) {
                    program.resetStates();
                }
                program.seed(settings.seed() + window);
                program.run(steps);
                flow.measure(List.of(program));
            }
        }
        return new ModelFlow.Stage(
                title, LayerFlow.of(source.recurrentBounds(parameters), flow.curves()), flow.units());
    }

    /**
     * Trains.
     *
     * @param updates how many updates to make; fewer if the settings' epochs end before
     * @param progress hears of each step
     */
    ModelFlow.Training train(int updates, Consumer<StepResult> progress) {
        Steps steps = new Steps(updates, progress);
        Trainer trainer = new Trainer(compiled, parameters, settings, data.training(settings), null, steps);
        steps.trainer = trainer;
        String failure = null;
        try {
            trainer.run();
        } catch (NonFiniteException e) {
            failure = e.getMessage();
        }
        return steps.summary(settings.clip(), failure);
    }

    /** Whether some target has a value at every time step. */
    boolean lossAtEveryStep() {
        return source.spec().ports(Role.TARGET).stream().anyMatch(p -> p.rows() == Rows.SEQUENCE);
    }

    /** Notes losses and norms, and ends the training in time. */
    private static final class Steps implements TrainingListener {
        private final int most;
        private final Consumer<StepResult> progress;
        private final List<Double> losses = new ArrayList<>();
        private final List<Double> norms = new ArrayList<>();
        private Trainer trainer;

        Steps(int most, Consumer<StepResult> progress) {
            this.most = most;
            this.progress = progress;
        }

        @Override
        public void stepEnded(StepResult result) {
            losses.add(result.loss());
            norms.add(result.gradientNorm());
            progress.accept(result);
            if (losses.size() >= most) {
                trainer.stop();
            }
        }

        ModelFlow.Training summary(ClipSpec clip, String failure) {
            int tail = Math.max(1, losses.size() / 10);
            double clipRate = clip instanceof ClipSpec.Norm(double max)
                    ? norms.stream().mapToDouble(n -> n > max ? 1 : 0).average().orElse(Double.NaN)
                    : Double.NaN;
            return new ModelFlow.Training(
                    losses.size(),
                    losses.isEmpty() ? Double.NaN : losses.getFirst(),
                    mean(losses.subList(Math.max(0, losses.size() - tail), losses.size())),
                    mean(norms),
                    clipRate,
                    failure);
        }

        private static double mean(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        }
    }
}
