package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Program;
import java.time.Duration;

/**
 * Lets the JVM compile a program's code before the first real run. Emitted kernels are slow by a factor of thousands until
 * HotSpot has compiled them, one after another; runs of one time step enter all of them early, so that its compilers have
 * the whole queue at once while no long run waits inside of one kernel.
 */
public final class WarmUp {
    /** Runs after which HotSpot has asked for all that is worth compiling, with the launcher's flags. */
    private static final int RUNS = 60;

    /** Training steps that make the warm-up worth its time. */
    static final int WORTHWHILE = 100;

    private static final Duration LONGEST = Duration.ofSeconds(5);

    private WarmUp() {}

    /** Runs single time steps on whatever the inputs hold, at most for some seconds; then all states are zero. */
    public static void run(Program program) {
        long end = System.nanoTime() + LONGEST.toNanos();
        for (int i = 0; i < RUNS && System.nanoTime() < end; i++) {
            program.run(1);
            program.refresh();
        }
        program.resetStates();
    }
}
