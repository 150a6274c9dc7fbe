package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rnnc.runtime.LinearModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.weights.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TensorBatchesTest {
    private static final int EXAMPLES = 5;

    /** Two steps of five examples: feature f of example n at step t is 100 t + 10 n + f, its target 10 t + n. */
    private static Map<PortSpec, Tensor> tensors() {
        float[] x = new float[2 * EXAMPLES * 2];
        float[] target = new float[2 * EXAMPLES];
        for (int row = 0; row < target.length; row++) {
            int t = row / EXAMPLES;
            int n = row % EXAMPLES;
            x[2 * row] = 100 * t + 10 * n;
            x[2 * row + 1] = x[2 * row] + 1;
            target[row] = 10 * t + n;
        }
        return Map.of(
                LinearModel.X, Tensor.ofFloats(List.of(2, EXAMPLES, 2), x),
                LinearModel.TARGET, Tensor.ofFloats(List.of(2, EXAMPLES), target));
    }

    private static TensorBatches batches(int first, int count, int batch) {
        return new TensorBatches(tensors(), 2, EXAMPLES, first, count, batch);
    }

    private static Program program(int steps, int batch) {
        LinearModel model = new LinearModel(Precision.FLOAT, steps, batch, null);
        return model.newProgram(ProgramKind.TRAINING, new Parameters(model.spec()));
    }

    @Test
    void aBatchHoldsItsExamplesSideBySideWithinEachStep() {
        try (Program program = program(2, 2)) {
            assertThat(batches(0, 4, 2).load(1, program)).isEqualTo(2);

            assertThat(Ports.read(program, LinearModel.X, 2)).containsExactly(20, 21, 30, 31, 120, 121, 130, 131);
            assertThat(Ports.read(program, LinearModel.TARGET, 2)).containsExactly(2, 3, 12, 13);
        }
    }

    @Test
    void theLastBatchReachesBackWhereItWouldNotBeFull() {
        TensorBatches batches = batches(0, EXAMPLES, 2);
        assertThat(batches.windows()).isEqualTo(3);
        try (Program program = program(2, 2)) {
            batches.load(2, program);

            assertThat(Ports.read(program, LinearModel.TARGET, 2)).containsExactly(3, 4, 13, 14);
        }
    }

    @Test
    void aRangeLeavesTheOtherExamplesAlone() {
        try (Program program = program(4, 2)) {
            assertThat(batches(1, 3, 2).load(0, program)).isEqualTo(2);

            assertThat(Ports.read(program, LinearModel.TARGET, 2)).containsExactly(1, 2, 11, 12);
        }
    }

    @Test
    void everyWindowStartsASequenceAndCountsItsTargets() {
        TensorBatches batches = batches(0, EXAMPLES, 2);

        assertThat(batches.startsSequence(1)).isTrue();
        assertThat(batches.elements(1)).isEqualTo(4);
        assertThat(batches.elements()).isEqualTo(12);
    }

    @Test
    void tokensAreCheckedAndWritten() {
        Tensor tokens = Tensor.ofInts(List.of(1, 2), new int[] {4, 5});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TensorBatches(Map.of(LinearModel.TOKENS, tokens), 1, 2, 0, 2, 1))
                .withMessageContaining("takes tokens from 0 to 4")
                .withMessageContaining("holds 5");
    }

    @Test
    void whatStandsInPaddingIsReadAsZerosAndATensorMayBeShorterThanTheData() {
        PortSpec lengths = new PortSpec(
                LinearModel.TOKENS.name() + ".lengths", Role.INPUT, Element.TOKEN, Rows.BATCH, List.of(), 3);
        // Two steps of two examples, the second of which has one; 99 is no token.
        Tensor tokens = Tensor.ofInts(List.of(2, 2), new int[] {4, 3, 2, 99});
        TensorBatches batches = new TensorBatches(
                Map.of(LinearModel.TOKENS, tokens, lengths, Tensor.ofInts(List.of(2), new int[] {2, 1})),
                3,
                2,
                0,
                2,
                2,
                new int[] {3, 1},
                new int[] {1, 1});

        assertThat(batches.windows()).isEqualTo(1);
        assertThat(batches.elements()).isEqualTo(2);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> batches(0, 3, 4))
                .withMessageContaining("there are 3 examples, but a batch takes 4");
        assertThatIllegalArgumentException().isThrownBy(() -> batches(3, 3, 1)).withMessageContaining("not 3 from");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TensorBatches(tensors(), 3, EXAMPLES, 0, EXAMPLES, 1))
                .withMessageContaining("values for 5 examples of 3 steps");
        try (Program program = program(1, 2)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> batches(0, 4, 2).load(0, program))
                    .withMessageContaining("2 examples of up to 1 steps");
        }
    }

    @Test
    void aWindowRunsOverTheStepsOfItsLongestExampleAndWeighsWhatItHasTargetsFor() {
        int[] steps = {1, 1, 2, 0, 0};
        int[] targets = {1, 0, 2, 0, 0};
        TensorBatches batches = new TensorBatches(tensors(), 2, EXAMPLES, 0, EXAMPLES, 2, steps, targets);
        assertThat(List.of(batches.elements(0), batches.elements(1), batches.elements(2)))
                .containsExactly(1L, 2L, 0L);
        try (Program program = program(2, 2)) {
            assertThat(batches.load(0, program)).isEqualTo(1);
            assertThat(Ports.read(program, LinearModel.X, 1)).containsExactly(0, 1, 10, 11);
            assertThat(batches.load(1, program)).isEqualTo(2);
            assertThat(Ports.read(program, LinearModel.TARGET, 2)).containsExactly(2, 3, 12, 13);
            assertThat(batches.load(2, program)).isEqualTo(1);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TensorBatches(tensors(), 2, EXAMPLES, 0, EXAMPLES, 2, new int[4], targets))
                .withMessageContaining("5 examples, but steps of 4");
    }
}
