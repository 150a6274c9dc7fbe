package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.StepResult;
import dev.rnnc.runtime.train.TensorBatches;
import dev.rnnc.runtime.train.Trainer;
import dev.rnnc.runtime.train.TrainingListener;
import dev.rnnc.runtime.weights.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A table with many rows is trained in few of them: with the bits of a table that has no other rows, which is small
 * enough to be trained as a whole, and nothing happens to the others that a zero gradient would not do.
 */
class SparseTableTest {
    private static final int STEPS = 4;
    private static final int BATCH = 4;
    private static final int EXAMPLES = 12;
    /** Tokens of the data, with many repetitions: the rows of the table that is small, and dense. */
    private static final int FEW = 14;

    private static final int MANY = 700;

    private static final String ONE = "layer x = embed(words, %d)";
    private static final String TWO = "layer a = embed(words, %d) layer b = share(a, other) layer x = a * 0.5 + b";
    private static final String BEFORE = "layer x = embed(previous(words), %d)";
    private static final String BOTH_WAYS = "layer e = embed(words, %d) layer x = bidirectional(gru(e, 3))";
    private static final String TOPIC = "layer a = embed(topic, %d) layer b = share(a, words) layer x = concat(a, b)";

    private static Model model(String lookups, int rows, int width, String settings) {
        return model("""
                model Sparse {
                  input  words : token(%d) sequence
                  input  other : token(%d) sequence
                  input  topic : token(%d)
                  target wanted : real[2] sequence
                  %s
                  layer  h = gru(x, 4)
                  output y = dense(h, 2)
                  loss mse(y, wanted)
                  train { steps %d batch %d epochs 4 seed 5 %s }
                }
                """.formatted(rows, rows, rows, lookups.formatted(width), STEPS, BATCH, settings));
    }

    private static Model model(String text) {
        Checked checked = FrontEnd.check(new SourceText("sparse.rnn", text));
        assertThat(checked.model()).as(checked.render()).isPresent();
        return checked.model().orElseThrow();
    }

    private static boolean isSparse(CompiledModel model) {
        try (Program program = model.newProgram(ProgramKind.TRAINING, new Parameters(model.spec()))) {
            return program.spec().ports().stream().anyMatch(p -> p.role() == Role.TOUCHED_ROWS);
        }
    }

    /** The weights after a training and the norms of its gradients. */
    private record Trained(Map<String, double[]> weights, List<Double> norms) {}

