package dev.rnnc.runtime.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Norms of a state's gradients, summed over measurements, by time step. */
final class FlowNorms {
    private double[] sums = new double[0];
    private int[] counts = new int[0];
    private double[] squares = new double[0];

    void squares(int step, double square) {
        if (step >= sums.length) {
            sums = Arrays.copyOf(sums, step + 1);
            counts = Arrays.copyOf(counts, step + 1);
            squares = Arrays.copyOf(squares, step + 1);
        }
        squares[step] += square;
    }

    void finish(boolean[] present, int programs) {
        for (int step = 0; step < sums.length; step++) {
            if (step < present.length && present[step]) {
                // Each of several programs had the mean loss over its own part of the rows.
                sums[step] += Math.sqrt(squares[step]) / programs;
                counts[step]++;
            }
            squares[step] = 0;
        }
    }

    String text() {
        return LossSum.numbers(sums) + ";"
                + LossSum.numbers(Arrays.stream(counts).asDoubleStream().toArray());
    }

    static FlowNorms parse(String sums, String counts) {
        FlowNorms norms = new FlowNorms();
        norms.sums = LossSum.numbers(sums);
        norms.counts = Arrays.stream(LossSum.numbers(counts))
                .mapToInt(count -> (int) count)
                .toArray();
        norms.squares = new double[norms.sums.length];
        return norms;
    }

    GradientFlow.Curve curve(String state) {
        List<Double> means = new ArrayList<>();
        for (int step = 0; step < sums.length; step++) {
            means.add(counts[step] == 0 ? 0.0 : sums[step] / counts[step]);
        }
        return new GradientFlow.Curve(state, means);
    }
}
