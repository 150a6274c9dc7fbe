package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
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

    @Test
    void wakeThreadsThatSleepSinceTheLastJob() throws InterruptedException {
        AtomicIntegerArray made = new AtomicIntegerArray(2);
        try (Workers workers = new Workers(2)) {
            for (int job = 1; job <= 5; job++) {
                Thread.sleep(2);
                CountDownLatch both = new CountDownLatch(2);
                // Each task waits for the other, so two threads must be at it.
                workers.run(2, task -> {
                    both.countDown();
                    try {
                        both.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    made.incrementAndGet(task);
                });
            }
        }
        assertThat(made.get(0)).isEqualTo(5);
        assertThat(made.get(1)).isEqualTo(5);
    }

    @Test
    void endTheirThreadsWhenClosed() throws InterruptedException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Workers workers = new Workers(4);
        workers.run(8, task -> {});
        List<Thread> own = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("rnnc-train-") && !before.contains(thread))
                .toList();
        assertThat(own).hasSize(3);
        workers.close();
        for (Thread thread : own) {
            thread.join();
        }
    }
}
