package dev.rnnc.runtime.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RandomMaskTest {
    @Test
    void keepsTheSaidShareOfElementsScaledSoThatTheMeanIsOne() {
        int kept = 0;
        int count = 100_000;
        for (int i = 0; i < count; i++) {
            float value = RandomMask.value(7, 2, i, 0.8);
            assertThat(value).isIn(0f, 1.25f);
            kept += value > 0 ? 1 : 0;
        }
        // Four standard deviations of the share: sqrt(0.8 * 0.2 / count) = 0.00126.
        assertThat(kept / (double) count).isEqualTo(0.8, within(0.005));
    }

    @Test
    void isAFunctionOfItsArguments() {
        assertThat(RandomMask.value(1, 2, 3, 0.5)).isEqualTo(RandomMask.value(1, 2, 3, 0.5));
        assertThat(RandomMask.value(RandomMask.key(1, 2), 3, 0.5)).isEqualTo(RandomMask.value(1, 2, 3, 0.5));
    }

    @Test
    void differsBetweenSeedsAndBetweenStreams() {
        assertThat(agreement(1, 0, 2, 0)).isEqualTo(0.5, within(0.03));
        assertThat(agreement(1, 0, 1, 1)).isEqualTo(0.5, within(0.03));
    }

    @Test
    void keepsEverythingAtOne() {
        for (int i = 0; i < 1000; i++) {
            assertThat(RandomMask.value(3, 0, i, 1)).isEqualTo(1f);
        }
    }

    @Test
    void scalesInDoublePrecisionWithoutRoundingToAFloat() {
        for (int i = 0; i < 1000; i++) {
            double exact = RandomMask.exactValue(7, 2, i, 0.9);
            assertThat(exact).isIn(0.0, 1 / 0.9);
            assertThat(RandomMask.value(7, 2, i, 0.9)).isEqualTo((float) exact);
        }
    }

    private static double agreement(long seed, int stream, long otherSeed, int otherStream) {
        int same = 0;
        for (int i = 0; i < 10_000; i++) {
            same += RandomMask.value(seed, stream, i, 0.5) == RandomMask.value(otherSeed, otherStream, i, 0.5) ? 1 : 0;
        }
        return same / 10_000.0;
    }
}
