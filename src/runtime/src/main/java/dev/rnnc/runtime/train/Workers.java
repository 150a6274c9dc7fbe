package dev.rnnc.runtime.train;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed set of threads that make the tasks of one job after another together with the calling thread. Which thread makes
 * which task is left to chance, so a task must not depend on it. Threads that wait first spin, then sleep; nobody waits for
 * one that was too late to find a task. A job allocates nothing.
 */
final class Workers implements AutoCloseable {
    /** What is left to one thread between two jobs takes less, mostly; longer waits give the core back. */
    private static final long SPIN_NANOS = 100_000;

    private final Thread[] threads;
    /** The number of the job and, in the lower half, how many of its tasks nobody has taken. */
    private final AtomicLong open = new AtomicLong();

    private final AtomicInteger unfinished = new AtomicInteger();
    private IntConsumer task;
    private Thread caller;
    private volatile boolean closed;
    private volatile Throwable failure;

    /** @param count threads that work on a job, the calling one among them; at least 1 */
    Workers(int count) {
        threads = new Thread[count - 1];
        for (int i = 0; i < threads.length; i++) {
            threads[i] =
                    Thread.ofPlatform().daemon().name("rnnc-train-" + (i + 1)).unstarted(this::serve);
        }
        for (Thread thread : threads) {
            thread.start();
        }
    }

    /** Makes {@code work} for 0 to {@code count} - 1 and returns when all is done; throws what a task threw. */
    void run(int count, IntConsumer work) {
        if (threads.length == 0 || count == 1) {
            for (int i = 0; i < count; i++) {
                work.accept(i);
            }
            return;
        }
        task = work;
        caller = Thread.currentThread();
        failure = null;
        unfinished.set(count);
        long job = (open.get() >>> Integer.SIZE) + 1;
        open.set(job << Integer.SIZE | count);
        for (int i = 0; i < Math.min(threads.length, count - 1); i++) {
            LockSupport.unpark(threads[i]);
        }
        work();
        long start = System.nanoTime();
        while (unfinished.get() > 0) {
            pause(start);
        }
        Throwable thrown = failure;
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
    }

    /** Ends the threads. */
    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }

    private void serve() {
        while (!closed) {
            work();
            long start = System.nanoTime();
            while ((int) open.get() == 0 && !closed) {
                pause(start);
            }
        }
    }

    /** Takes tasks until none is left, the last one first. */
    private void work() {
        for (long now = open.get(); (int) now > 0; now = open.get()) {
            // Fails where another thread took the task, or the job is another one by now.
            if (open.compareAndSet(now, now - 1)) {
                try {
                    task.accept((int) now - 1);
                } catch (RuntimeException | Error e) {
                    failure = e;
                }
                if (unfinished.decrementAndGet() == 0) {
                    LockSupport.unpark(caller);
                }
            }
        }
    }

    private static void pause(long start) {
        if (System.nanoTime() - start < SPIN_NANOS) {
            Thread.onSpinWait();
        } else {
            LockSupport.park();
        }
    }
}
