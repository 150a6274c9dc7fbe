package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void makeEachTaskOfEachJobOnce(int threads) {
        AtomicIntegerArray made = new AtomicIntegerArray(5);
        try (Workers workers = new Workers(threads)) {
            for (int job = 1; job <= 2000; job++) {
                workers.run(5, made::incrementAndGet);
                for (int task = 0; task < 5; task++) {
                    assertThat(made.get(task)).isEqualTo(job);
                }
            }
        }
    }

    @Test
    void throwWhatATaskThrowsAndGoOn() {
        try (Workers workers = new Workers(3)) {
            assertThatThrownBy(() -> workers.run(4, task -> {
                        if (task == 2) {
                            throw new IllegalStateException("task two");
                        }
                    }))
                    .hasMessage("task two");
            workers.run(4, task -> {});
        }
    }
}