    private static Trained train(Model model, LoopSettings loop, CompileOptions options, boolean sparse) {
        TrainSettings settings = model.spec().train().with(loop);
        CompiledModel compiled = Compiler.load(model, options.training(settings.pieceSteps(), settings.shardRows()));
        assertThat(isSparse(compiled)).isEqualTo(sparse);
        Parameters parameters = weights(compiled);
        List<Double> norms = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepEnded(StepResult result) {
                norms.add(result.gradientNorm());
            }
        };
        new Trainer(compiled, parameters, settings, data(model), null, listener).run();
        Map<String, double[]> trained = new LinkedHashMap<>();
        for (ParameterSpec parameter : parameters.slices()) {
            trained.put(parameter.name(), parameters.values(parameter.name()));
        }
        return new Trained(trained, norms);
    }

    /** The same weights for any number of rows, as far as there are rows. */
    private static Parameters weights(CompiledModel compiled) {
        Parameters parameters = new Parameters(compiled.spec());
        Initialization.fill(parameters, 5);
        for (int p = 0; p < parameters.slices().size(); p++) {
            ParameterSpec parameter = parameters.slices().get(p);
            CounterRandom random = new CounterRandom(9, p);
            double[] values = new double[parameter.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = i % 11 == 3 ? -0.0 : 0.3 * random.nextNormal();
            }
            parameters.set(parameter.name(), values);
        }
        return parameters;
    }

    private static TensorBatches data(Model model) {
        Map<PortSpec, Tensor> tensors = new LinkedHashMap<>();
        CounterRandom random = new CounterRandom(3, 1);
        for (PortSpec port : model.spec().ports()) {
            if (port.role() != Role.INPUT && port.role() != Role.TARGET) {
                continue;
            }
            List<Integer> rows = port.name().equals("topic") ? List.of(EXAMPLES) : List.of(STEPS, EXAMPLES);
            int count = rows.stream().reduce(1, Math::multiplyExact);
            if (port.element() == Element.TOKEN) {
                int[] tokens = new int[count];
                Arrays.setAll(tokens, i -> (int) (FEW * random.nextUniform() * random.nextUniform()));
                tensors.put(port, Tensor.ofInts(rows, tokens));
            } else {
                float[] values = new float[count * port.width()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextNormal();
                }
                tensors.put(port, Tensor.ofFloats(List.of(STEPS, EXAMPLES, port.width()), values));
            }
        }
        return new TensorBatches(tensors, STEPS, EXAMPLES, 0, EXAMPLES, BATCH);
    }

    private static CompileOptions plain() {
        return CompileOptions.of(ProgramKind.TRAINING);
    }

    private static void requireSameBits(String lookups, int width, String settings, LoopSettings loop) {
        requireSameBits(lookups, width, settings, loop, plain());
    }

    /** Trains with few rows and with many; returns the start and the end of the rows that only the latter has. */
    private static double[][] requireSameBits(
            String lookups, int width, String settings, LoopSettings loop, CompileOptions options) {
        Trained dense = train(model(lookups, FEW, width, settings), loop, options, false);
        Model many = model(lookups, MANY, width, settings);
        Trained sparse = train(many, loop, options, true);
        if (loop.l1() == 0) {
            assertThat(sparse.norms).isEqualTo(dense.norms).doesNotContain(0.0);
        }
        double[][] rest = new double[2][];
        sparse.weights.forEach((name, values) -> {
            double[] few = dense.weights.get(name);
            assertThat(Arrays.copyOf(values, few.length)).as(name).containsExactly(few);
            if (few.length < values.length) {
                double[] start = weights(Compiler.load(many, options)).values(name);
                rest[0] = Arrays.copyOfRange(start, few.length, values.length);
                rest[1] = Arrays.copyOfRange(values, few.length, values.length);
            }
        });
        return rest;
    }

    @ParameterizedTest
    @CsvSource({
        "16, optimizer sgd(rate: 0.2)",
        "16, optimizer sgd(rate: 0.2) clip norm 0.1",
        "5, optimizer sgd(rate: 0.2) clip value 0.01",
        "5, optimizer adagrad(rate: 0.1)",
        "20, optimizer adagrad(rate: 0.1) clip norm 0.1",
        "5, optimizer adam(rate: 0.05) clip norm 0.1",
        "16, 'optimizer momentum(rate: 0.05, momentum: 0.5)'",
        "16, optimizer rmsprop(rate: 0.01)"
    })
    void rowsThatNoTokenTouchesStayAsTheyAre(int width, String settings) {
        double[][] rest = requireSameBits(TWO, width, settings, LoopSettings.PLAIN, plain());
        assertThat(rest[1]).containsExactly(rest[0]);
    }

    @Test
    void weightDecayMovesTheRowsThatNoTokenTouches() {
        double[][] rest =
                requireSameBits(ONE, 5, "optimizer sgd(rate: 0.2, weight_decay: 0.1)", LoopSettings.PLAIN, plain());
        for (int i = 0; i < rest[0].length; i++) {
            assertThat(Math.abs(rest[1][i]))
                    .isLessThanOrEqualTo(Math.abs(rest[0][i]) * 0.8)
                    .isGreaterThanOrEqualTo(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ONE, BEFORE, BOTH_WAYS, TOPIC})
    void anyWayToLookUpGivesTheSameBits(String lookups) {
        requireSameBits(lookups, 5, "optimizer adagrad(rate: 0.1) clip norm 0.1", LoopSettings.PLAIN);
    }

    @Test
    void shardsPiecesAndSumsOfSeveralRunsGiveTheSameBits() {
        String settings = "optimizer sgd(rate: 0.2) clip norm 0.1";
        requireSameBits(TWO, 16, settings, LoopSettings.PLAIN.threaded(2));
        requireSameBits(TWO, 5, settings, LoopSettings.PLAIN.accumulating(2));
        requireSameBits(ONE, 5, settings, LoopSettings.PLAIN.truncated(2, 3));
    }

    @Test
    void thePenaltyOfAbsoluteValuesMovesTheRowsThatNoTokenTouches() {
        for (LoopSettings loop :
                List.of(LoopSettings.PLAIN, LoopSettings.PLAIN.accumulating(2), LoopSettings.PLAIN.threaded(2))) {
            double[][] rest = requireSameBits(TWO, 16, "optimizer sgd(rate: 0.2)", loop.sparse(0.001), plain());
            for (int i = 0; i < rest[0].length; i++) {
                // Smaller ones go to and fro around zero.
                if (Math.abs(rest[0][i]) > 0.01) {
                    assertThat(Math.abs(rest[1][i])).isLessThan(Math.abs(rest[0][i]));
                }
            }
        }
    }

    @Test
    void bothBackendsGiveTheSameBitsForEachLaneCount() {
        for (int lanes :
                List.of(16, 8, 4, 1).stream().filter(n -> n <= Lanes.count()).toList()) {
            for (BackendKind backend : BackendKind.values()) {
                CompileOptions options = plain().lanes(lanes).by(backend);
                String settings = "optimizer adagrad(rate: 0.1) clip norm 0.1";
                requireSameBits(TWO, 5, settings, LoopSettings.PLAIN, options);
            }
        }
    }

    @Test
    void theGradientIsZeroInRowsThatOnlyRunsBeforeTouched() {
        for (int width : new int[] {5, 16}) {
            Model model = model(TWO, MANY, width, "optimizer sgd(rate: 0.1)");
            CompiledModel compiled =
                    Compiler.load(model, CompileOptions.of(ProgramKind.TRAINING, ProgramKind.INSPECTION));
            Parameters parameters = weights(compiled);
            CounterRandom random = new CounterRandom(1, 1);
            try (Program sparse = compiled.newProgram(ProgramKind.TRAINING, parameters);
                    Program dense = compiled.newProgram(ProgramKind.INSPECTION, parameters)) {
                GradientExtent extent = new GradientExtent(model.spec(), sparse.spec());
                sparse.refresh();
                dense.refresh();
                for (int steps : new int[] {4, 1, 2, 4, 3}) {
                    for (PortSpec port : dense.spec().ports()) {
                        if (port.role() == Role.INPUT || port.role() == Role.TARGET) {
                            double[] values = new double[Ports.length(dense, port, steps)];
                            int below = Math.max(1, port.vocabulary());
                            Arrays.setAll(values, i -> below * random.nextUniform());
                            write(sparse, port, values, steps);
                            write(dense, port, values, steps);
                        }
                    }
                    sparse.run(steps);
                    dense.run(steps);
                    for (ParameterSpec parameter : parameters.slices()) {
                        assertThat(Ports.gradient(sparse, parameter.name()))
                                .as("%s after %d steps", parameter.name(), steps)
                                .containsExactly(Ports.gradient(dense, parameter.name()));
                    }
                    extent.clear();
                    extent.add(sparse);
                    assertThat(GradientClip.norm(sparse.gradients(), model.spec(), extent))
                            .isEqualTo(GradientClip.norm(sparse.gradients(), model.spec()));
                    assertThat(extent.size()).isLessThan(model.spec().parameterElements() / 2);
                }
            }
        }
    }

    private static void write(Program program, PortSpec port, double[] values, int steps) {
        if (port.element() == Element.TOKEN) {
            Ports.write(
                    program, port, Arrays.stream(values).mapToInt(v -> (int) v).toArray(), steps);
        } else {
            Ports.write(program, port, values, steps);
        }
    }

    @Test
    void aTableThatIsUsedOtherwiseTooStaysDense() {
        String tied = """
                cell tied(x: token(V); E) -> y[V] {
                  param weight[V, E] ~ normal(0.1)
                  y = weight @ tanh(weight[x])
                }
                model Tied {
                  input  words : token(700) sequence
                  target next : token(700) sequence
                  output logits = tied(words, E: 5)
                  loss crossentropy(logits, next)
                  train { steps 4 batch 4 }
                }
                """;
        assertThat(isSparse(Compiler.load(model(tied), plain()))).isFalse();
    }

    @Test
    void tablesThatShareAGradientStayDense() {
        String sum = "layer a = embed(words, %d) layer x = a + embed(words, 5)";
        requireDense(model(sum, MANY, 5, "optimizer sgd(rate: 0.1)"));
    }

    private static void requireDense(Model model) {
        CompiledModel compiled = Compiler.load(model, plain());
        assertThat(isSparse(compiled)).isFalse();
        Parameters parameters = weights(compiled);
        TrainSettings settings = model.spec().train();
        new Trainer(compiled, parameters, settings, data(model), null, TrainingListener.NONE).run();
        assertThat(parameters.isFinite()).isTrue();
    }
}
