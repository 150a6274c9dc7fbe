package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Step;
import java.util.List;

/** What a method of a program does, in order. */
public sealed interface Action {
    /** Calls a kernel. */
    record Call(Step.Call call) implements Action {}

    /**
     * Calls another method of the program, handing on what it receives. {@code line} is the line of the model's file that
     * the method stands for, 0 where it is but a part of the caller.
     */
    record Invoke(String method, Method.Receives receives, int line) implements Action {}

    /**
     * Runs over time steps {@code t}, from the first or from the last.
     *
     * @param some whether over those from {@code begin} to {@code end} only; else over all that are below {@code steps}
     * @param turn steps of a turn, of which {@code t} is the first to run; what is left over is not run
     * @param done where it runs what turns of that many steps leave, their number; else 0
     */
    record OverTime(boolean backward, boolean some, int turn, int done, List<Action> body) implements Action {
        public OverTime {
            body = List.copyOf(body);
        }
    }

    /**
     * Runs over the time steps below {@code steps}, some at once: {@code begin} is the first of them and {@code end} is
     * behind the last.
     *
     * @param backward whether it starts with the last of the run
     * @param chunk how many at once, or what is left
     * @param done where it runs what turns of that many steps leave, their number; else 0
     */
    record OverSomeSteps(boolean backward, int chunk, int done, List<Action> body) implements Action {
        public OverSomeSteps {
            body = List.copyOf(body);
        }
    }

    /** Runs where the run has exactly that many steps. */
    record ForSteps(int steps, List<Action> body) implements Action {
        public ForSteps {
            body = List.copyOf(body);
        }
    }

    /** Runs over rows in chunks: {@code from} is a chunk's first row and {@code to} is behind its last. */
    record InChunks(Index rows, int chunk, List<Action> body) implements Action {
        public InChunks {
            body = List.copyOf(body);
        }
    }
}
