package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.TensorBatches;
import dev.rnnc.runtime.train.Trainer;
import dev.rnnc.runtime.train.TrainingListener;
import dev.rnnc.runtime.weights.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trains a compiled model of two layers with dropout on sequences of unequal length, in pieces and in shards. */
class TrainingLoopTest {
    private static final int STEPS = 9;
    private static final int EXAMPLES = 20;
    private static final int BATCH = 8;
    private static final int[] LENGTHS = {9, 3, 1, 9, 7, 2, 4, 8, 9, 9, 5, 1, 6, 2, 9, 3, 3, 8, 9, 4};

    private static final Map<List<Object>, CompiledModel> COMPILED = new HashMap<>();

    private static Model model(double dropout) {
        Checked checked = FrontEnd.check(new SourceText("loop.rnn", """
                model Loop {
                  input  x : real[3] sequence
                  target wanted : real[2] sequence
                  layer  a = gru(x, 5)
                  layer  b = lstm(dropout(a, %s), 4)
                  output y = dense(b, 2)
                  loss mse(y, wanted)
                  train { steps 9 batch 8 optimizer adam(rate: 0.01) clip norm 1 epochs 3 seed 5 }
                }
                """.formatted(dropout)));
        assertThat(checked.render()).isEmpty();
        return checked.model().orElseThrow();
    }

    private static TensorBatches data(Model model) {
        Map<PortSpec, Tensor> tensors = new LinkedHashMap<>();
        CounterRandom random = new CounterRandom(3, 1);
        for (PortSpec port : model.spec().ports()) {
            if (port.role() == Role.INPUT || port.role() == Role.TARGET) {
                float[] values = new float[STEPS * EXAMPLES * port.width()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextNormal();
                }
                tensors.put(port, Tensor.ofFloats(List.of(STEPS, EXAMPLES, port.width()), values));
            }
        }
        model.lengthPorts().forEach(port -> tensors.put(port, Tensor.ofInts(List.of(EXAMPLES), LENGTHS)));
        return new TensorBatches(tensors, STEPS, EXAMPLES, 0, EXAMPLES, BATCH, LENGTHS, LENGTHS);
    }

    private static float[] train(Model model, LoopSettings loop) {
        TrainSettings settings = model.spec().train().with(loop);
        CompileOptions options = CompileOptions.of(ProgramKind.TRAINING)
                .training(settings.pieceSteps(), settings.shardRows())
                .withLengths(true);
        CompiledModel compiled =
                COMPILED.computeIfAbsent(List.of(model.spec().digest(), options), _ -> Compiler.load(model, options));
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 5);
        new Trainer(compiled, parameters, settings, data(model), null, TrainingListener.NONE).run();
        int size = (int) model.spec().parameterElements();
        float[] all = new float[size];
        for (int i = 0; i < size; i++) {
            all[i] = parameters.data().getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({"9,9", "30,30", "9,40"})
    void truncationAsLongAsTheWindowIsFullBackpropagation(int every, int back) {
        Model model = model(0.3);
        assertThat(train(model, LoopSettings.PLAIN.truncated(every, back)))
                .containsExactly(train(model, LoopSettings.PLAIN));
    }

    @ParameterizedTest
    @CsvSource({"4,4", "8,4", "2,4"})
    void truncationTrainsOtherwiseButTheSameEachTime(int every, int back) {
        Model model = model(0.3);
        LoopSettings truncated = LoopSettings.PLAIN.truncated(every, back);
        assertThat(train(model, truncated))
                .containsExactly(train(model, truncated))
                .isNotEqualTo(train(model, LoopSettings.PLAIN))
                .doesNotContain(Float.NaN);
    }

    @Test
    void onePieceAtATimeWithoutAnUpdateBetweenIsTheGradientWithoutWhatGoesFurtherBack() {
        // One update per window; what differs from full backpropagation is only what errors would bring back further.
        Model model = model(0);
        float[] full = train(model, LoopSettings.PLAIN);
        float[] almost = train(model, LoopSettings.PLAIN.truncated(9, 8));
        float[] little = train(model, LoopSettings.PLAIN.truncated(9, 4));
        assertThat(distance(full, almost)).isPositive().isLessThan(distance(full, little));
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() {
        Model model = model(0.3);
        float[] one = train(model, LoopSettings.PLAIN.threaded(1));
        for (int threads : new int[] {2, 4}) {
            assertThat(train(model, LoopSettings.PLAIN.threaded(threads))).containsExactly(one);
        }
        LoopSettings pieces = LoopSettings.PLAIN.truncated(4, 4).accumulating(2);
        assertThat(train(model, pieces.threaded(4))).containsExactly(train(model, pieces.threaded(1)));
    }

    @Test
    void validationIsCutIntoShardsAsTrainingIs() {
        Model model = model(0.3);
        double one = validationLoss(model, 1);
        assertThat(validationLoss(model, 2)).isEqualTo(one);
        assertThat(validationLoss(model, 4)).isEqualTo(one);
        assertThat(validationLoss(model, 0)).isCloseTo(one, within(1e-3));
    }

    /** The loss after an epoch on data of unequal lengths; of no threads, of the batch as a whole. */
    private static double validationLoss(Model model, int threads) {
        TrainSettings own = model.spec().train();
        TrainSettings settings = own.with(LoopSettings.PLAIN.threaded(threads));
        CompiledModel compiled = COMPILED.computeIfAbsent(
                List.of(model.spec().digest(), "validated", settings.shardRows()),
                _ -> Compiler.load(
                        model,
                        CompileOptions.of(ProgramKind.TRAINING, ProgramKind.EVALUATION)
                                .training(settings.pieceSteps(), settings.shardRows())
                                .withLengths(true)));
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 5);
        // Adam at so small a rate that training itself makes no difference.
        TrainSettings slow = new TrainSettings(
                settings.steps(),
                settings.batch(),
                new OptimizerSpec.Adam(1e-6, 0.9, 0.999, 1e-8, 0, false),
                settings.clip(),
                1,
                settings.seed(),
                false,
                settings.loop());
        return new Trainer(compiled, parameters, slow, data(model), data(model), TrainingListener.NONE)
                .run()
                .epochs()
                .getFirst()
                .validationLoss();
    }

    @Test
    void shardsOfUnequalLengthsCountByTheirSteps() {
        Model model = model(0);
        assertThat(train(model, LoopSettings.PLAIN.threaded(2)))
                .containsExactly(train(model, LoopSettings.PLAIN), within(1e-4f));
    }

    @Test
    void aModelsOwnSettingsCutItsTrainingProgram() {
        String text = "model M { input x : real[2] sequence  target g : real[3] sequence  output y = gru(x, 3)"
                + "  loss mse(y, g)  train { steps 10  batch 12  truncate 4 5  threads 2 } }";
        Model model = FrontEnd.check(new SourceText("m.rnn", text)).model().orElseThrow();
        CompiledModel compiled = Compiler.load(model, CompileOptions.of(ProgramKind.TRAINING, ProgramKind.EVALUATION));
        Parameters parameters = new Parameters(model.spec());
        try (Program training = compiled.newProgram(ProgramKind.TRAINING, parameters);
                Program evaluation = compiled.newProgram(ProgramKind.EVALUATION, parameters)) {
            assertThat(training.spec().steps()).isEqualTo(5);
            assertThat(training.spec().batch()).isEqualTo(3);
            assertThat(evaluation.spec().steps()).isEqualTo(10);
            assertThat(evaluation.spec().batch()).isEqualTo(12);
        }
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }
}
