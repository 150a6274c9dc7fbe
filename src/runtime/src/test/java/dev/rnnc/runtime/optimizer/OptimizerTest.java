package dev.rnnc.runtime.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One parameter of 1 under the gradients 0.5, -1, 0.25 and 2, against the textbook formulas evaluated elsewhere. */
class OptimizerTest {
    private static final double[] GRADIENTS = {0.5, -1, 0.25, 2};

    static Stream<Arguments> trajectories() {
        return Stream.of(
                Arguments.of(new OptimizerSpec.Sgd(0.1, 0, false, 0), new double[] {0.95, 1.05, 1.025, 0.825}),
                Arguments.of(new OptimizerSpec.Sgd(0.1, 0, false, 0.5), new double[] {0.9, 0.955, 0.88225, 0.6381375}),
                Arguments.of(new OptimizerSpec.Sgd(0.1, 0.9, false, 0), new double[] {0.95, 1.005, 1.0295, 0.85155}),
                Arguments.of(
                        new OptimizerSpec.Sgd(0.1, 0.9, true, 0.1),
                        new double[] {0.886, 1.010566, 0.973948646, 0.574083097126}),
                Arguments.of(
                        new OptimizerSpec.Adam(0.1, 0.9, 0.999, 1e-8, 0, false),
                        new double[] {0.900000002, 0.9366103542405654, 0.9502794203389762, 0.9054012122349253}),
                Arguments.of(
                        new OptimizerSpec.Adam(0.1, 0.8, 0.99, 1e-3, 0.1, false),
                        new double[] {0.9001663893510815, 0.9310893554257633, 0.9311438503727664, 0.8720441523413938}),
                Arguments.of(
                        new OptimizerSpec.Adam(0.1, 0.8, 0.99, 1e-3, 0.1, true),
                        new double[] {0.8901996007984032, 0.9233447809925707, 0.9283513041691055, 0.8659927009156905}),
                Arguments.of(
                        new OptimizerSpec.RmsProp(0.01, 0.99, 1e-8, 0, 0),
                        new double[] {0.900000019999996, 0.9895323081911337, 0.9675849574904029, 0.8805836095438211}),
                Arguments.of(
                        new OptimizerSpec.RmsProp(0.01, 0.9, 1e-2, 0.1, 0.5),
                        new double[] {0.9699604468618213, 0.9809224787250027, 0.9764186655324762, 0.9460868714193198}),
                Arguments.of(
                        new OptimizerSpec.Adagrad(0.1, 1e-10, 0),
                        new double[] {0.90000000002, 0.9894427191119917, 0.9676209300902971, 0.8808487469665994}),
                Arguments.of(
                        new OptimizerSpec.Adagrad(0.1, 1e-2, 0.1),
                        new double[] {0.9016393442622951, 0.9843620059841358, 0.9541736404767729, 0.866772222080818}));
    }

    @ParameterizedTest
    @MethodSource("trajectories")
    void followsItsDefinitionInDouble(OptimizerSpec spec, double[] expected) {
        assertThat(trajectory(spec, Precision.DOUBLE)).containsExactly(expected, within(1e-14));
    }

    @ParameterizedTest
    @MethodSource("trajectories")
    void followsItsDefinitionInFloat(OptimizerSpec spec, double[] expected) {
        assertThat(trajectory(spec, Precision.FLOAT)).containsExactly(expected, within(5e-7));
    }

