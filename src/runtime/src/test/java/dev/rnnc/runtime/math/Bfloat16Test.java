package dev.rnnc.runtime.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Bfloat16Test {
    @Test
    void roundsToTheNearestOfTwoNeighbours() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            float x = Float.intBitsToFloat(random.nextInt());
            if (Float.isNaN(x) || Math.abs(x) > 0x1.fep127f) {
                continue;
            }
            int bits = Float.floatToRawIntBits(x);
            float below = Float.intBitsToFloat(bits & 0xffff0000);
            float above = Float.intBitsToFloat((bits & 0xffff0000) + 0x10000);
            float rounded = Bfloat16.round(x);
            assertThat(rounded).isIn(below, above);
            assertThat(Math.abs((double) rounded - x))
                    .isEqualTo(Math.min(Math.abs((double) below - x), Math.abs((double) above - x)));
        }
    }

    @Test
    void ofTwoThatAreEquallyNearTakesTheEvenOne() {
        assertThat(Bfloat16.round(1 + 0x1p-8f)).isEqualTo(1);
        assertThat(Bfloat16.round(1 + 3 * 0x1p-8f)).isEqualTo(1 + 0x1p-6f);
    }

    @Test
    void isOffByLessThanTheEighthPowerOfOneHalf() {
        double worst = 0;
        for (int bits = 0x3f800000; bits < 0x40000000; bits++) {
            float x = Float.intBitsToFloat(bits);
            worst = Math.max(worst, Math.abs((double) Bfloat16.round(x) - x) / x);
        }
        assertThat(worst).isEqualTo(0x1p-8 / (1 + 0x1p-8));
    }

    @Test
    void keepsNanInfinitiesAndTheSignOfZero() {
        assertThat(Bfloat16.round(Float.NaN)).isNaN();
        assertThat(Bfloat16.round(Float.intBitsToFloat(0x7f800001))).isNaN();
        assertThat(Bfloat16.round(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(Bfloat16.round(Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(1 / Bfloat16.round(-0f)).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void aPairHoldsBothNumbersAndANanStaysOne() {
        int bits = Float.floatToRawIntBits(Bfloat16.pair(1.5f, -2.25f));
        assertThat(Float.intBitsToFloat(bits << 16)).isEqualTo(1.5f);
        assertThat(Float.intBitsToFloat(bits & 0xffff0000)).isEqualTo(-2.25f);
        int nan = Float.floatToRawIntBits(Bfloat16.pair(Float.intBitsToFloat(0x7f800001), 3));
        assertThat(Float.intBitsToFloat(nan << 16)).isNaN();
        assertThat(Float.intBitsToFloat(nan & 0xffff0000)).isEqualTo(3);
    }
}
