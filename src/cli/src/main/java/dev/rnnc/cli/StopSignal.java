package dev.rnnc.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C into a request: the job ends its current step and saves, and only then does the JVM end. It gives up
 * waiting after {@value #PATIENCE_SECONDS} seconds.
 */
final class StopSignal implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final Runnable request;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::requestAndWait, "rnnc-stop");

    private StopSignal(Runnable request) {
        this.request = request;
    }

    /** Listens for the end of the JVM until closed; {@code request} then asks the job to stop, from another thread. */
    static StopSignal listen(Runnable request) {
        StopSignal signal = new StopSignal(request);
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
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
        request.run();
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("rnnc: the current step did not end within " + PATIENCE_SECONDS + " seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
