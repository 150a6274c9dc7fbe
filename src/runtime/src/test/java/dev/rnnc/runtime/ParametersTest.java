package dev.rnnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParametersTest {
    @ParameterizedTest
    @EnumSource(Precision.class)
    void holdWhatWasSetByName(Precision precision) {
        Parameters parameters = linear(precision);
        parameters.set("l.weight", new double[] {1.5, -2});
        parameters.set("l.bias", new float[] {0.5f});
        assertThat(parameters.values("l.weight")).containsExactly(1.5, -2);
        assertThat(parameters.floats("l.bias")).containsExactly(0.5f);
    }

    @Test
    void refuseAnUnknownNameAndAWrongLength() {
        Parameters parameters = linear(Precision.FLOAT);
        assertThatThrownBy(() -> parameters.values("l.wait"))
                .hasMessage("model Linear has no parameter 'l.wait'; it has [l.weight, l.bias]");
        assertThatThrownBy(() -> parameters.set("l.weight", new double[3]))
                .hasMessage("parameter l.weight[1, 2] has 2 elements, but 3 values were given");
    }

    @Test
    void copyFromParametersOfTheSameLayoutOnly() {
        Parameters from = linear(Precision.FLOAT);
        Parameters to = linear(Precision.FLOAT);
        from.set("l.weight", new double[] {3, 4});
        to.copyFrom(from);
        assertThat(to.values("l.weight")).containsExactly(3, 4);
        assertThatThrownBy(() -> to.copyFrom(linear(Precision.DOUBLE))).hasMessageContaining("not laid out");
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void nameTheFirstElementThatIsNotFinite(Precision precision) {
        Parameters parameters = linear(precision);
        parameters.set("l.weight", new double[] {-1e30, 1e-40});
        assertThat(parameters.isFinite()).isTrue();
        assertThat(parameters.firstNonFinite()).isEmpty();
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            parameters.set("l.weight", new double[] {1, bad});
            assertThat(parameters.isFinite()).isFalse();
            assertThat(parameters.firstNonFinite().orElseThrow()).hasToString("l.weight[1] = " + bad);
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void startAsTheirInitializersSay(Precision precision) {
        Parameters parameters = new Parameters(model(precision, "a", "b", "c"));
        Initialization.fill(parameters, 7);
        double[] uniform = parameters.values("a");
        assertThat(Arrays.stream(uniform)).allSatisfy(value -> assertThat(value).isBetween(-0.5, Math.nextDown(0.5)));
        assertThat(Arrays.stream(uniform).average().orElseThrow()).isBetween(-0.05, 0.05);
        assertThat(Arrays.stream(uniform).max().orElseThrow()).isGreaterThan(0.48);
        double[] normal = parameters.values("b");
        assertThat(Arrays.stream(normal).map(v -> v * v).average().orElseThrow())
                .isBetween(3.5, 4.5);
        assertThat(parameters.values("c")).containsOnly(0.75);
    }

    @Test
    void startWithTheSameValuesWhateverOtherParametersThereAre() {
        Parameters few = new Parameters(model(Precision.FLOAT, "b"));
        Parameters many = new Parameters(model(Precision.FLOAT, "a", "b"));
        Initialization.fill(few, 7);
        Initialization.fill(many, 7);
        assertThat(many.values("b")).containsExactly(few.values("b"));
        Initialization.fill(many, 8);
        assertThat(many.values("b")[0]).isNotEqualTo(few.values("b")[0]);
    }

    @Test
    void neverReachTheUpperBoundOfAUniformInterval() {
        double largest = 1 - 0x1p-53;
        for (double bound : new double[] {1, 0.1, 1 / Math.sqrt(128)}) {
            float rounded = (float) Initialization.uniform(bound, largest, Precision.FLOAT);
            assertThat((double) rounded).isLessThan(bound);
            assertThat(Initialization.uniform(bound, largest, Precision.DOUBLE)).isLessThan(bound);
        }
    }

    private static Parameters linear(Precision precision) {
        return new Parameters(new LinearModel(precision, 1, 1, null).spec());
    }

    private static ModelSpec model(Precision precision, String... names) {
        List<ParameterSpec> parameters = new ArrayList<>();
        for (String name : names) {
            Initializer initializer = switch (name) {
                case "a" -> new Initializer.Uniform(0.5);
                case "b" -> new Initializer.Normal(2);
                default -> new Initializer.Constant(0.75);
            };
            parameters.add(new ParameterSpec(name, List.of(32, 64), 2048L * parameters.size(), initializer, null));
        }
        return new ModelSpec(
                "M", "00", CompiledModel.ABI, precision, parameters, 2048L * names.length, List.of(), null);
    }
}
