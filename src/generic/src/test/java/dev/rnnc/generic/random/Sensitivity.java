package dev.rnnc.generic.random;

import dev.rnnc.compiler.model.Model;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** How far results move where the numbers that go in do, in the generic engine in double. */
final class Sensitivity {
    private static final int TRIES = 4;
    /** About 16 units in the last place of a float: as much as some hundred roundings on the way. */
    private static final double BY = 1e-6;

    private static final double MARGIN = 10;

    private Sensitivity() {}

    /** For each element of each result a multiple of the farthest move seen. */
    static Map<String, double[]> of(Model model, Given given, Map<String, double[]> results, Random random) {
        Map<String, double[]> moves = new TreeMap<>();
        results.forEach((name, values) -> moves.put(name, new double[values.length]));
        for (int n = 0; n < TRIES; n++) {
            Map<String, double[]> moved = new TreeMap<>();
            given.reals().forEach((name, values) -> {
                double[] near = values.clone();
                for (int i = 0; i < near.length; i++) {
                    near[i] += BY * (2 * random.nextDouble() - 1) * Math.max(0.1, Math.abs(near[i]));
                }
                moved.put(name, near);
            });
            Engine.run(model, given.withAll(moved), given.steps(), false).forEach((name, values) -> {
                double[] farthest = moves.get(name);
                double widest = 0;
                for (int i = 0; i < values.length; i++) {
                    farthest[i] = Math.max(farthest[i], MARGIN * Math.abs(values[i] - results.get(name)[i]));
                    widest = Math.max(widest, farthest[i]);
                }
                // Where one element jumps another may in the next try.
                if (widest > 1e-3) {
                    Arrays.fill(farthest, widest);
                }
            });
        }
        return moves;
    }
}
