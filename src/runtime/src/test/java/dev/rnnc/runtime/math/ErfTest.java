package dev.rnnc.runtime.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class ErfTest {
    private static final MathContext DIGITS = new MathContext(80);
    private static final BigDecimal PI =
            new BigDecimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899");

    /** The Maclaurin series with so many digits that its cancellation does no harm. */
    private static double exact(double x) {
        BigDecimal square = new BigDecimal(x).pow(2);
        BigDecimal power = new BigDecimal(x);
        BigDecimal sum = power;
        for (int n = 1; n < 400; n++) {
            power = power.multiply(square).negate().divide(BigDecimal.valueOf(n), DIGITS);
            sum = sum.add(power.divide(BigDecimal.valueOf(2L * n + 1), DIGITS));
        }
        BigDecimal scale = BigDecimal.TWO.divide(PI.sqrt(DIGITS), DIGITS);
        return sum.multiply(scale).doubleValue();
    }

    @Test
    void isWithinAFewUnitsInTheLastPlaceOfTheExactValue() {
        for (double x = 1e-9; x < 6.5; x += 0.0137) {
            double expected = exact(x);
            assertThat(Erf.erf(x)).as("erf(%s)", x).isEqualTo(expected, within(1e-15 * expected));
            assertThat(Erf.erf(-x)).isEqualTo(-Erf.erf(x));
        }
    }

    @Test
    void keepsZerosInfinitiesAndNaN() {
        assertThat(Erf.erf(0.0)).isEqualTo(0.0);
        assertThat(Double.doubleToRawLongBits(Erf.erf(-0.0))).isEqualTo(Double.doubleToRawLongBits(-0.0));
        assertThat(Erf.erf(Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(Erf.erf(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
        assertThat(Erf.erf(Double.NaN)).isNaN();
        assertThat(Erf.erf(Float.NaN)).isNaN();
    }

    @Test
    void isTheRoundedDoubleValueInFloat() {
        assertThat(Erf.erf(0.5f)).isEqualTo(0.5204999f);
    }
}
