package dev.rnnc.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Turns Ctrl-C into a request: the job ends its current step and saves, however long that takes. A second Ctrl-C ends the JVM
 * at once. Where the JVM is told to end in another way, it waits for the job at most {@value #PATIENCE_SECONDS} seconds.
 */
final class StopSignal implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final Runnable request;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final AtomicInteger pressed = new AtomicInteger();
    private final Thread hook = new Thread(this::requestAndWait, "rnnc-stop");
    private final CtrlC keys = CtrlC.listen(this::pressed);

    private StopSignal(Runnable request) {
        this.request = request;
    }

    /** Listens until closed; {@code request} then asks the job to stop, from another thread. */
    static StopSignal listen(Runnable request) {
        StopSignal signal = new StopSignal(request);
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /** Says that the job has saved what it has; the JVM may end. */
    @Override
    public void close() {
        finished.countDown();
        keys.close();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending already, which is what the hook is for.
        }
    }

    private void pressed() {
        if (pressed.incrementAndGet() == 1) {
            System.err.println("\nstopping after this step; press Ctrl-C again to end at once");
            request.run();
        } else {
            // The hook waits no more; files that are half written go as the JVM ends.
            finished.countDown();
            System.exit(ExitCode.INTERRUPTED);
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
