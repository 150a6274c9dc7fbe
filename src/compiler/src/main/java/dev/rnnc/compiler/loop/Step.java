package dev.rnnc.compiler.loop;

import java.util.List;
import java.util.Optional;

/** A step of a routine. */
public sealed interface Step {
    /** Calls a kernel; {@code comment} says what for. */
    record Call(Kernel kernel, List<Argument> arguments, Comment comment) implements Step {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * Runs over the time steps {@code t} of the run, from the first or from the last.
     *
     * @param name the layer's
     * @param body what one step does
     * @param turn what several steps do, where the loop is unrolled: {@code body} then runs for those that are left over
     */
    record TimeLoop(String name, boolean backward, List<Step> body, Optional<Turn> turn, Comment comment)
            implements Step {
        public TimeLoop {
            body = List.copyOf(body);
        }

        /** A loop that is not unrolled. */
        public TimeLoop(String name, boolean backward, List<Step> body, Comment comment) {
            this(name, backward, body, Optional.empty(), comment);
        }
    }

    /**
     * Several steps of a loop over time in one go.
     *
     * @param steps how many
     * @param whole whether they are all steps of a run of that length, so that {@code body} mentions neither {@code t}
     *     nor {@code steps}; else {@code t} is the first of them to run
     * @param body what they do
     */
    record Turn(int steps, boolean whole, List<Step> body) {
        public Turn {
            body = List.copyOf(body);
        }
    }

    /** Runs over rows in chunks: {@code from} is a chunk's first row and {@code to} is behind its last. */
    record ChunkLoop(Index rows, int chunk, List<Step> body) implements Step {
        public ChunkLoop {
            body = List.copyOf(body);
        }
    }
}
