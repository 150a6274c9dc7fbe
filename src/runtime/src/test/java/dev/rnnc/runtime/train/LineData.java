package dev.rnnc.runtime.train;

import dev.rnnc.runtime.LinearModel;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.random.CounterRandom;
import java.util.Arrays;

/** Points of {@code y = 2 x0 - x1 + 0.5}: some steps of some rows, in windows of {@code window} steps, the last shorter. */
final class LineData implements BatchSource {
    final double[][] x;
    final double[][] target;
    private final int window;

    LineData(long stream, int steps, int batch, int window) {
        this.x = new double[steps][2 * batch];
        this.target = new double[steps][batch];
        this.window = window;
        CounterRandom random = new CounterRandom(23, stream);
        for (int step = 0; step < steps; step++) {
            for (int row = 0; row < batch; row++) {
                x[step][2 * row] = random.nextNormal();
                x[step][2 * row + 1] = random.nextNormal();
                target[step][row] = 2 * x[step][2 * row] - x[step][2 * row + 1] + 0.5 + 0.1 * random.nextNormal();
            }
        }
    }

    @Override
    public int windows() {
        return (x.length + window - 1) / window;
    }

    @Override
    public int load(int index, Program program) {
        int from = index * window;
        int to = Math.min(from + window, x.length);
        Ports.write(program, LinearModel.X, flat(x, from, to), to - from);
        Ports.write(program, LinearModel.TARGET, flat(target, from, to), to - from);
        return to - from;
    }

    @Override
    public boolean startsSequence(int index) {
        return index == 0;
    }

    @Override
    public long elements(int index) {
        return (long) Math.min(window, x.length - index * window) * target[0].length;
    }

    private static double[] flat(double[][] values, int from, int to) {
        return Arrays.stream(values, from, to).flatMapToDouble(Arrays::stream).toArray();
    }
}
