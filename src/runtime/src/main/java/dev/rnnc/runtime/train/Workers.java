package dev.rnnc.runtime.train;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed set of threads that make the tasks of one job after another together with the calling thread. Which thread makes
 * which task is left to chance, so a task must not depend on it. Threads that wait first spin, then sleep. A job
 * allocates nothing.
 */
final class Workers implements AutoCloseable {
    /** Some 100 microseconds: what a step's short sequential part may take. */
    private static final int SPINS = 2_500;

    private final Thread[] threads;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private IntConsumer task;
    private int tasks;
    private Thread caller;
    private volatile int job;
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

    /** Makes {@code task} for 0 to {@code count} - 1 and returns when all are done; throws what a task threw. */
    void run(int count, IntConsumer work) {
        if (threads.length == 0 || count == 1) {
            for (int i = 0; i < count; i++) {
                work.accept(i);
            }
            return;
        }
        task = work;
        tasks = count;
        caller = Thread.currentThread();
        failure = null;
        next.set(0);
        busy.set(threads.length);
        job++;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        work();
        for (int spins = 0; busy.get() > 0; spins++) {
            pause(spins);
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
        int done = 0;
        while (true) {
            for (int spins = 0; job == done && !closed; spins++) {
                pause(spins);
            }
            if (closed) {
                return;
            }
            done = job;
            work();
            if (busy.decrementAndGet() == 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    private void work() {
        for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
            try {
                task.accept(i);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }
    }

    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.park();
        }
    }
}
