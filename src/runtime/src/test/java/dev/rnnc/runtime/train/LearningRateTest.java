package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.runtime.spec.ScheduleSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The expected numbers are those of the formulas on the pages of torch.optim.lr_scheduler. */
class LearningRateTest {
    private static double[] epochs(int count, ScheduleSpec... schedules) {
        LearningRate rate = new LearningRate(0.1, List.of(schedules));
        return IntStream.rangeClosed(1, count)
                .mapToDouble(epoch -> rate.at(epoch, 1_000_000))
                .toArray();
    }

    @Test
    void stepsDownEveryFewEpochs() {
        assertThat(epochs(5, new ScheduleSpec.Step(2, 0.1)))
                .containsExactly(new double[] {0.1, 0.1, 0.01, 0.01, 0.001}, within(1e-15));
    }

    @Test
    void fallsExponentially() {
        assertThat(epochs(3, new ScheduleSpec.Exponential(0.5)))
                .containsExactly(new double[] {0.1, 0.05, 0.025}, within(1e-15));
    }

    @Test
    void followsACosineDownAndStaysThere() {
        assertThat(epochs(6, new ScheduleSpec.Cosine(4, 0.02)))
                .containsExactly(
                        new double[] {0.1, 0.06 + 0.04 * Math.sqrt(0.5), 0.06, 0.06 - 0.04 * Math.sqrt(0.5), 0.02, 0.02
                        },
                        within(1e-12));
    }

    @Test
    void keepsTheRateAndThenDividesItAsZarembaDid() {
        assertThat(epochs(4, new ScheduleSpec.Zaremba(2, 0.5)))
                .containsExactly(new double[] {0.1, 0.1, 0.05, 0.025}, within(1e-15));
    }

    @Test
    void warmsUpBeforeAnotherSchedule() {
        LearningRate rate =
                new LearningRate(0.1, List.of(new ScheduleSpec.Warmup(4), new ScheduleSpec.Exponential(0.5)));
        assertThat(new double[] {rate.at(1, 1), rate.at(1, 4), rate.at(2, 5)})
                .containsExactly(new double[] {0.025, 0.1, 0.05}, within(1e-15));
    }

    @Test
    void fallsWhereTheLossStaysForLongerThanItsPatienceAndRemembersThat() {
        LearningRate rate = new LearningRate(0.1, List.of(new ScheduleSpec.Plateau(0.5, 1)));
        for (double loss : new double[] {2, 1, 1, 0.99999}) {
            assertThat(rate.at(1, 1)).isEqualTo(0.1);
            rate.epochEnded(loss);
        }
        assertThat(rate.at(1, 1)).isEqualTo(0.05);
        rate.epochEnded(1);
        Map<String, String> saved = new HashMap<>();
        rate.save(saved);
        LearningRate other = new LearningRate(0.1, List.of(new ScheduleSpec.Plateau(0.5, 1)));
        other.load(saved);
        other.epochEnded(1);
        assertThat(other.at(1, 1)).isEqualTo(0.025);
    }

    @Test
    void withoutAScheduleTheOptimisersRateIsLeftAlone() {
        LearningRate rate = new LearningRate(0.1, List.of());
        assertThat(rate.constant()).isTrue();
        rate.halve();
        assertThat(rate.constant()).isFalse();
        assertThat(rate.at(3, 9)).isEqualTo(0.05);
    }
}
