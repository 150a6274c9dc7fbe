package dev.rnnc.runtime.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CounterRandomTest {
    @Test
    void givesThePublishedPhiloxBits() {
        // philox4x32-10 in Random123's known-answer vectors: the first two of the four output words.
        assertThat(CounterRandom.bits(0, 0, 0)).isEqualTo(0xe169c58d_6627e8d5L);
        assertThat(CounterRandom.bits(-1, -1, -1)).isEqualTo(0x41c83b0e_408f276dL);
        assertThat(CounterRandom.bits(0x299f31d0_a4093822L, 0x03707344_13198a2eL, 0x85a308d3_243f6a88L))
                .isEqualTo(0x94fdcceb_d16cfe09L);
    }

    @Test
    void dependsOnAllThreeArguments() {
        long bits = CounterRandom.bits(1, 2, 3);
        assertThat(CounterRandom.bits(2, 2, 3)).isNotEqualTo(bits);
        assertThat(CounterRandom.bits(1, 3, 3)).isNotEqualTo(bits);
        assertThat(CounterRandom.bits(1, 2, 4)).isNotEqualTo(bits);
        assertThat(CounterRandom.bits(1, 2, 3)).isEqualTo(bits);
    }

    @Test
    void isUniformOnTheUnitInterval() {
        int[] bins = new int[10];
        for (int i = 0; i < 100_000; i++) {
            bins[(int) (CounterRandom.uniform(5, 6, i) * 10)]++;
            assertThat(CounterRandom.uniformFloat(5, 6, i))
                    .isGreaterThanOrEqualTo(0)
                    .isLessThan(1);
        }
        assertThat(IntStream.of(bins)).allSatisfy(count -> assertThat(count).isBetween(9_600, 10_400));
    }

    @Test
    void hasTheMomentsOfTheNormalDistribution() {
        double[] values = IntStream.range(0, 200_000)
                .mapToDouble(i -> CounterRandom.normal(9, 1, i))
                .toArray();
        for (int power = 1; power <= 4; power++) {
            double sum = 0;
            for (double value : values) {
                sum += Math.pow(value, power);
            }
            double expected = new double[] {0, 0, 1, 0, 3}[power];
            assertThat(sum / values.length).isBetween(expected - 0.06, expected + 0.06);
        }
    }

    @Test
    void goesOnFromACounter() {
        CounterRandom random = new CounterRandom(3, 4);
        random.nextBits();
        random.nextUniform();
        CounterRandom resumed = new CounterRandom(3, 4, random.counter());
        assertThat(resumed.nextNormal()).isEqualTo(random.nextNormal());
        assertThat(resumed.nextInt(1000)).isEqualTo(random.nextInt(1000));
    }

    @Test
    void drawsEveryIntegerBelowTheBound() {
        CounterRandom random = new CounterRandom(3, 4);
        int[] counts = new int[7];
        for (int i = 0; i < 7_000; i++) {
            counts[random.nextInt(7)]++;
        }
        assertThat(IntStream.of(counts)).allSatisfy(count -> assertThat(count).isBetween(850, 1150));
        assertThatThrownBy(() -> random.nextInt(0)).hasMessageContaining("must be positive");
    }
}