    @ParameterizedTest
    @MethodSource("trajectories")
    void leavesPaddingZero(OptimizerSpec spec, double[] expected) {
        for (Precision precision : Precision.values()) {
            Parameters parameters = new Parameters(model(precision, 3));
            Parameters gradients = new Parameters(parameters.spec());
            Optimizer optimizer = Optimizer.create(spec, parameters.spec());
            for (int step = 0; step < 3; step++) {
                gradients.set("p", new double[] {1, 0, -1e6});
                optimizer.step(parameters, gradients.data());
            }
            parameters.set("p", new double[3]);
            assertThat(parameters.data().mismatch(new Parameters(parameters.spec()).data()))
                    .isEqualTo(-1);
            assertThat(parameters.isFinite()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("trajectories")
    void goesOnFromItsSavedState(OptimizerSpec spec, double[] expected) {
        Parameters parameters = new Parameters(model(Precision.DOUBLE, 1));
        parameters.set("p", new double[] {1});
        Parameters gradients = new Parameters(parameters.spec());
        Optimizer first = Optimizer.create(spec, parameters.spec());
        for (int step = 0; step < 2; step++) {
            gradients.set("p", new double[] {GRADIENTS[step]});
            first.step(parameters, gradients.data());
        }
        Optimizer resumed = Optimizer.create(spec, parameters.spec());
        first.state().forEach((name, segment) -> resumed.state().get(name).copyFrom(segment));
        resumed.steps(first.steps());
        for (int step = 2; step < 4; step++) {
            gradients.set("p", new double[] {GRADIENTS[step]});
            resumed.step(parameters, gradients.data());
        }
        assertThat(parameters.values("p")[0]).isEqualTo(trajectory(spec, Precision.DOUBLE)[3]);
    }

    @Test
    void namesItsStateAsTorchDoes() {
        ModelSpec model = model(Precision.FLOAT, 1);
        assertThat(Optimizer.create(new OptimizerSpec.Sgd(1, 0, false, 0), model)
                        .state())
                .isEmpty();
        assertThat(Optimizer.create(new OptimizerSpec.Sgd(1, 0.5, false, 0), model)
                        .state())
                .containsOnlyKeys("momentum_buffer");
        assertThat(Optimizer.create(new OptimizerSpec.Adam(1, 0.9, 0.999, 1e-8, 0, false), model)
                        .state())
                .containsOnlyKeys("exp_avg", "exp_avg_sq");
    }

    @Test
    void takesAnotherRate() {
        Parameters parameters = new Parameters(model(Precision.DOUBLE, 1));
        Parameters gradients = new Parameters(parameters.spec());
        gradients.set("p", new double[] {1});
        Optimizer optimizer = Optimizer.create(new OptimizerSpec.Sgd(0.5, 0, false, 0), parameters.spec());
        optimizer.step(parameters, gradients.data());
        optimizer.rate(0.25);
        optimizer.step(parameters, gradients.data());
        assertThat(parameters.values("p")).containsExactly(-0.75);
        assertThat(optimizer.steps()).isEqualTo(2);
    }

    @Test
    void refusesSettingsOutOfRange() {
        ModelSpec model = model(Precision.FLOAT, 1);
        List<OptimizerSpec> refused = List.of(
                new OptimizerSpec.Sgd(-1, 0, false, 0),
                new OptimizerSpec.Sgd(Double.NaN, 0, false, 0),
                new OptimizerSpec.Sgd(1, 1, false, 0),
                new OptimizerSpec.Sgd(1, 0, true, 0),
                new OptimizerSpec.Sgd(1, 0, false, -1),
                new OptimizerSpec.Adam(1, 1, 0.9, 1e-8, 0, false),
                new OptimizerSpec.Adam(1, 0.9, -0.1, 1e-8, 0, false),
                new OptimizerSpec.Adam(1, 0.9, 0.9, 0, 0, false),
                new OptimizerSpec.RmsProp(1, 0.9, 1e-60, 0, 0),
                new OptimizerSpec.Adagrad(1, Double.POSITIVE_INFINITY, 0));
        for (OptimizerSpec spec : refused) {
            assertThatThrownBy(() -> Optimizer.create(spec, model))
                    .as(spec.toString())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("optimizer setting '");
        }
    }

    @ParameterizedTest
    @MethodSource("trajectories")
    void givesTheSameBitsWithScalarAndVectorKernels(OptimizerSpec spec, double[] expected) throws Exception {
        long here = OptimizerBits.of(spec);
        assertThat(OptimizerBits.inAnotherJvm(spec)).as("without the module").isEqualTo(here);
        for (int lanes : new int[] {1, 4}) {
            assertThat(OptimizerBits.inAnotherJvm(
                            spec, "--add-modules", "jdk.incubator.vector", "-Ddev.rnnc.lanes=" + lanes))
                    .as(lanes + " lanes")
                    .isEqualTo(here);
        }
    }

    @Test
    void allocatesNothingInAStep() {
        Parameters parameters = new Parameters(model(Precision.FLOAT, 1000));
        Parameters gradients = new Parameters(parameters.spec());
        gradients.set("p", new double[1000]);
        Optimizer optimizer =
                Optimizer.create(new OptimizerSpec.Adam(0.1, 0.9, 0.999, 1e-8, 0.1, true), parameters.spec());
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // A busy machine compiles late: warm up until it did, or fail after very many steps.
        for (int round = 0; round < 3000 && least >= 1000; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int step = 0; step < 1000; step++) {
                optimizer.step(parameters, gradients.data());
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(1000);
    }

    private static double[] trajectory(OptimizerSpec spec, Precision precision) {
        // As many elements as make both whole vectors and a rest.
        int size = 37;
        Parameters parameters = new Parameters(model(precision, size));
        Parameters gradients = new Parameters(parameters.spec());
        double[] ones = new double[size];
        Arrays.fill(ones, 1);
        parameters.set("p", ones);
        Optimizer optimizer = Optimizer.create(spec, parameters.spec());
        double[] trajectory = new double[GRADIENTS.length];
        for (int step = 0; step < GRADIENTS.length; step++) {
            double[] gradient = new double[size];
            Arrays.fill(gradient, GRADIENTS[step]);
            gradients.set("p", gradient);
            optimizer.step(parameters, gradients.data());
            trajectory[step] = parameters.values("p")[0];
            assertThat(parameters.values("p")).containsOnly(trajectory[step]);
        }
        return trajectory;
    }

    static ModelSpec model(Precision precision, int size) {
        // Not padded to whole vectors, so that the scalar kernels have a rest to do.
        long elements = size + 1L;
        return new ModelSpec(
                "M",
                "00",
                CompiledModel.ABI,
                precision,
                List.of(new ParameterSpec("p", List.of(size), 0, new Initializer.Constant(0), null)),
                elements,
                List.of(),
                null);
    }
}
