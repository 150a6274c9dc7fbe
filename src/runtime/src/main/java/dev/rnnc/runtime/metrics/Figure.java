package dev.rnnc.runtime.metrics;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A result of a {@link Metric}. */
public sealed interface Figure {
    /** What it is called, as in {@code accuracy}. */
    String name();

    /**
     * One number.
     *
     * @param unit what it is in
     */
    record Number(String name, double value, Unit unit) implements Figure {}

    /** One number for each class that occurs. */
    record PerClass(String name, SortedMap<Integer, Double> values) implements Figure {
        public PerClass {
            values = new TreeMap<>(values);
        }
    }

    /**
     * How often each class was answered where another was true.
     *
     * @param counts from the true class to the answer to how often; what never happened is absent
     */
    record Matrix(String name, SortedMap<Integer, SortedMap<Integer, Long>> counts) implements Figure {
        public Matrix {
            SortedMap<Integer, SortedMap<Integer, Long>> copy = new TreeMap<>();
            counts.forEach((truth, row) -> copy.put(truth, new TreeMap<>(row)));
            counts = copy;
        }

        /** How often {@code answer} was given where {@code truth} was true. */
        public long count(int truth, int answer) {
            Map<Integer, Long> row = counts.get(truth);
            return row == null ? 0 : row.getOrDefault(answer, 0L);
        }
    }

    /** What a number is in. */
    enum Unit {
        /** A share from 0 to 1. */
        SHARE,
        /** Bits. */
        BITS,
        /** What the targets are in. */
        TARGET,
        /** A plain number. */
        NUMBER
    }
}
