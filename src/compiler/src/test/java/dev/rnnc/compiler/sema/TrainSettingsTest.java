package dev.rnnc.compiler.sema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.ScheduleSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainSettingsTest {
    private static ModelSpec spec(String train) {
        String text = "model M { const T = 8 input x : real[3] sequence target g : real[3] sequence output y = tanh(x)"
                + " loss mse(y, g) " + train + " }";
        Checked checked = FrontEnd.check(new SourceText("test.rnn", text));
        assertThat(checked.render()).isEmpty();
        return checked.model().orElseThrow().spec();
    }

    @Test
    void everySettingArrives() {
        assertThat(spec("train { steps 2*T batch 32 optimizer sgd(0.5) clip norm 5 epochs 3 seed 9 stateful }")
                        .train())
                .isEqualTo(new TrainSettings(
                        16, 32, new OptimizerSpec.Sgd(0.5, 0, false, 0), new ClipSpec.Norm(5), 3, 9, true));
    }

    @Test
    void whatIsNotSaidHasADefault() {
        assertThat(spec("train {}").train())
                .isEqualTo(new TrainSettings(
                        32,
                        16,
                        new OptimizerSpec.Adam(0.001, 0.9, 0.999, 1e-8, 0, false),
                        new ClipSpec.None(),
                        10,
                        0,
                        false));
    }

    @Test
    void theLoopHasItsSettings() {
        assertThat(spec("train { truncate T 2*T schedule warmup(100) cosine(epochs: 20, least: 1e-5) patience 3"
                                + " accumulate 4 l1 0.5 threads 2 }")
                        .train()
                        .loop())
                .isEqualTo(new LoopSettings(
                        8, 16, List.of(new ScheduleSpec.Warmup(100), new ScheduleSpec.Cosine(20, 1e-5)), 3, 4, 0.5, 2));
        assertThat(spec("train { truncate 40 schedule plateau step(30) seed 7 }")
                        .train())
                .isEqualTo(new TrainSettings(
                        32,
                        16,
                        new OptimizerSpec.Adam(0.001, 0.9, 0.999, 1e-8, 0, false),
                        new ClipSpec.None(),
                        10,
                        7,
                        false,
                        LoopSettings.PLAIN
                                .truncated(40, 40)
                                .scheduled(
                                        List.of(new ScheduleSpec.Plateau(0.1, 10), new ScheduleSpec.Step(30, 0.1)))));
    }

    @Test
    void aModelWithoutTrainHasNoSettings() {
        assertThat(spec("").train()).isNull();
    }

    static Stream<Arguments> optimizers() {
        return Stream.of(
                Arguments.of("momentum(rate: 0.1)", new OptimizerSpec.Sgd(0.1, 0.9, false, 0)),
                Arguments.of("nesterov(rate: 0.1, momentum: 0.8)", new OptimizerSpec.Sgd(0.1, 0.8, true, 0)),
                Arguments.of("adamw", new OptimizerSpec.Adam(0.001, 0.9, 0.999, 1e-8, 0.01, true)),
                Arguments.of("adam(rate: 1e-2, beta2: 0.99)", new OptimizerSpec.Adam(0.01, 0.9, 0.99, 1e-8, 0, false)),
                Arguments.of("rmsprop(momentum: 0.5)", new OptimizerSpec.RmsProp(0.01, 0.99, 1e-8, 0, 0.5)),
                Arguments.of("adagrad(weight_decay: 0.1)", new OptimizerSpec.Adagrad(0.01, 1e-10, 0.1)));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void optimizersHaveTheSettingsOfTorch(String written, OptimizerSpec expected) {
        assertThat(spec("train { optimizer " + written + " }").train().optimizer())
                .isEqualTo(expected);
    }

    @Test
    void theDigestIsThatOfTheText() {
        assertThat(spec("").digest()).matches("[0-9a-f]{64}").isEqualTo(spec("").digest());
        assertThat(spec("train {}").digest()).isNotEqualTo(spec("").digest());
    }
}
