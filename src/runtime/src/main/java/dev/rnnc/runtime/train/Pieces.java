package dev.rnnc.runtime.train;

import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How windows are cut in time: truncated backpropagation through time with an update every k1 steps and errors that go
 * back k2, after Williams and Peng, "An Efficient Gradient-Based Algorithm for On-Line Training of Recurrent Network
 * Trajectories" (1990), and Sutskever, "Training Recurrent Neural Networks" (2013), section 2.8.6.
 *
 * <p>Where k2 is at most k1, the steps between two updates are cut into pieces of k2, whose gradients make one update
 * together. Where it is more, the pieces overlap: each starts where an earlier one ended, at most k2 steps before its own
 * end. Remainders are shorter pieces, so every step of a window is trained. No error leaves its window.
 */
final class Pieces {
    private final boolean truncated;
    private final int every;
    private final int back;
    private final Map<Integer, List<Piece>> known = new HashMap<>();

    /**
     * One run of a program.
     *
     * @param from first step within the window
     * @param steps number of steps
     * @param fresh how many of them, the last ones, no earlier piece had
     * @param update whether the parameters change after it
     */
    record Piece(int from, int steps, int fresh, boolean update) {
        int end() {
            return from + steps;
        }
    }

    Pieces(TrainSettings settings) {
        this.truncated = settings.truncated();
        this.every = settings.loop().updateEvery();
        this.back = settings.loop().backpropagate();
    }

    /** Whether a piece may start before the one ahead of it ended. */
    boolean overlap() {
        return truncated && back > every;
    }

    /** The pieces of a window of that many steps, in order. */
    List<Piece> of(int steps) {
        return known.computeIfAbsent(steps, this::cut);
    }

    private List<Piece> cut(int steps) {
        if (!truncated) {
            return List.of(new Piece(0, steps, steps, true));
        }
        List<Piece> pieces = new ArrayList<>();
        for (int start = 0; start < steps; start += Math.min(every, steps - start)) {
            int end = start + Math.min(every, steps - start);
            if (back > every) {
                // The earliest border of updates that is at most k2 steps away; states are known at borders only.
                int earliest = Math.max(0, end - back);
                int from = (earliest + every - 1) / every * every;
                pieces.add(new Piece(from, end - from, end - start, true));
            } else {
                for (int from = start; from < end; from += Math.min(back, end - from)) {
                    int length = Math.min(back, end - from);
                    pieces.add(new Piece(from, length, length, from + length == end));
                }
            }
        }
        return List.copyOf(pieces);
    }
}
