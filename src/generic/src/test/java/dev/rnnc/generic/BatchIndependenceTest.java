package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.EpochResult;
import dev.rnnc.runtime.train.TensorBatches;
import dev.rnnc.runtime.train.Trainer;
import dev.rnnc.runtime.train.TrainingListener;
import dev.rnnc.runtime.weights.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is learnt from a set of examples in one update, and the loss over it, do not depend on how the examples are cut into
 * batches, shards and pieces: the loss of all of them is what the model says of them at once.
 */
class BatchIndependenceTest {
    private static final int STEPS = 7;
    private static final int EXAMPLES = 12;
    private static final int[] X_LENGTHS = {7, 3, 1, 7, 6, 2, 4, 7, 7, 5, 0, 2};
    private static final int[] A_LENGTHS = {5, 7, 1, 2, 7, 2, 3, 7, 0, 6, 3, 1};
    private static final int[] B_LENGTHS = {1, 4, 2, 7, 3, 0, 7, 1, 6, 5, 2, 2};
    /** Sums are rounded in another order; nothing else may differ. */
    private static final double DOUBLE_ROUNDING = 1e-13;

    private static final double RATE = 0.5;
    private static final double FLOAT_ROUNDING = 2e-6;

    private static final String CLASSES = "weighted_crossentropy(p, a, [1.5, 0, 0.25])";
    private static final String SEVERAL = CLASSES + " + 0.5 * mse(q, b) - crossentropy(r, c) / 4";
    private static final String SAMPLES = "sum(w * (r[0] - v)^2) / sum(w)";
    private static final String ALL = SEVERAL + " + " + SAMPLES + " + 0.01 * sum(p * p) + 3 + 0.1 * mean(last(h)^2)";
    private static final String UNREAD = "mean(q * q) + 0.1 * mean(h)";
    private static final String ROOT = "sqrt(mse(q, b))";

    private final Map<List<Object>, CompiledModel> compiled = new HashMap<>();

    /** What one update makes of the parameters, and the losses around it. */
    private record Result(double[] parameters, double training, double validation) {}

    /** With targets of rows only where the loss reads them: a row beside sequences has a target even if these are empty. */
    private static Model model(String loss, String precision) {
        String rows = (loss.contains("c)") ? "target c : token(4) " : "")
                + (loss.contains("w") ? "target v : real  target w : real" : "");
        Checked checked = FrontEnd.check(new SourceText("m.rnn", """
                model M {
                  precision %s
                  input  x : real[3] sequence
                  target a : token(3) sequence
                  target b : real[2] sequence
                  %s
                  layer  h = gru(x, 5)
                  output p = dense(h, 3)
                  output q = dense(h, 2)
                  output r = dense(last(h), 4)
                  loss %s
                }
                """.formatted(precision, rows, loss)));
        assertThat(checked.model()).as(checked.render()).isPresent();
        return checked.model().orElseThrow();
    }

