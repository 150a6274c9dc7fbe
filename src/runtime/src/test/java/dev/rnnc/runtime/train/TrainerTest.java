package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.LinearModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trains {@code y = 2 x0 - x1 + 0.5} on windows of four rows, the last one of two. */
class TrainerTest {
    private static final int STEPS = 2;
    private static final int BATCH = 2;
    private static final ClipSpec NO_CLIP = new ClipSpec.None();
    private static final OptimizerSpec SGD = new OptimizerSpec.Sgd(0.1, 0, false, 0);

    @ParameterizedTest
    @EnumSource(Precision.class)
    void findsTheLine(Precision precision) {
        LinearModel model = model(precision, settings(SGD, NO_CLIP, 100, true));
        Parameters parameters = initialized(model);
        List<EpochResult> heard = new ArrayList<>();
        TrainingResult result = trainer(model, parameters, new Rows(1), new Rows(2), epochsTo(heard))
                .run();
        assertThat(parameters.values("l.weight")).containsExactly(new double[] {2, -1}, within(1e-3));
        assertThat(parameters.values("l.bias")).containsExactly(new double[] {0.5}, within(1e-3));
        assertThat(result.epochs()).isEqualTo(heard).hasSize(100);
        assertThat(result.stopped()).isFalse();
        assertThat(heard.get(99).validationLoss()).isLessThan(1e-5);
        assertThat(heard.get(99).trainLoss()).isLessThan(heard.get(0).trainLoss());
        assertThat(heard.get(0).epoch()).isEqualTo(1);
        assertThat(heard.get(0).elementsPerSecond()).isPositive();
    }

