package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.LoopVerifier;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A loop over time that multiplies the inputs of some steps at once, ahead of them, computes what it did before. */
class AheadTest {
    /** Sequences with which eight steps of 32 LSTM units fill what is computed at once. */
    private static final int BATCH = 64;

    private static final int AT_ONCE = 8;
    /** Two full turns and a rest. */
    private static final int LONG = 2 * AT_ONCE + 3;
    /** The longest run whose inputs are still multiplied together. */
    private static final int SHORT = 2 * AT_ONCE - 1;

    private static final int[] LENGTHS = {SHORT, AT_ONCE, 1, AT_ONCE + 1};

    @ParameterizedTest
    @CsvSource({
        "'lstm(x, 32)', auto, 16, BYTECODE",
        "'lstm(x, 32)', 3, 16, JAVA",
        "'lstm(x, 32)', full, 8, BYTECODE",
        "'lstm(x, 30)', auto, 1, JAVA",
        "'backward(lstm(x, 32))', auto, 16, JAVA",
        "'backward(lstm(x, 32))', 3, 4, BYTECODE",
        "'backward(lstm(x, 32))', full, 16, JAVA",
        "'bidirectional(gru(x, 40))', auto, 8, BYTECODE",
        "'lstm(dropout(gru(x, 41), 0.2), 31)', 5, 16, BYTECODE",
        "'lstm(dropout(gru(x, 41), 0.2), 31)', full, 4, JAVA"
    })
    void aRunGivesTheBitsOfOneThatMultipliesAllInputsTogether(
            String layer, String unroll, int lanes, BackendKind backend) {
        Model model = model(layer);
        CompileOptions options =
                CompileOptions.of(ProgramKind.TRAINING, ProgramKind.SEQUENCE).lanes(Math.min(lanes, Lanes.count()));
        CompileOptions ahead = options.sized(LONG, BATCH).by(backend).unrolled(Unroll.of(unroll));
        CompileOptions together = options.sized(SHORT, BATCH).unrolled(new Unroll.None());

        for (LoopProgram program : programs(model, ahead)) {
            LoopVerifier.verify(program);
            assertThat(stepsAtOnce(program)).isNotEmpty().containsOnly(AT_ONCE);
        }
        for (LoopProgram program : programs(model, together)) {
            assertThat(stepsAtOnce(program)).isNotEmpty().containsOnly(0);
        }
        for (ProgramKind kind : List.of(ProgramKind.TRAINING, ProgramKind.SEQUENCE)) {
            assertThat(Runs.results(Compiler.load(model, ahead), kind, LENGTHS))
                    .isEqualTo(Runs.results(Compiler.load(model, together), kind, LENGTHS));
        }
    }

    @ParameterizedTest
    @CsvSource({"auto", "5", "full"})
    void theLongestRunGivesTheSameBitsHoweverItIsUnrolled(String unroll) {
        Model model = model("lstm(x, 32)");
        CompileOptions options = CompileOptions.of(ProgramKind.TRAINING).sized(LONG, BATCH);

        assertThat(Runs.results(
                        Compiler.load(model, options.unrolled(Unroll.of(unroll))),
                        ProgramKind.TRAINING,
                        LONG,
                        LONG - 1))
                .isEqualTo(Runs.results(
                        Compiler.load(model, options.unrolled(new Unroll.None())),
                        ProgramKind.TRAINING,
                        LONG,
                        LONG - 1));
    }

    @Test
    void memoryForTheInputsDoesNotGrowWithTheStepsOfALongRun() {
        long once = products(LONG);

        assertThat(products(50 * LONG)).isEqualTo(once);
    }

    @Test
    void aFewSequencesAreMultipliedManyStepsAtOnceSoThatWeightsAreReadSeldom() {
        LoopProgram program = programs(
                        model("lstm(x, 256)"),
                        CompileOptions.of(ProgramKind.SEQUENCE).sized(512, 1))
                .getFirst();

        assertThat(stepsAtOnce(program)).containsExactly(64);
    }

    private static long products(int steps) {
        LoopProgram program = programs(
                        model("lstm(x, 32)"),
                        CompileOptions.of(ProgramKind.SEQUENCE).sized(steps, BATCH))
                .getFirst();
        return program.buffers().stream()
                .filter(buffer -> buffer.name().startsWith("h_product"))
                .mapToLong(buffer -> buffer.elements())
                .sum();
    }

    private static Model model(String layer) {
        return ModelTexts.model("""
                model Ahead {
                  input x : real[3] sequence
                  layer h = %s
                  output y = dense(h, 2)
                  loss sum(y * y)
                }
                """.formatted(layer));
    }

    private static List<LoopProgram> programs(Model model, CompileOptions options) {
        return Compiler.plan(model, options).lanes().getFirst().programs();
    }

    /** For each loop of the forward pass the steps whose inputs it multiplies at once, 0 where all are before it. */
    private static List<Integer> stepsAtOnce(LoopProgram program) {
        return program.forward().stream()
                .<Integer>mapMulti((step, steps) -> {
                    if (step instanceof Step.TimeLoop loop) {
                        steps.accept(loop.ahead().map(Step.Ahead::steps).orElse(0));
                    }
                })
                .toList();
    }
}
