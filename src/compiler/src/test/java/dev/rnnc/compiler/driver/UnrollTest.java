package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.LoopVerifier;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Unrolling over time changes no bit, whatever the setting, backend, lanes and length of a run. */
class UnrollTest {
    private static final int STEPS = 9;
    private static final List<String> SETTINGS = List.of("auto", "2", "4", "5", "full");
    /** One that rests within a turn, a whole one, one of a single step, one of whole turns. */
    private static final int[] LENGTHS = {7, STEPS, 1, 8};

    private static final Map<String, String> LAYERS = new LinkedHashMap<>();

    static {
        LAYERS.put("indrnn", "indrnn(x, 5)");
        LAYERS.put("wide indrnn", "backward(indrnn(x, 37))");
        LAYERS.put("rnn", "rnn(x, 4)");
        LAYERS.put("lstm", "lstm(x, 16)");
        LAYERS.put("gru", "bidirectional(gru(x, 7))");
        LAYERS.put("a stack", "dense(lstm_peephole(rnn_relu(x, 17), 3), 4)");
        LAYERS.put("sru", "sru(dense(x, 8))");
        LAYERS.put("noise", "lstm_dropout(x, 6)");
        LAYERS.put("a cell that attends", "attention(gru(x, 6), indrnn(x, 6))");
        LAYERS.put("a cell with two states", "swap(x, 9)");
    }

    private static Model model(String layer, String train) {
        return ModelTexts.model("""
                cell swap(x[X]) -> a[H] {
                  state a[H], b[H]
                  param u[H, X], d[H] ~ uniform(1/sqrt(H))
                  a' = b * d + u @ x
                  b' = a - tanh(b)
                }
                model Unrolled {
                  input x : real[3] sequence
                  layer h = %s
                  output y = dense(h, 2)
                  loss sum(y * y) + sum(last(h))
                  %s
                }
                """.formatted(layer, train));
    }

    @TestFactory
    Stream<DynamicTest> everySettingGivesTheSameBits() {
        return LAYERS.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
                    Model model = model(e.getValue(), "");
                    same(model, 1, Lanes.count(), BackendKind.BYTECODE, SETTINGS);
                    same(model, 3, Math.min(4, Lanes.count()), BackendKind.BYTECODE, List.of("auto", "5"));
                    same(model, 2, 1, BackendKind.BYTECODE, List.of("auto", "4"));
                    same(model, 1, Math.min(8, Lanes.count()), BackendKind.JAVA, List.of("full"));
                }));
    }

    private static void same(Model model, int batch, int lanes, BackendKind backend, List<String> settings) {
        ProgramKind[] kinds = {ProgramKind.TRAINING, ProgramKind.SEQUENCE};
        CompileOptions options =
                CompileOptions.of(kinds).sized(STEPS, batch).lanes(lanes).withLengths(batch == 3);
        Map<ProgramKind, List<String>> rolled = new HashMap<>();
        CompiledModel none = Compiler.load(model, options.unrolled(new Unroll.None()));
        for (ProgramKind kind : kinds) {
            rolled.put(kind, Runs.results(none, kind, LENGTHS));
        }
        for (String setting : settings) {
            CompileOptions chosen = options.unrolled(Unroll.of(setting)).by(backend);
            Compiler.plan(model, chosen).lanes().getFirst().programs().forEach(LoopVerifier::verify);
            CompiledModel compiled = Compiler.load(model, chosen);
            for (ProgramKind kind : kinds) {
                assertThat(Runs.results(compiled, kind, LENGTHS))
                        .as("unroll %s, %s, batch %d, %d lanes, %s", setting, kind, batch, lanes, backend)
                        .isEqualTo(rolled.get(kind));
            }
        }
    }

    @Test
    void statesStayInRegistersWhereAStepIsSmall() {
        Step.TimeLoop loop = loop(model("indrnn(x, 16)", ""), Optional.empty(), 1);

        assertThat(loop.turn()).hasValueSatisfying(turn -> {
            assertThat(turn.steps()).isGreaterThan(1);
            assertThat(turn.body()).hasSize(1);
        });
    }

    @Test
    void aStepOfProductsIsNotUnrolledUnlessAskedTo() {
        Model model = model("lstm(x, 128)", "");

        assertThat(loop(model, Optional.empty(), 8).turn()).isEmpty();
        assertThat(loop(model, Optional.of(new Unroll.By(3)), 8).turn())
                .hasValueSatisfying(turn -> assertThat(turn.steps()).isEqualTo(3));
    }

    @Test
    void theModelSaysHowAndAnOptionOverrulesIt() {
        Model model = model("lstm(x, 16)", "train { steps 64 unroll 6 batch 1 }");

        assertThat(model.unroll()).isEqualTo(new Unroll.By(6));
        assertThat(loop(model, Optional.empty(), 1).turn().orElseThrow().steps())
                .isEqualTo(6);
        assertThat(loop(model, Optional.of(new Unroll.None()), 1).turn()).isEmpty();
    }

    @Test
    void fullIsRefusedWithTheLayersNameWhereItsMethodsWouldBeMany() {
        CompileOptions options = CompileOptions.of(ProgramKind.SEQUENCE).sized(20_000, 1);

        assertThatThrownBy(() -> Compiler.classes(model("rnn(x, 64)", ""), options.unrolled(new Unroll.Full())))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("test.rnn:9: error: 20,000 steps of the layer 'h' in one turn are")
                .hasMessageContaining("give a smaller number, as in 'unroll 8'");
    }

    private static Step.TimeLoop loop(Model model, Optional<Unroll> unroll, int batch) {
        CompileOptions options = CompileOptions.of(ProgramKind.SEQUENCE)
                .sized(64, batch)
                .lanes(16)
                .unrolled(unroll);
        ClassPlan plan = Compiler.plan(model, options);
        LoopProgram program = plan.lanes().getFirst().programs().getFirst();
        return program.forward().stream()
                .filter(Step.TimeLoop.class::isInstance)
                .map(Step.TimeLoop.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
