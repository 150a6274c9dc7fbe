package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.TrainSettings;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Updates of more parameters than a block has, with a rest that is no whole vector. */
class ParameterUpdateTest {
    private static final int SIZE = 50_003;

    private static final List<OptimizerSpec> OPTIMIZERS = List.of(
            new OptimizerSpec.Sgd(0.1, 0, false, 0.5),
            new OptimizerSpec.Sgd(0.1, 0.9, true, 0),
            new OptimizerSpec.Adam(0.1, 0.9, 0.999, 1e-8, 0.1, false),
            new OptimizerSpec.Adam(0.1, 0.9, 0.999, 1e-8, 0.1, true),
            new OptimizerSpec.RmsProp(0.01, 0.9, 1e-2, 0.1, 0.5),
            new OptimizerSpec.Adagrad(0.1, 1e-2, 0.1));

    static Stream<Arguments> updates() {
        Stream<Arguments> optimizers = OPTIMIZERS.stream()
                .flatMap(optimizer -> Stream.of(Precision.values())
                        .map(precision -> Arguments.of(optimizer, new ClipSpec.Norm(1), 0.0, precision)));
        Stream<Arguments> limits = Stream.of(new ClipSpec.None(), new ClipSpec.Norm(1e9), new ClipSpec.Value(0.5))
                .flatMap(clip -> Stream.of(Precision.values())
                        .map(precision -> Arguments.of(OPTIMIZERS.get(2), clip, 0.01, precision)));
        return Stream.concat(optimizers, limits);
    }

    @ParameterizedTest
    @MethodSource("updates")
    void anyNumberOfThreadsGivesTheBitsOfTheWorkDoneAtOnce(
            OptimizerSpec optimizer, ClipSpec clip, double l1, Precision precision) {
        Parameters expected = normals(precision, 0);
        double expectedNorm = 0;
        Optimizer alone = Optimizer.create(optimizer, expected.spec());
        for (int step = 1; step <= 3; step++) {
            Parameters gradients = normals(precision, step);
            if (l1 > 0) {
                GradientMean.addSigns(gradients.data(), expected.data(), l1, precision, 0, SIZE);
            }
            expectedNorm = GradientClip.apply(clip, gradients.data(), expected.spec());
            alone.step(expected, gradients.data());
        }
        for (int threads : new int[] {1, 2, 4}) {
            Parameters parameters = normals(precision, 0);
            try (Workers workers = new Workers(threads)) {
                ParameterUpdate update = update(parameters, optimizer, clip, l1, workers);
                for (int step = 1; step <= 3; step++) {
                    update.measure(normals(precision, step).data(), new GradientExtent(spec(precision)));
                    assertThat(update.make()).isEmpty();
                }
                assertThat(update.norm()).isEqualTo(expectedNorm);
                assertThat(update.clips())
                        .isEqualTo(clip.equals(new ClipSpec.Norm(1)) || clip instanceof ClipSpec.Value);
            }
            assertThat(bits(parameters)).as(threads + " threads").isEqualTo(bits(expected));
        }
    }

    @Test
    void theNormIsThatOfAllBlocksTogether() {
        Parameters gradients = normals(Precision.FLOAT, 1);
        double sum = 0;
        for (double value : gradients.values("p")) {
            sum += value * value;
        }
        assertThat(GradientClip.norm(gradients.data(), gradients.spec())).isCloseTo(Math.sqrt(sum), within(1e-10));
    }

    @Test
    void anUpdateThatOverflowsInOneBlockIsUndoneInAll() {
        Parameters parameters = normals(Precision.FLOAT, 0);
        byte[] before = bits(parameters);
        Parameters gradients = normals(Precision.FLOAT, 1);
        gradients.data().setAtIndex(ValueLayout.JAVA_FLOAT, 40_000, 3e38f);
        try (Workers workers = new Workers(2)) {
            ParameterUpdate update =
                    update(parameters, new OptimizerSpec.Sgd(10, 0, false, 0), new ClipSpec.None(), 0, workers);
            update.measure(gradients.data(), new GradientExtent(gradients.spec()));
            assertThat(update.make()).isEqualTo(Optional.of("p[40000] = -Infinity"));
        }
        assertThat(bits(parameters)).isEqualTo(before);
    }

    @Test
    void aPendingGradientIsSummedAlikeByAnyNumberOfThreads() {
        byte[] expected = null;
        for (int threads : new int[] {1, 2, 4}) {
            try (Workers workers = new Workers(threads)) {
                PendingGradient pending =
                        new PendingGradient(spec(Precision.FLOAT), new GradientExtent(spec(Precision.FLOAT)), workers);
                GradientExtent all = new GradientExtent(spec(Precision.FLOAT));
                pending.set(normals(Precision.FLOAT, 1).data(), all);
                pending.add(0.25, normals(Precision.FLOAT, 2).data(), all, 0.75);
                byte[] sum = pending.data().toArray(ValueLayout.JAVA_BYTE);
                expected = expected == null ? sum : expected;
                assertThat(sum).isEqualTo(expected);
                float first = (float) normals(Precision.FLOAT, 1).values("p")[SIZE - 1];
                float second = (float) normals(Precision.FLOAT, 2).values("p")[SIZE - 1];
                assertThat(pending.data().getAtIndex(ValueLayout.JAVA_FLOAT, SIZE - 1))
                        .isEqualTo(0.25f * first + 0.75f * second);
            }
        }
    }

    private static ParameterUpdate update(
            Parameters parameters, OptimizerSpec optimizer, ClipSpec clip, double l1, Workers workers) {
        TrainSettings settings = new TrainSettings(1, 1, optimizer, clip, 1, 1, false, LoopSettings.PLAIN.sparse(l1));
        return new ParameterUpdate(parameters, settings, Optimizer.create(optimizer, parameters.spec()), workers);
    }

    private static ModelSpec spec(Precision precision) {
        ParameterSpec parameter = new ParameterSpec("p", List.of(SIZE), 0, new Initializer.Constant(0), null);
        return new ModelSpec("M", "00", CompiledModel.ABI, precision, List.of(parameter), SIZE, List.of(), null);
    }

    private static Parameters normals(Precision precision, long stream) {
        Parameters parameters = new Parameters(spec(precision));
        double[] values = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            values[i] = CounterRandom.normal(11, stream, i);
        }
        parameters.set("p", values);
        return parameters;
    }

    private static byte[] bits(Parameters parameters) {
        return parameters.data().toArray(ValueLayout.JAVA_BYTE);
    }
}
