package dev.rnnc.compiler.loop;

import java.util.List;

/** A step of a routine. */
public sealed interface Step {
    /** Calls a kernel; {@code comment} says what for. */
    record Call(Kernel kernel, List<Argument> arguments, Comment comment) implements Step {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /** Runs over the time steps {@code t} of the run, from the first or from the last. */
    record TimeLoop(String name, boolean backward, List<Step> body, Comment comment) implements Step {
        public TimeLoop {
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
