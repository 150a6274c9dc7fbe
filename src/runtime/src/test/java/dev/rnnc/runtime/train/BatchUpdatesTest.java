package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.LinearModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.session.DoublePort;
import dev.rnnc.runtime.session.TrainingSession;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ScheduleSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A session that is given the windows of a trainer makes the same updates: five steps of four rows, two at a time. */
class BatchUpdatesTest {
    private static final int STEPS = 2;
    private static final int BATCH = 4;
    private static final int ALL = 5;

    private final LineData data = new LineData(1, ALL, BATCH, STEPS);

    private static TrainSettings settings(LoopSettings loop) {
        OptimizerSpec sgd = new OptimizerSpec.Sgd(0.1, 0.9, false, 0);
        return new TrainSettings(STEPS, BATCH, sgd, new ClipSpec.Norm(0.5), 3, 17, true, loop);
    }

    private static LinearModel model(TrainSettings settings) {
        return new LinearModel(Precision.DOUBLE, settings.pieceSteps(), BATCH, settings);
    }

    private static Parameters first(LinearModel model) {
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 17);
        return parameters;
    }

    private static final class Session extends TrainingSession {
        private final DoublePort x;
        private final DoublePort target;

        Session(LinearModel model, Parameters parameters, TrainSettings settings) {
            this(model.newProgram(ProgramKind.TRAINING, parameters), settings);
        }

        private Session(dev.rnnc.runtime.Program program, TrainSettings settings) {
            super(program, settings);
            x = doubles(program, "x");
            target = doubles(program, "target");
        }

        double step(double[] features, double[] targets) {
            begin();
            x.set(features);
            target.set(targets);
            return runTraining();
        }
    }

    private double[] bySession(TrainSettings settings, int steps) {
        LinearModel model = model(settings);
        Parameters parameters = first(model);
        try (Session session = new Session(model, parameters, settings)) {
            session.refresh();
            for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
                double sum = 0;
                session.reset();
                for (int from = 0; from < ALL; from += steps) {
                    int to = Math.min(ALL, from + steps);
                    sum += session.step(flat(data.x, from, to), flat(data.target, from, to)) * (to - from);
                }
                session.epochEnded(sum / ALL);
            }
        }
        return values(parameters);
    }

    private double[] byTrainer(TrainSettings settings) {
        LinearModel model = model(settings);
        Parameters parameters = first(model);
        new Trainer(model, parameters, settings, data, null, TrainingListener.NONE).run();
        return values(parameters);
    }

    private static double[] values(Parameters parameters) {
        double[] weight = parameters.values("l.weight");
        return new double[] {weight[0], weight[1], parameters.values("l.bias")[0]};
    }

    private static double[] flat(double[][] values, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(step -> values[step])
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }

    @Test
    void plainSettingsGiveTheTrainersBits() {
        TrainSettings plain = settings(LoopSettings.PLAIN);

        assertThat(bySession(plain, STEPS)).isEqualTo(byTrainer(plain));
    }

    @Test
    void schedulesL1AndAccumulationGiveTheTrainersBits() {
        LoopSettings schedules = LoopSettings.PLAIN.scheduled(
                List.of(new ScheduleSpec.Warmup(4), new ScheduleSpec.Step(1, 0.5), new ScheduleSpec.Plateau(0.1, 0)));
        double[] plain = byTrainer(settings(LoopSettings.PLAIN));

        for (LoopSettings loop : List.of(
                schedules,
                LoopSettings.PLAIN.sparse(0.01),
                schedules.accumulating(2).sparse(0.02))) {
            assertThat(bySession(settings(loop), STEPS)).isEqualTo(byTrainer(settings(loop)));
            assertThat(bySession(settings(loop), STEPS)).isNotEqualTo(plain);
        }
    }

    @Test
    void piecesOfATruncatedWindowGiveTheTrainersBits() {
        TrainSettings truncated = settings(LoopSettings.PLAIN.truncated(1, 1));

        assertThat(bySession(truncated, 1)).isEqualTo(byTrainer(truncated));
    }

    @Test
    void statesGoOnFromPieceToPieceUntilTheyAreReset() {
        TrainSettings fresh = settings(LoopSettings.PLAIN.truncated(1, 1));
        TrainSettings settings =
                new TrainSettings(STEPS, BATCH, fresh.optimizer(), fresh.clip(), 1, 17, false, fresh.loop());
        LinearModel model = model(settings);

        bySession(model, settings);

        assertThat(model.runs)
                .containsExactly("TRAINING steps=1 count=0", "TRAINING steps=1 count=1", "TRAINING steps=1 count=0");
    }

    private void bySession(LinearModel model, TrainSettings settings) {
        try (Session session = new Session(model, first(model), settings)) {
            session.refresh();
            session.step(data.x[0], data.target[0]);
            session.step(data.x[1], data.target[1]);
            session.reset();
            session.step(data.x[2], data.target[2]);
        }
    }

    @Test
    void truncationOfTwoNumbersIsLeftToTheTrainer() {
        TrainSettings both = settings(LoopSettings.PLAIN.truncated(2, 1));

        assertThatThrownBy(() -> new BatchUpdates(first(model(both)), both))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'truncate 2 1'")
                .hasMessageContaining("Trainer");
    }
}
