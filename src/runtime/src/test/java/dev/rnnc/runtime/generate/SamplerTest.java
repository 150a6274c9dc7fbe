package dev.rnnc.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.runtime.random.CounterRandom;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private final CounterRandom random = new CounterRandom(1, 2);

    @Test
    void takesTheFirstLargestLogitAtTemperatureZero() {
        assertThat(Sampler.sample(new float[] {1, 3, 3, 2}, 0, random)).isEqualTo(1);
        assertThat(random.counter()).isZero();
    }

    @Test
    void drawsInProportionToTheSoftmax() {
        double[] logits = {Math.log(1), Math.log(2), Math.log(7), Double.NEGATIVE_INFINITY};
        assertThat(counts(logits, 1)).satisfies(counts -> {
            assertThat(counts[0]).isBetween(900, 1100);
            assertThat(counts[1]).isBetween(1850, 2150);
            assertThat(counts[3]).isZero();
        });
    }

    @Test
    void sharpensAtLowAndFlattensAtHighTemperature() {
        double[] logits = {0, 1};
        assertThat(counts(logits, 0.1)[1]).isGreaterThan(9_990);
        assertThat(counts(logits, 1e9)[1]).isBetween(4_800, 5_200);
    }

    @Test
    void standsHugeLogitsAndTinyTemperatures() {
        assertThat(Sampler.sample(new double[] {1e300, -1e300}, 1e-300, random)).isZero();
    }

    @Test
    void drawsTheSameFromTheSameSeed() {
        double[] logits = {0, 0, 0, 0};
        for (int i = 0; i < 20; i++) {
            assertThat(Sampler.sample(logits, 1, new CounterRandom(5, 6, i)))
                    .isEqualTo(Sampler.sample(logits, 1, new CounterRandom(5, 6, i)));
        }
    }

    @Test
    void refusesBadTemperaturesAndLogits() {
        for (double temperature : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Sampler.sample(new double[] {1}, temperature, random))
                    .hasMessageContaining("the temperature must be")
                    .hasMessageEndingWith("is " + temperature);
        }
        assertThatThrownBy(() -> Sampler.sample(new double[] {1, Double.NaN}, 1, random))
                .hasMessageContaining("logit 1 is NaN");
        assertThatThrownBy(() -> Sampler.sample(new double[] {Double.NEGATIVE_INFINITY}, 1, random))
                .hasMessageContaining("none of the 1 logits is finite");
        assertThatThrownBy(() -> Sampler.sample(new double[0], 0, random)).hasMessageContaining("none of the 0");
    }

    private int[] counts(double[] logits, double temperature) {
        int[] counts = new int[logits.length];
        for (int i = 0; i < 10_000; i++) {
            counts[Sampler.sample(logits, temperature, random)]++;
        }
        return counts;
    }

    @Test
    void onlyTheLikeliestFewAreDrawnAndOfEqualsTheFirst() {
        double[] logits = {1, 3, 2, 3, 2};
        boolean[] drawn = new boolean[logits.length];
        for (int i = 0; i < 500; i++) {
            drawn[Sampler.sample(logits, 5, 3, random)] = true;
        }
        assertThat(drawn).containsExactly(false, true, true, true, false);
        assertThat(Sampler.sample(logits, 1, 1, random)).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> Sampler.sample(logits, 1, 0, random));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampler.sample(new double[] {1, Double.NaN, 2}, 1, 1, random));
    }
}
