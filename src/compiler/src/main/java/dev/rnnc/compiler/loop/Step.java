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
     * @param ahead what is done for several steps at once in front of them
     * @param body what one step does
     * @param turn what several steps do, where the loop is unrolled: {@code body} then runs for those that are left over
     */
    record TimeLoop(
            String name, boolean backward, Optional<Ahead> ahead, List<Step> body, Optional<Turn> turn, Comment comment)
            implements Step {
        public TimeLoop {
            body = List.copyOf(body);
        }
    }

    /**
     * Work for some steps of a loop over time, at once and in front of them. In its body and in the loop's, {@code begin}
     * is the first of these time steps and {@code end} is behind the last.
     *
     * @param steps how many; fewer remain for the last time where the run's are no multiple
     * @param body what is done
     */
    record Ahead(int steps, List<Step> body) {
        public Ahead {
            body = List.copyOf(body);
        }
    }

    /**
     * Several steps of a loop over time in one go.
     *
     * @param steps how many
     * @param whole whether they are all steps of a run of that length, with what is done ahead of them, so that {@code
     *     body} mentions neither {@code t} nor {@code steps}; else {@code t} is the first of them to run
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
