package dev.rnnc.runtime.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedTimerTest {
    @Test
    void everyWorkGetsTheSameNumberOfBlocksInTurn() {
        List<String> order = new ArrayList<>();
        PairedTimer timer = new PairedTimer(3, 0, 0);

        List<Readings> readings = timer.measure(List.of(() -> order.add("a"), () -> order.add("b")));

        assertThat(readings).hasSize(2).allSatisfy(r -> assertThat(r.nanos()).hasSize(3));
        assertThat(String.join("", order)).endsWith("ababab");
    }

    @Test
    void aBlockIsFilledWithCalls() {
        // The JIT may fold many calls into one addition: an int would overflow.
        long[] calls = {0};

        List<Readings> readings = new PairedTimer(2, 0.01, 0.02).measure(List.of(() -> calls[0]++));

        assertThat(calls[0]).isGreaterThan(100);
        assertThat(readings.getFirst().median()).isPositive();
    }

    @Test
    void medianAndSpreadAreThoseOfTheReadings() {
        Readings readings = new Readings(new double[] {5, 1, 4, 2, 3});

        assertThat(readings.median()).isEqualTo(3);
        assertThat(readings.best()).isEqualTo(1);
        assertThat(readings.spread()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(new Readings(new double[] {1, 2}).median()).isEqualTo(1.5);
    }

    @Test
    void senselessSettingsAreRefused() {
        assertThatThrownBy(() -> new PairedTimer(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PairedTimer(1, Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Readings(new double[0])).isInstanceOf(IllegalArgumentException.class);
    }
}
