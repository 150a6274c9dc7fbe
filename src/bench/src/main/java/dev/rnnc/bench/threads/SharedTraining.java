package dev.rnnc.bench.threads;

import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Workload;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.probe.Readings;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.text.CharacterStreams;
import dev.rnnc.runtime.train.EpochResult;
import dev.rnnc.runtime.train.StepResult;
import dev.rnnc.runtime.train.Trainer;
import dev.rnnc.runtime.train.TrainingListener;
import java.lang.foreign.ValueLayout;

/** The training of a model of tokens on random text with a given number of threads, an epoch of it at a time. */
final class SharedTraining {
    private static final String TOKENS = "text";
    private static final String TARGETS = "next";
    private static final double CLIP = 5;

    private final CompiledModel model;
    private final TrainSettings settings;
    private final CharacterStreams training;
    private final CharacterStreams validation;

    /**
     * Compiles the model.
     *
     * @param threads that share a batch; 0 for one thread and the batch as a whole
     * @param windows of the training data, of {@code batch x steps} tokens each
     * @param validationWindows of the validation data
     */
    SharedTraining(Workload workload, int threads, int windows, int validationWindows) {
        Problem problem = Problem.of(workload);
        TrainSettings own = problem.model().spec().train();
        this.settings = new TrainSettings(
                own.steps(),
                own.batch(),
                own.optimizer(),
                new ClipSpec.Norm(CLIP),
                1,
                1,
                true,
                own.loop().threaded(threads));
        this.model = Compiler.load(
                problem.model(),
                CompileOptions.of(ProgramKind.TRAINING, ProgramKind.EVALUATION)
                        .training(settings.pieceSteps(), settings.shardRows()));
        this.training = text(workload, windows, 1);
        this.validation = text(workload, validationWindows, 2);
    }

    private CharacterStreams text(Workload workload, int windows, int stream) {
        int[] tokens = new int[windows * settings.steps() * settings.batch() + 1];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) Long.remainderUnsigned(CounterRandom.bits(1, stream, i), workload.vocabulary());
        }
        return new CharacterStreams(tokens, settings.steps(), settings.batch(), true, TOKENS, TARGETS);
    }

    /**
     * An epoch from the same start each time.
     *
     * @param stepNanos median time from the end of a training step to that of the next
     * @param fastestNanos the shortest such time, which others on the machine disturb least
     * @param epochNanos time of all training steps and the validation
     * @param bits digest of the parameters and of both losses at the end
     */
    record Epoch(double stepNanos, double fastestNanos, double epochNanos, long bits) {}

    /** Trains for an epoch. */
    Epoch run() {
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 1);
        Clock clock = new Clock(training.windows());
        EpochResult result = new Trainer(model, parameters, settings, training, validation, clock)
                .run()
                .epochs()
                .getFirst();
        Readings steps = clock.readings();
        long bits = Double.doubleToLongBits(result.trainLoss()) * 31 + Double.doubleToLongBits(result.validationLoss());
        for (long i = 0; i < model.spec().parameterElements(); i++) {
            bits = bits * 31 + parameters.data().getAtIndex(ValueLayout.JAVA_INT, i);
        }
        return new Epoch(steps.median(), steps.best(), result.seconds() * 1e9, bits);
    }

    /** Notes when steps end. */
    private static final class Clock implements TrainingListener {
        private final long[] ends;
        private int steps;

        Clock(int most) {
            ends = new long[most];
        }

        @Override
        public void stepEnded(StepResult result) {
            ends[steps++] = System.nanoTime();
        }

        Readings readings() {
            double[] durations = new double[steps - 1];
            for (int i = 0; i < durations.length; i++) {
                durations[i] = ends[i + 1] - ends[i];
            }
            return new Readings(durations);
        }
    }
}
