package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.LinearModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ScheduleSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the settings of the training loop do to a linear model: five steps of four rows in windows of two steps. */
class LoopSettingsTest {
    private static final int STEPS = 2;
    private static final int BATCH = 4;
    private static final double RATE = 0.1;

    private final LineData data = new LineData(1, 5, BATCH, STEPS);

    private static TrainSettings settings(int epochs, LoopSettings loop) {
        OptimizerSpec sgd = new OptimizerSpec.Sgd(RATE, 0, false, 0);
        return new TrainSettings(STEPS, BATCH, sgd, new ClipSpec.None(), epochs, 17, true, loop);
    }

    private static LinearModel model(TrainSettings settings) {
        return new LinearModel(Precision.DOUBLE, settings.pieceSteps(), settings.shardRows(), settings);
    }

    private static Parameters first(LinearModel model) {
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 17);
        return parameters;
    }

    private double[] train(TrainSettings settings) {
        LinearModel model = model(settings);
        Parameters parameters = first(model);
        new Trainer(model, parameters, settings, data, null, TrainingListener.NONE).run();
        double[] weight = parameters.values("l.weight");
        return new double[] {weight[0], weight[1], parameters.values("l.bias")[0]};
    }

    /** The gradient of the mean squared error over some steps of all rows. */
    private double[] gradient(double[] at, int from, int to) {
        double[] sum = new double[3];
        for (int step = from; step < to; step++) {
            for (int row = 0; row < BATCH; row++) {
                double x0 = data.x[step][2 * row];
                double x1 = data.x[step][2 * row + 1];
                double error = at[0] * x0 + at[1] * x1 + at[2] - data.target[step][row];
                sum[0] += 2 * error * x0 / (BATCH * (to - from));
                sum[1] += 2 * error * x1 / (BATCH * (to - from));
                sum[2] += 2 * error / (BATCH * (to - from));
            }
        }
        return sum;
    }

    private double[] start() {
        Parameters parameters = first(model(settings(1, LoopSettings.PLAIN)));
        double[] weight = parameters.values("l.weight");
        return new double[] {weight[0], weight[1], parameters.values("l.bias")[0]};
    }

    private double[] updated(double[] at, int from, int to) {
        double[] gradient = gradient(at, from, to);
        double[] next = new double[3];
        for (int i = 0; i < 3; i++) {
            next[i] = at[i] - RATE * gradient[i];
        }
        return next;
    }

    @Test
    void accumulatedWindowsCountByTheirTargets() {
        assertThat(train(settings(1, LoopSettings.PLAIN.accumulating(3))))
                .containsExactly(updated(start(), 0, 5), within(1e-12));
    }

    @Test
    void whatIsLeftOfAnEpochMakesAnUpdate() {
        assertThat(train(settings(1, LoopSettings.PLAIN.accumulating(2))))
                .containsExactly(updated(updated(start(), 0, 4), 4, 5), within(1e-12));
    }

    @Test
    void truncationUpdatesAfterEachPiece() {
        double[] expected = start();
        for (int step = 0; step < 5; step++) {
            expected = updated(expected, step, step + 1);
        }
        assertThat(train(settings(1, LoopSettings.PLAIN.truncated(1, 1)))).containsExactly(expected, within(1e-12));
    }

    @Test
    void piecesBetweenTwoUpdatesAreSummedUp() {
        assertThat(train(settings(1, LoopSettings.PLAIN.truncated(2, 1))))
                .containsExactly(train(settings(1, LoopSettings.PLAIN)), within(1e-12));
    }

    @Test
    void statesGoOnFromPieceToPiece() {
        TrainSettings settings = settings(1, LoopSettings.PLAIN.truncated(1, 1));
        LinearModel model = model(settings);
        new Trainer(model, first(model), settings, data, null, TrainingListener.NONE).run();
        assertThat(model.runs)
                .containsExactly(
                        "TRAINING steps=1 count=0",
                        "TRAINING steps=1 count=1",
                        "TRAINING steps=1 count=2",
                        "TRAINING steps=1 count=3",
                        "TRAINING steps=1 count=4");
    }

    @Test
    void overlappingPiecesStartFromTheStateOfTheirFirstStep() {
        TrainSettings settings = settings(1, LoopSettings.PLAIN.truncated(1, 2));
        LinearModel model = model(settings);
        new Trainer(model, first(model), settings, data, null, TrainingListener.NONE).run();
        assertThat(model.runs)
                .containsExactly(
                        "TRAINING steps=1 count=0",
                        "TRAINING steps=2 count=0",
                        "TRAINING steps=1 count=2",
                        "TRAINING steps=2 count=2",
                        "TRAINING steps=1 count=4");
    }

    @Test
    void stepsOfOverlappingPiecesCountInEachOfThem() {
        double[] expected = updated(updated(start(), 0, 1), 0, 2);
        expected = updated(updated(expected, 2, 3), 2, 4);
        expected = updated(expected, 4, 5);
        assertThat(train(settings(1, LoopSettings.PLAIN.truncated(1, 2)))).containsExactly(expected, within(1e-12));
    }

    @Test
    void shardsTrainLikeTheWholeBatchAndAlikeForAnyNumberOfThreads() {
        double[] one = train(settings(20, LoopSettings.PLAIN.threaded(1)));
        assertThat(one).containsExactly(train(settings(20, LoopSettings.PLAIN)), within(1e-12));
        for (int threads : new int[] {2, 3, 4, 9}) {
            assertThat(train(settings(20, LoopSettings.PLAIN.threaded(threads))))
                    .containsExactly(one);
        }
    }

    @Test
    void threadsNeedAProgramForShards() {
        TrainSettings settings = settings(1, LoopSettings.PLAIN.threaded(2));
        LinearModel whole = new LinearModel(Precision.DOUBLE, STEPS, BATCH, settings);
        Trainer trainer = new Trainer(whole, first(whole), settings, data, null, TrainingListener.NONE);
        assertThatThrownBy(trainer::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 threads have nothing to share");
    }

    @Test
    void absoluteParametersPullTowardsZero() {
        double[] start = start();
        double[] expected = updated(start, 0, 5);
        for (int i = 0; i < 3; i++) {
            expected[i] -= RATE * 0.3 * Math.signum(start[i]);
        }
        assertThat(train(settings(1, LoopSettings.PLAIN.accumulating(3).sparse(0.3))))
                .containsExactly(expected, within(1e-12));
    }

    @Test
    void schedulesSetTheRateOfEachUpdate() {
        LoopSettings loop = LoopSettings.PLAIN.scheduled(List.of(new ScheduleSpec.Warmup(4)));
        TrainSettings settings = settings(2, loop);
        LinearModel model = model(settings);
        List<Double> rates = new ArrayList<>();
        Trainer[] trainer = new Trainer[1];
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepEnded(StepResult step) {
                rates.add(trainer[0].optimizer().rate());
            }
        };
        trainer[0] = new Trainer(model, first(model), settings, data, null, listener);
        trainer[0].run();
        assertThat(rates).containsExactly(0.025, 0.05, 0.1 * 0.75, 0.1, 0.1, 0.1);
    }

    @Test
    void patienceEndsTrainingAndTheBestParametersAreKept() {
        TrainSettings settings = settings(1000, LoopSettings.PLAIN.patient(3));
        LinearModel model = model(settings);
        Trainer trainer = new Trainer(
                model, first(model), settings, data, new LineData(2, 5, BATCH, STEPS), TrainingListener.NONE);
        TrainingResult result = trainer.run();
        assertThat(result.early()).isTrue();
        assertThat(result.stopped()).isFalse();
        assertThat(result.epochs()).hasSize(result.bestEpoch() + 3).hasSizeLessThan(1000);
    }

    @Test
    void patienceNeedsValidationData() {
        TrainSettings settings = settings(9, LoopSettings.PLAIN.patient(3));
        LinearModel model = model(settings);
        assertThatThrownBy(() -> new Trainer(model, first(model), settings, data, null, TrainingListener.NONE))
                .hasMessageContaining("no validation data");
    }

    @Test
    void aBadWindowCanBeSkipped() {
        data.target[2][0] = Double.NaN;
        TrainSettings settings = settings(2, LoopSettings.PLAIN);
        LinearModel model = model(settings);
        Parameters parameters = first(model);
        List<String> lost = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepLost(String reason, double rate) {
                lost.add(reason);
            }
        };
        TrainingResult result = new Trainer(model, parameters, settings, data, null, listener)
                .onNonFinite(NonFinitePolicy.SKIP)
                .run();
        double[] expected = start();
        for (int epoch = 0; epoch < 2; epoch++) {
            expected = updated(updated(expected, 0, 2), 4, 5);
        }
        assertThat(parameters.values("l.weight"))
                .containsExactly(new double[] {expected[0], expected[1]}, within(1e-12));
        assertThat(lost).hasSize(2).first().asString().contains("epoch 1, step 2 (window 2 of the data)");
        assertThat(result.epochs())
                .allSatisfy(epoch -> assertThat(epoch.trainLoss()).isFinite());
    }

    @Test
    void aBadWindowCanTakeTrainingBackToTheLastEpochAtHalfTheRate() {
        data.target[2][0] = Double.NaN;
        TrainSettings settings = settings(2, LoopSettings.PLAIN);
        LinearModel model = model(settings);
        Parameters parameters = first(model);
        Trainer trainer = new Trainer(model, parameters, settings, data, null, TrainingListener.NONE)
                .onNonFinite(NonFinitePolicy.ROLLBACK);
        trainer.run();
        assertThat(trainer.optimizer().rate()).isEqualTo(RATE / 4);
        assertThat(trainer.optimizer().steps()).isEqualTo(2);
        assertThat(parameters.isFinite()).isTrue();
    }

    @Test
    void badWindowsAloneEndTrainingWhateverIsAsked() {
        for (double[] step : data.target) {
            step[0] = Double.NaN;
        }
        for (NonFinitePolicy policy : NonFinitePolicy.values()) {
            TrainSettings settings = settings(50, LoopSettings.PLAIN);
            LinearModel model = model(settings);
            Trainer trainer =
                    new Trainer(model, first(model), settings, data, null, TrainingListener.NONE).onNonFinite(policy);
            assertThatThrownBy(trainer::run).isInstanceOf(NonFiniteException.class);
        }
    }
}
