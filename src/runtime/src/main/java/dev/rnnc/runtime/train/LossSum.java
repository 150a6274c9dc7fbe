package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The loss of many runs: what the model's loss says of all their rows at once, however they were cut into batches. A mean
 * is the sum of numerators over the sum of denominators, be these numbers of rows or steps, or sums of weights; several
 * means in one loss are each put together so; what a loss adds up over rows adds up over runs. The programs say what their
 * loss is made of.
 *
 * <p>A loss that is nothing of the kind, such as the root of a mean, has no such value: it is then the mean of the runs'
 * losses, weighted by their targets, and depends on the batch.
 */
public final class LossSum {
    private double[] numerators = {};
    private double[] counts = {};
    private double sum;

    /** Nothing yet. */
    public LossSum() {}

    /**
     * Adds the last run of a program with a loss.
     *
     * @param targets the number of targets of the run, which it counts by where the loss cannot be put together
     */
    public void add(Program program, long targets) {
        add(LossParts.of(program.spec()), program, targets, 1);
    }

    /** @param share of the run that counts */
    void add(LossParts parts, Program program, long targets, double share) {
        switch (parts.form()) {
            case MEAN, SUM, SEVERAL -> {
                add(parts.numerators(program), parts.counts(program), share);
                sum += share * parts.sum(program);
            }
            case OTHER -> add(new double[] {program.loss() * targets}, new double[] {targets}, share);
        }
    }

    /** Adds what another has gathered. */
    void add(LossSum other) {
        add(other.numerators, other.counts, 1);
        sum += other.sum;
    }

    private void add(double[] above, double[] below, double share) {
        if (numerators.length < above.length) {
            numerators = Arrays.copyOf(numerators, above.length);
            counts = Arrays.copyOf(counts, above.length);
        }
        for (int i = 0; i < above.length; i++) {
            // A run in which nothing counts has no mean, and may say so by NaN.
            if (below[i] != 0) {
                numerators[i] += share * above[i];
                counts[i] += share * below[i];
            }
        }
    }

    /** Whether nothing was added that counts. */
    boolean isEmpty() {
        return sum == 0 && Arrays.stream(counts).allMatch(n -> n == 0);
    }

    /** The loss of all runs so far; a mean of nothing is 0. */
    public double value() {
        double loss = sum;
        for (int i = 0; i < counts.length; i++) {
            loss += counts[i] == 0 ? 0 : numerators[i] / counts[i];
        }
        return loss;
    }

    /**
     * Has the loss of an evaluation program's next runs leave out its first rows, as those that a batch was filled up with.
     *
     * @param rows how many, from 0 to all; 0, as at first, for none
     */
    public static void leaveOut(Program program, int rows) {
        boolean heeds = program.spec().ports().stream().anyMatch(p -> p.role() == Role.UNCOUNTED_ROWS);
        if (!heeds) {
            return;
        }
        PortSpec port = Ports.port(program, PortSpec.UNCOUNTED_ROWS);
        MemorySegment segment = program.segment(port.name());
        int stride = program.rowStride(port);
        for (int row = 0; row < program.spec().batch(); row++) {
            int out = row < rows ? 1 : 0;
            switch (program.parameters().spec().precision()) {
                case FLOAT -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * stride, out);
                case DOUBLE -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, (long) row * stride, out);
            }
        }
    }

    /** What was gathered, as text that {@link #parse} reads. */
    String text() {
        return numbers(numerators) + ";" + numbers(counts) + ";" + sum;
    }

    static LossSum parse(String text) {
        String[] fields = text.split(";", -1);
        LossSum loss = new LossSum();
        loss.numerators = numbers(fields[0]);
        loss.counts = numbers(fields[1]);
        loss.sum = Double.parseDouble(fields[2]);
        return loss;
    }

    static String numbers(double[] values) {
        return Arrays.stream(values).mapToObj(Double::toString).collect(Collectors.joining(","));
    }

    static double[] numbers(String text) {
        return text.isEmpty()
                ? new double[0]
                : Arrays.stream(text.split(","))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
    }
}
