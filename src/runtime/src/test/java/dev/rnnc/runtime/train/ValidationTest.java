package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.LinearModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The validation of a linear model on three windows of four rows, by a program for all rows or by two for two each. */
class ValidationTest {
    private static final int STEPS = 2;
    private static final int BATCH = 4;
    private static final TrainSettings SETTINGS =
            new TrainSettings(STEPS, BATCH, new OptimizerSpec.Sgd(0.1, 0, false, 0), new ClipSpec.None(), 1, 17, true);

    private final LineData data = new LineData(2, 5, BATCH, STEPS);
    private final List<String> heard = new ArrayList<>();
    private final List<String> runs = new ArrayList<>();
    private int repeated;

    @Test
    void shardsGiveTheLossOfTheWholeAndTheSameBitsForAnyNumberOfThreads() {
        double whole = loss(BATCH, 1);
        double shards = loss(2, 1);
        assertThat(shards).isCloseTo(whole, within(1e-14));
        assertThat(loss(2, 2)).isEqualTo(shards);
        assertThat(loss(2, 4)).isEqualTo(shards);
        assertThat(loss(1, 3)).isCloseTo(whole, within(1e-14));
    }

    @Test
    void shardsCarryTheirStatesFromWindowToWindow() {
        loss(2, 1);
        assertThat(runs)
                .containsExactly(
                        "EVALUATION steps=2 count=0",
                        "EVALUATION steps=2 count=0",
                        "EVALUATION steps=2 count=2",
                        "EVALUATION steps=2 count=2",
                        "EVALUATION steps=1 count=4",
                        "EVALUATION steps=1 count=4");
    }

    @Test
    void listenersHearOfEachShardAndOfItsOwnRepeatedRows() {
        repeated = 1;
        loss(2, 2);
        assertThat(heard)
                .containsExactly(
                        "2 rows, 2 steps, 1 repeated",
                        "2 rows, 2 steps, 0 repeated",
                        "2 rows, 2 steps, 1 repeated",
                        "2 rows, 2 steps, 0 repeated",
                        "2 rows, 1 steps, 1 repeated",
                        "2 rows, 1 steps, 0 repeated");
        heard.clear();
        repeated = 3;
        loss(2, 2);
        assertThat(heard)
                .containsExactly(
                        "2 rows, 2 steps, 1 repeated", "2 rows, 2 steps, 1 repeated", "2 rows, 1 steps, 1 repeated");
    }

    private double loss(int rows, int threads) {
        LinearModel whole = new LinearModel(Precision.DOUBLE, STEPS, BATCH, SETTINGS);
        Parameters parameters = new Parameters(whole.spec());
        Initialization.fill(parameters, 17);
        TrainingListener listener = new TrainingListener() {
            @Override
            public void validated(Program program, int steps, int again) {
                heard.add("%d rows, %d steps, %d repeated"
                        .formatted(program.spec().batch(), steps, again));
            }
        };
        LinearModel shard = new LinearModel(Precision.DOUBLE, STEPS, rows, null);
        try (Workers workers = new Workers(threads);
                Validation validation = Validation.of(
                        new Sharded(whole, shard), parameters, SETTINGS, new Repeating(), listener, workers)) {
            return validation.loss(1, () -> false);
        } finally {
            runs.clear();
            runs.addAll(shard.runs);
        }
    }

    /** A model whose evaluation program is that of another one. */
    private record Sharded(LinearModel whole, LinearModel shard) implements CompiledModel {
        @Override
        public ModelSpec spec() {
            return whole.spec();
        }

        @Override
        public Set<ProgramKind> programs() {
            return whole.programs();
        }

        @Override
        public Program newProgram(ProgramKind kind, Parameters parameters) {
            return (kind == ProgramKind.EVALUATION ? shard : whole).newProgram(kind, parameters);
        }
    }

    private final class Repeating implements BatchSource {
        @Override
        public int windows() {
            return data.windows();
        }

        @Override
        public int load(int window, Program program) {
            return data.load(window, program);
        }

        @Override
        public boolean startsSequence(int window) {
            return data.startsSequence(window);
        }

        @Override
        public long elements(int window) {
            return data.elements(window);
        }

        @Override
        public int repeated(int window) {
            return repeated;
        }
    }
}
