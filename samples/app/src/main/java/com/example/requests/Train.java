package com.example.requests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/** Trains the model on customers alone, and writes its weights: {@code Train FILE.safetensors [STEPS]}. */
public final class Train {
    private Train() {}

    /** Runs the training. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        int steps = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1500;
        RequestLog model = RequestLog.initialize(1);
        List<Iterator<String>> rows = new ArrayList<>();
        IntStream.range(0, RequestLog.BATCH).forEach(row -> rows.add(new LogGenerator(row, "c", 0).requests()));
        int[] last = new int[RequestLog.BATCH];
        Arrays.fill(last, Event.START);
        int[] event = new int[RequestLog.STEPS * RequestLog.BATCH];
        int[] next = new int[RequestLog.STEPS * RequestLog.BATCH];
        double mean = 0;
        try (RequestLog.Training training = model.newTraining()) {
            for (int step = 1; step <= steps; step++) {
                for (int i = 0; i < event.length; i++) {
                    int row = i % RequestLog.BATCH;
                    event[i] = last[row];
                    last[row] = token(rows.get(row).next());
                    next[i] = last[row];
                }
                double loss = training.step(event, next);
                mean = step == 1 ? loss : 0.95 * mean + 0.05 * loss;
                if (step % 250 == 0) {
                    System.out.printf("step %,d  loss %.4f%n", step, mean);
                }
            }
        }
        model.save(file);
        System.out.printf("wrote %s%nthreshold %.2f%n", file, threshold(model));
    }

    private static int token(String request) {
        return request == null ? Event.START : Event.token("00:00:00.000 c " + request + " 0");
    }

    /** The score that one line in 10,000 of customers exceeds, lines that the training did not see. */
    private static double threshold(RequestLog model) {
        LogGenerator log = new LogGenerator(1_000_003, "c", 0);
        try (Detector detector = new Detector(model)) {
            double[] scores = IntStream.range(0, 200_000)
                    .mapToDouble(i -> detector.observe(log.next()))
                    .sorted()
                    .toArray();
            return scores[scores.length - scores.length / 10_000 - 1];
        }
    }
}
