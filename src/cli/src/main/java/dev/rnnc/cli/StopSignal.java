package dev.rnnc.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns Ctrl-C into a request: the job ends its current step and saves, and only then does the JVM end. It gives up
 * waiting after {@value #PATIENCE_SECONDS} seconds.
 */
final class StopSignal implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final AtomicBoolean requested = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::requestAndWait, "rnnc-stop");

    /** Listens for the end of the JVM until closed. */
    static StopSignal listen() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /** Asks the job to stop. */
    void request() {
        requested.set(true);
    }

    /** Whether the job was asked to stop. */
    boolean isRequested() {
        return requested.get();
    }

    /** Says that the job has saved what it has; the JVM may end. */
    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending already, which is what the hook is for.
        }
    }

    private void requestAndWait() {
        request();
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("rnnc: the current step did not end within " + PATIENCE_SECONDS + " seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
