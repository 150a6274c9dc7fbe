package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExampleOrderTest {
    private static final int[] LENGTHS = new Random(1).ints(1000, 1, 50).toArray();

    @Test
    void everyEpochVisitsEachExampleOnceInAnOrderOfItsOwn() {
        int[] first = ExampleOrder.shuffled(LENGTHS, 8, 7, 1);
        int[] second = ExampleOrder.shuffled(LENGTHS, 8, 7, 2);

        assertThat(Arrays.stream(first).sorted().toArray())
                .isEqualTo(IntStream.range(0, 1000).toArray());
        assertThat(first).isNotEqualTo(second).isEqualTo(ExampleOrder.shuffled(LENGTHS, 8, 7, 1));
        assertThat(first).isNotEqualTo(ExampleOrder.shuffled(LENGTHS, 8, 8, 1));
    }

    @Test
    void batchesHoldExamplesOfAboutTheSameLength() {
        int[] order = ExampleOrder.shuffled(LENGTHS, 8, 7, 1);

        assertThat(steps(order)).isLessThan(1.1 * Arrays.stream(LENGTHS).sum());
        assertThat(steps(IntStream.range(0, 1000).toArray()))
                .isGreaterThan(1.5 * Arrays.stream(LENGTHS).sum());
    }

    @Test
    void examplesOfEqualLengthAreOnlyShuffled() {
        assertThat(ExampleOrder.sorted(new int[] {3, 3, 3})).containsExactly(0, 1, 2);
        assertThat(ExampleOrder.sorted(new int[] {3, 1, 3, 1})).containsExactly(1, 3, 0, 2);
    }

    /** The steps that batches of eight compute, padding included. */
    private static double steps(int[] order) {
        double steps = 0;
        for (int from = 0; from < order.length; from += 8) {
            steps += 8
                    * IntStream.range(from, from + 8)
                            .map(i -> LENGTHS[order[i]])
                            .max()
                            .orElseThrow();
        }
        return steps;
    }
}
