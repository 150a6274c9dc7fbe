package dev.rnnc.runtime.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GradientClipTest {
    @ParameterizedTest
    @EnumSource(Precision.class)
    void scalesAllGradientsToTheLargestNorm(Precision precision) {
        Parameters gradients = gradients(precision, 3, 0, 0, 0, 0, 0, 0, 0, 0, -4);
        assertThat(clip(new ClipSpec.Norm(2.5), gradients)).isEqualTo(5);
        // torch's factor 2.5 / (5 + 1e-6)
        assertThat(gradients.values("p")[0]).isCloseTo(1.4999997, within(1e-7));
        assertThat(gradients.values("p")[9]).isCloseTo(-1.9999996, within(2e-7));
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void leavesSmallGradientsAlone(Precision precision) {
        Parameters gradients = gradients(precision, 3, -4);
        assertThat(clip(new ClipSpec.Norm(5.1), gradients)).isEqualTo(5);
        assertThat(clip(new ClipSpec.Value(4), gradients)).isEqualTo(5);
        assertThat(clip(new ClipSpec.None(), gradients)).isEqualTo(5);
        assertThat(gradients.values("p")).containsExactly(3, -4);
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void limitsEachElement(Precision precision) {
        Parameters gradients = gradients(precision, 3, -4, 0.5);
        clip(new ClipSpec.Value(2), gradients);
        assertThat(gradients.values("p")).containsExactly(2, -2, 0.5);
    }

    @Test
    void doesNotOverflowWhereFloatWould() {
        assertThat(clip(new ClipSpec.None(), gradients(Precision.FLOAT, 3e30, 4e30)))
                .isCloseTo(5e30, within(1e24));
    }

    @Test
    void leavesGradientsThatAreNotFiniteToBeFound() {
        for (ClipSpec clip : new ClipSpec[] {new ClipSpec.Norm(1), new ClipSpec.Value(1)}) {
            Parameters gradients = gradients(Precision.FLOAT, 3, Double.NaN);
            assertThat(clip(clip, gradients)).isNaN();
            assertThat(gradients.values("p")).containsExactly(3, Double.NaN);
        }
    }

    @Test
    void tellsWhetherItWouldChangeAnything() {
        Parameters gradients = gradients(Precision.FLOAT, 3, -4);
        assertThat(GradientClip.limits(new ClipSpec.Norm(4), gradients.data(), gradients.spec(), 5))
                .isTrue();
        assertThat(GradientClip.limits(new ClipSpec.Norm(6), gradients.data(), gradients.spec(), 5))
                .isFalse();
        assertThat(GradientClip.limits(new ClipSpec.Value(3.5), gradients.data(), gradients.spec(), 5))
                .isTrue();
        assertThat(GradientClip.limits(new ClipSpec.Value(4), gradients.data(), gradients.spec(), 5))
                .isFalse();
    }

    @Test
    void refusesALimitThatIsNotPositive() {
        assertThatThrownBy(() -> clip(new ClipSpec.Norm(0), gradients(Precision.FLOAT, 1)))
                .hasMessageContaining("must be positive");
    }

    private static double clip(ClipSpec clip, Parameters gradients) {
        return GradientClip.apply(clip, gradients.data(), gradients.spec());
    }

    private static Parameters gradients(Precision precision, double... values) {
        Parameters gradients = new Parameters(OptimizerTest.model(precision, values.length));
        gradients.set("p", values);
        return gradients;
    }
}
