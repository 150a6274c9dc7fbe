package com.example.requests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * Reads a log line by line in several threads and names the clients that behave unusually: {@code Main [THREADS [LINES]]}
 * for a made-up log, {@code Main THREADS FILE} for one of your own.
 */
public final class Main {
    private static final int WARM_UP = 300_000;

    private Main() {}

    /** What one thread found. */
    private record Found(Histogram nanoseconds, Set<String> clients, Set<String> flagged, long lines) {}

    /** Runs the detector. */
    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 4;
        String log = arguments.length > 1 ? arguments[1] : "1000000";
        RequestLog model = model();
        List<Future<Found>> running = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            if (log.matches("\\d+")) {
                warmUp(model);
            }
            long start = System.nanoTime();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                running.add(pool.submit(() -> log.matches("\\d+")
                        ? observe(
                                model,
                                new LogGenerator(77 + thread, "t" + thread + "c", 0.02),
                                Long.parseLong(log) / threads)
                        : observe(model, Path.of(log), thread, threads)));
            }
            report(running, start);
        }
    }

    /** The model with the weights that the jar brings along. */
    static RequestLog model() throws IOException {
        try (InputStream weights = Main.class.getResourceAsStream("request-log.safetensors")) {
            return RequestLog.load(weights);
        }
    }

    /** Gives the JIT compiler time, as a service that has been up for a second had. */
    private static void warmUp(RequestLog model) {
        observe(model, new LogGenerator(1, "w", 0.02), WARM_UP);
    }

    /** Lines of a file whose clients are this thread's. */
    private static Found observe(RequestLog model, Path file, int thread, int threads) {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            Iterator<String> mine = reader.lines()
                    .filter(line -> Math.floorMod(Event.client(line).hashCode(), threads) == thread)
                    .iterator();
            return observe(model, mine, Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Found observe(RequestLog model, Iterator<String> lines, long most) {
        Histogram nanoseconds = new Histogram(3);
        Set<String> clients = new HashSet<>();
        Set<String> flagged = new HashSet<>();
        long count = 0;
        try (Detector detector = new Detector(model)) {
            for (; count < most && lines.hasNext(); count++) {
                String line = lines.next();
                long start = System.nanoTime();
                double score = detector.observe(line);
                nanoseconds.recordValue(System.nanoTime() - start);
                clients.add(Event.client(line));
                if (score > Detector.THRESHOLD) {
                    flagged.add(Event.client(line));
                }
            }
        }
        return new Found(nanoseconds, clients, flagged, count);
    }

    private static void report(List<Future<Found>> running, long start)
            throws InterruptedException, ExecutionException {
        Histogram all = new Histogram(3);
        long lines = 0;
        long clients = 0;
        long flagged = 0;
        long strange = 0;
        long found = 0;
        for (Future<Found> future : running) {
            Found one = future.get();
            all.add(one.nanoseconds());
            lines += one.lines();
            clients += one.clients().size();
            flagged += one.flagged().size();
            strange += one.clients().stream().filter(c -> c.endsWith("x")).count();
            found += one.flagged().stream().filter(c -> c.endsWith("x")).count();
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        System.out.printf(
                "%,d lines of %,d clients in %d threads: %,.0f lines/s%n",
                lines, clients, running.size(), lines / seconds);
        System.out.printf("%,d clients flagged", flagged);
        System.out.printf(strange == 0 ? "%n" : ", %,d of the %,d strangers among them%n", found, strange);
        System.out.println("time for one line, in microseconds:");
        for (double percentile : new double[] {50, 90, 99, 99.9, 99.99, 100}) {
            System.out.printf("  %6s %%  %10.2f%n", percentile, all.getValueAtPercentile(percentile) * 1e-3);
        }
    }
}