    private static TensorBatches data(Model model, int batch, boolean lengths) {
        Map<PortSpec, Tensor> tensors = new LinkedHashMap<>();
        CounterRandom random = new CounterRandom(3, 1);
        for (PortSpec port : model.spec().ports()) {
            if (port.role() != Role.INPUT && port.role() != Role.TARGET) {
                continue;
            }
            int rows = port.rows() == Rows.SEQUENCE ? STEPS * EXAMPLES : EXAMPLES;
            if (port.element() == Element.TOKEN) {
                int[] tokens = IntStream.range(0, rows)
                        .map(i -> (i * 5 + i / 3) % port.vocabulary())
                        .toArray();
                tensors.put(port, Tensor.ofInts(List.of(rows), tokens));
            } else {
                double[] values = new double[rows * port.width()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = port.name().equals("w") ? (i % 4) * 0.5 : random.nextNormal();
                }
                tensors.put(port, Tensor.ofDoubles(List.of(values.length), values));
            }
        }
        int[] steps = new int[EXAMPLES];
        for (int i = 0; i < EXAMPLES; i++) {
            steps[i] = lengths ? Math.max(X_LENGTHS[i], Math.max(A_LENGTHS[i], B_LENGTHS[i])) : STEPS;
        }
        if (lengths) {
            model.lengthPorts()
                    .forEach(port -> tensors.put(
                            port,
                            Tensor.ofInts(
                                    List.of(EXAMPLES),
                                    switch (port.name()) {
                                        case "x.lengths" -> X_LENGTHS;
                                        case "a.lengths" -> A_LENGTHS;
                                        default -> B_LENGTHS;
                                    })));
            Map<PortSpec, Tensor> shaped = new LinkedHashMap<>();
            tensors.forEach(
                    (port, tensor) -> shaped.put(port, port.rows() == Rows.SEQUENCE ? stepped(port, tensor) : tensor));
            return new TensorBatches(shaped, STEPS, EXAMPLES, 0, EXAMPLES, batch, steps, steps);
        }
        return new TensorBatches(tensors, STEPS, EXAMPLES, 0, EXAMPLES, batch);
    }

    /** The same numbers as [T, N, ...]. */
    private static Tensor stepped(PortSpec port, Tensor tensor) {
        List<Integer> shape = List.of(STEPS, EXAMPLES, tensor.elements() > STEPS * EXAMPLES ? port.width() : 1);
        return port.element() == Element.TOKEN
                ? Tensor.ofInts(shape.subList(0, 2), tensor.ints())
                : Tensor.ofDoubles(shape, tensor.doubles());
    }