    @Test
    void runsShortLastWindowsAndWeightsTheirLossByTheirElements() {
        LinearModel model = model(Precision.DOUBLE, settings(new OptimizerSpec.Sgd(0, 0, false, 0), NO_CLIP, 1, true));
        List<StepResult> steps = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepEnded(StepResult step) {
                steps.add(step);
            }
        };
        EpochResult epoch = trainer(model, initialized(model), new Rows(1), null, listener)
                .run()
                .epochs()
                .getFirst();
        assertThat(model.runs)
                .containsExactly("TRAINING steps=2 count=0", "TRAINING steps=2 count=2", "TRAINING steps=1 count=4");
        assertThat(epoch.trainLoss())
                .isCloseTo(
                        (4 * steps.get(0).loss()
                                        + 4 * steps.get(1).loss()
                                        + 2 * steps.get(2).loss())
                                / 10,
                        within(1e-12));
        assertThat(epoch.validationLoss()).isNaN();
        assertThat(steps).extracting(StepResult::step).containsExactly(1, 2, 3);
        assertThat(steps).extracting(StepResult::elements).containsExactly(4L, 4L, 2L);
        assertThat(epoch.gradientNorm())
                .isCloseTo(
                        steps.stream()
                                .mapToDouble(StepResult::gradientNorm)
                                .average()
                                .orElseThrow(),
                        within(1e-12));
    }

    @Test
    void carriesTheStateOnOnlyWhereTheModelIsStateful() {
        LinearModel stateful = model(Precision.FLOAT, settings(SGD, NO_CLIP, 2, true));
        trainer(stateful, initialized(stateful), new Rows(1), new Rows(2), TrainingListener.NONE)
                .run();
        List<String> epoch = List.of(
                "TRAINING steps=2 count=0",
                "TRAINING steps=2 count=2",
                "TRAINING steps=1 count=4",
                "EVALUATION steps=2 count=0",
                "EVALUATION steps=2 count=2",
                "EVALUATION steps=1 count=4");
        assertThat(stateful.runs.subList(0, 6)).isEqualTo(epoch);
        assertThat(stateful.runs.subList(6, 12)).isEqualTo(epoch);
        LinearModel stateless = model(Precision.FLOAT, settings(SGD, NO_CLIP, 2, false));
        trainer(stateless, initialized(stateless), new Rows(1), null, TrainingListener.NONE)
                .run();
        assertThat(stateless.runs).hasSize(6).allSatisfy(run -> assertThat(run).endsWith("count=0"));
    }

    @Test
    void shufflesWindowsThatDoNotHangTogether() {
        List<List<Integer>> orders = new ArrayList<>();
        LinearModel model = model(Precision.FLOAT, settings(SGD, NO_CLIP, 8, false));
        Rows rows = new Rows(1) {
            @Override
            public int load(int window, Program program) {
                if (orders.isEmpty() || orders.getLast().size() == windows()) {
                    orders.add(new ArrayList<>());
                }
                orders.getLast().add(window);
                return super.load(window, program);
            }
        };
        trainer(model, initialized(model), rows, null, TrainingListener.NONE).run();
        assertThat(orders).hasSize(8).allSatisfy(order -> assertThat(order).containsExactlyInAnyOrder(0, 1, 2));
        assertThat(orders.stream().distinct().count()).isGreaterThan(2);
    }

    @Test
    void clipsAndSaysHowOften() {
        LinearModel model = model(Precision.DOUBLE, settings(SGD, new ClipSpec.Norm(0.01), 1, true));
        Parameters parameters = initialized(model);
        double[] before = parameters.values("l.weight");
        EpochResult epoch = trainer(model, parameters, new Rows(1), null, TrainingListener.NONE)
                .run()
                .epochs()
                .getFirst();
        assertThat(epoch.clipRate()).isEqualTo(1);
        assertThat(epoch.gradientNorm()).isGreaterThan(0.01);
        double[] after = parameters.values("l.weight");
        assertThat(Math.hypot(after[0] - before[0], after[1] - before[1])).isLessThan(3 * 0.1 * 0.01 + 1e-12);
    }

    @Test
    void givesTheSameBitsFromTheSameSeed() {
        long[] bits = new long[2];
        List<List<Long>> seeds = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            LinearModel model = model(
                    Precision.FLOAT,
                    settings(new OptimizerSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, false), NO_CLIP, 5, false));
            Parameters parameters = initialized(model);
            trainer(model, parameters, new Rows(1), null, TrainingListener.NONE).run();
            bits[round] = Arrays.hashCode(parameters.floats("l.weight"));
            seeds.add(model.seeds);
        }
        assertThat(bits[0]).isEqualTo(bits[1]);
        assertThat(seeds.get(0)).isEqualTo(seeds.get(1)).doesNotHaveDuplicates();
    }

    @Test
    void keepsTheParametersOfTheBestEpoch() {
        // A rate just above the stable one: the loss falls at first in one direction, then grows.
        LinearModel model =
                model(Precision.DOUBLE, settings(new OptimizerSpec.Sgd(1.1, 0, false, 0), NO_CLIP, 12, true));
        List<double[]> weights = new ArrayList<>();
        Parameters parameters = initialized(model);
        TrainingListener listener = new TrainingListener() {
            @Override
            public void epochEnded(EpochResult result) {
                weights.add(parameters.values("l.weight"));
            }
        };
        Trainer trainer = trainer(model, parameters, new Rows(1), new Rows(2), listener);
        TrainingResult result = trainer.run();
        double least = result.epochs().stream()
                .mapToDouble(EpochResult::validationLoss)
                .min()
                .orElseThrow();
        assertThat(result.bestEpoch()).isBetween(1, 11);
        assertThat(result.epochs().get(result.bestEpoch() - 1).validationLoss()).isEqualTo(least);
        assertThat(trainer.best().values("l.weight")).containsExactly(weights.get(result.bestEpoch() - 1));
        assertThat(parameters.values("l.weight")).isNotEqualTo(trainer.best().values("l.weight"));
    }

    @Test
    void stopsAtTheFirstBadGradientAndLeavesTheParametersFromBefore() {
        LinearModel model = model(Precision.FLOAT, settings(SGD, new ClipSpec.Norm(1), 3, true));
        Parameters parameters = initialized(model);
        List<double[]> weights = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepEnded(StepResult step) {
                weights.add(parameters.values("l.weight"));
            }
        };
        Rows rows = new Rows(1);
        rows.target[3][0] = Double.NaN;
        NonFiniteException stopped = catchThrowableOfType(
                NonFiniteException.class,
                () -> trainer(model, parameters, rows, null, listener).run());
        assertThat(stopped)
                .hasMessageStartingWith(
                        "epoch 1, step 2 (window 2 of the data): the loss is NaN and the gradient l.weight[0] = NaN; lower");
        assertThat(stopped.epoch()).isEqualTo(1);
        assertThat(stopped.step()).isEqualTo(2);
        assertThat(weights).hasSize(1);
        assertThat(parameters.values("l.weight")).containsExactly(weights.getFirst());
    }

    @Test
    void stopsWhereAnUpdateOverflows() {
        LinearModel model =
                model(Precision.FLOAT, settings(new OptimizerSpec.Sgd(3e38, 0, false, 0), NO_CLIP, 1, true));
        Parameters parameters = initialized(model);
        parameters.set("l.weight", new double[] {100, 100});
        assertThatThrownBy(() -> trainer(model, parameters, new Rows(1), null, TrainingListener.NONE)
                        .run())
                .isInstanceOf(NonFiniteException.class)
                .hasMessageContaining("step 1 (window 1 of the data): the update made the parameter l.weight[0] = ");
        assertThat(parameters.values("l.weight")).containsExactly(100, 100);
    }

    @Test
    void stopsAtABadValidationLoss() {
        LinearModel model = model(Precision.FLOAT, settings(SGD, NO_CLIP, 1, true));
        Rows rows = new Rows(2);
        rows.target[0][0] = Double.POSITIVE_INFINITY;
        assertThatThrownBy(() -> trainer(model, initialized(model), new Rows(1), rows, TrainingListener.NONE)
                        .run())
                .isInstanceOf(NonFiniteException.class)
                .hasMessageContaining("the validation loss of window 0 is Infinity");
    }

    @Test
    void stopsAfterTheStepInWhichItIsAsked() {
        LinearModel model = model(Precision.FLOAT, settings(SGD, NO_CLIP, 5, true));
        Trainer[] trainer = new Trainer[1];
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepEnded(StepResult step) {
                if (step.epoch() == 2 && step.step() == 2) {
                    trainer[0].stop();
                }
            }
        };
        Parameters parameters = initialized(model);
        trainer[0] = trainer(model, parameters, new Rows(1), null, listener);
        TrainingResult result = trainer[0].run();
        assertThat(result.stopped()).isTrue();
        assertThat(result.epochs()).hasSize(1);
        assertThat(model.runs).hasSize(5);
        assertThat(trainer[0].best()).isSameAs(parameters);
        assertThat(trainer[0].optimizer().steps()).isEqualTo(5);
    }

    @Test
    void refusesToStartFromBadParametersOrTwice() {
        LinearModel model = model(Precision.FLOAT, settings(SGD, NO_CLIP, 1, true));
        Parameters parameters = initialized(model);
        Trainer trainer = trainer(model, parameters, new Rows(1), null, TrainingListener.NONE);
        trainer.run();
        assertThatThrownBy(trainer::run).hasMessageContaining("trains once");
        parameters.set("l.bias", new double[] {Double.NaN});
        assertThatThrownBy(() -> trainer(model, parameters, new Rows(1), null, TrainingListener.NONE))
                .hasMessageContaining("l.bias[0] = NaN");
    }

    private static LinearModel model(Precision precision, TrainSettings settings) {
        return new LinearModel(precision, STEPS, BATCH, settings);
    }

    private static TrainSettings settings(OptimizerSpec optimizer, ClipSpec clip, int epochs, boolean stateful) {
        return new TrainSettings(STEPS, BATCH, optimizer, clip, epochs, 17, stateful);
    }

    private static Parameters initialized(LinearModel model) {
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 17);
        return parameters;
    }

    private static Trainer trainer(
            LinearModel model,
            Parameters parameters,
            BatchSource training,
            BatchSource validation,
            TrainingListener listener) {
        return new Trainer(model, parameters, model.spec().train(), training, validation, listener);
    }

    private static TrainingListener epochsTo(List<EpochResult> heard) {
        return new TrainingListener() {
            @Override
            public void epochEnded(EpochResult result) {
                heard.add(result);
            }
        };
    }

    /** Five steps of two rows in windows of two steps. */
    private static class Rows implements BatchSource {
        private final double[][] x = new double[5][2 * BATCH];
        private final double[][] target = new double[5][BATCH];

        Rows(long stream) {
            CounterRandom random = new CounterRandom(23, stream);
            for (int step = 0; step < 5; step++) {
                for (int row = 0; row < BATCH; row++) {
                    x[step][2 * row] = random.nextNormal();
                    x[step][2 * row + 1] = random.nextNormal();
                    target[step][row] = 2 * x[step][2 * row] - x[step][2 * row + 1] + 0.5;
                }
            }
        }

        @Override
        public int windows() {
            return 3;
        }

        @Override
        public int load(int window, Program program) {
            int from = window * STEPS;
            int to = Math.min(from + STEPS, x.length);
            Ports.write(program, LinearModel.X, flat(x, from, to), to - from);
            Ports.write(program, LinearModel.TARGET, flat(target, from, to), to - from);
            return to - from;
        }

        @Override
        public boolean startsSequence(int window) {
            return window == 0;
        }

        @Override
        public long elements(int window) {
            return window == 2 ? BATCH : 2 * BATCH;
        }

        private static double[] flat(double[][] values, int from, int to) {
            return Arrays.stream(values, from, to)
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
        }
    }
}