    private Result result(Model model, boolean lengths, int batch, double rate, LoopSettings loop) {
        TrainSettings settings = new TrainSettings(
                STEPS, batch, new OptimizerSpec.Sgd(rate, 0, false, 0), new ClipSpec.None(), 1, 5, false, loop);
        CompiledModel training = compiled.computeIfAbsent(
                List.of(model.spec().digest(), lengths, batch, settings.pieceSteps(), settings.shardRows()),
                _ -> Compiler.load(
                        model,
                        CompileOptions.of(ProgramKind.TRAINING, ProgramKind.EVALUATION)
                                .sized(STEPS, batch)
                                .training(settings.pieceSteps(), settings.shardRows())
                                .withLengths(lengths)));
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 5);
        EpochResult epoch = new Trainer(
                        training,
                        parameters,
                        settings,
                        data(model, batch, lengths),
                        data(model, batch, lengths),
                        TrainingListener.NONE)
                .run()
                .epochs()
                .getFirst();
        double[] all = parameters.slices().stream()
                .flatMapToDouble(slice -> Arrays.stream(parameters.values(slice.name())))
                .toArray();
        return new Result(all, epoch.trainLoss(), epoch.validationLoss());
    }

    private static void assertSame(Result found, Result expected, double rounding, String cut) {
        double scale = Math.max(1, Math.abs(expected.training()));
        assertThat(found.training())
                .as("training loss, " + cut)
                .isCloseTo(expected.training(), within(scale * rounding));
        assertThat(found.validation())
                .as("validation loss, " + cut)
                .isCloseTo(expected.validation(), within(Math.max(1, Math.abs(expected.validation())) * rounding));
        double largest = 1;
        for (double value : expected.parameters()) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(found.parameters())
                .as("parameters, " + cut)
                .containsExactly(expected.parameters(), within(largest * rounding));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mse(q, b)",
                CLASSES,
                SEVERAL,
                SAMPLES,
                ALL,
                UNREAD,
                "mean(q * q)",
                "sum((q - b) * (q - b))",
                "mse(q, b) + sum(q * q)"
            })
    void batchesAccumulationAndThreadsChangeNothing(String loss) {
        for (String precision : loss.equals(ALL) ? List.of("double", "float") : List.of("double")) {
            Model model = model(loss, precision);
            double rounding = precision.equals("double") ? DOUBLE_ROUNDING : FLOAT_ROUNDING;
            for (boolean lengths : new boolean[] {true, false}) {
                Result whole = result(model, lengths, EXAMPLES, RATE, LoopSettings.PLAIN);
                for (int batch : new int[] {6, 4, 1}) {
                    LoopSettings all = LoopSettings.PLAIN.accumulating(EXAMPLES / batch);
                    assertSame(
                            result(model, lengths, batch, RATE, all), whole, rounding, loss + ", batches of " + batch);
                }
                for (int threads : new int[] {1, 2}) {
                    LoopSettings shared = LoopSettings.PLAIN.threaded(threads);
                    assertSame(
                            result(model, lengths, EXAMPLES, RATE, shared),
                            whole,
                            rounding,
                            loss + ", threads " + threads);
                    assertSame(
                            result(model, lengths, 6, RATE, shared.accumulating(2)),
                            whole,
                            rounding,
                            loss + ", batches of 6, threads " + threads);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mse(q, b)", CLASSES, SEVERAL, SAMPLES, ALL, "sum((q - b) * (q - b))"})
    void eachExampleCountsOnceInTheValidationLoss(String loss) {
        Model model = model(loss, "double");
        double still = 1e-30;
        for (boolean lengths : new boolean[] {true, false}) {
            double once =
                    result(model, lengths, EXAMPLES, still, LoopSettings.PLAIN).validation();
            for (int batch : new int[] {5, 7, 8, 10}) {
                double found =
                        result(model, lengths, batch, still, LoopSettings.PLAIN).validation();
                assertThat(found)
                        .as("batches of " + batch)
                        .isCloseTo(once, within(DOUBLE_ROUNDING * Math.max(1, once)));
            }
            for (int batch : new int[] {8, 10}) {
                double shards = result(model, lengths, batch, still, LoopSettings.PLAIN.threaded(2))
                        .validation();
                assertThat(shards)
                        .as("shards of " + batch)
                        .isCloseTo(once, within(DOUBLE_ROUNDING * Math.max(1, once)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mse(q, b)", CLASSES, "0.5 * mse(q, b) - crossentropy(p, a) / 4", "sum(q * q) + mse(q, b)"})
    void piecesOfTruncationPutTogetherAreThoseOfTheWholeBatch(String loss) {
        Model model = model(loss, "double");
        LoopSettings cut = LoopSettings.PLAIN.truncated(STEPS, 3);
        Result whole = result(model, true, EXAMPLES, RATE, cut);
        assertSame(result(model, true, 4, RATE, cut.accumulating(3)), whole, DOUBLE_ROUNDING, "batches of 4");
        assertSame(result(model, true, EXAMPLES, RATE, cut.threaded(2)), whole, DOUBLE_ROUNDING, "threads");
        assertThat(whole.training())
                .isCloseTo(
                        result(model, true, EXAMPLES, RATE, LoopSettings.PLAIN).training(),
                        within(DOUBLE_ROUNDING * 10));
    }

    @Test
    void aModelWithoutParametersIsRefused() {
        Model model = Witness.model("nothing to learn", """
                model M {
                  input  x : real[2] sequence
                  target b : real[2] sequence
                  output q = tanh(x)
                  loss mse(q, b)
                }
                """);
        assertThatThrownBy(() -> result(model, false, EXAMPLES, RATE, LoopSettings.PLAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the loss of model M depends on no parameter");
    }

    @Test
    void aLossThatPartsDoNotTellIsRefusedWhereItWouldHaveToBePutTogether() {
        Model model = model(ROOT, "double");
        assertThatThrownBy(() -> result(model, true, 6, RATE, LoopSettings.PLAIN.accumulating(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'accumulate' cannot put batches together");
        assertThatThrownBy(() -> result(model, true, EXAMPLES, RATE, LoopSettings.PLAIN.threaded(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'threads' cannot share its batches");
        assertThat(result(model, true, 6, RATE, LoopSettings.PLAIN).validation())
                .isPositive();
    }
}
