package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;

/** What a stretch of a routine is for, so that {@link LifetimeVerifier} can say what should be in memory when. */
sealed interface Account {
    /**
     * A value, and memory that holds it.
     *
     * @param rows how many rows there are, to which the value's own are repeated
     */
    record Use(Value value, View view, Rows rows) {
        Use(Value value, View view) {
            this(value, view, value.type().rows());
        }
    }

    /**
     * Work in one moment: {@code steps} read values and leave others.
     *
     * @param what what it computes, for a message
     */
    record Work(Value what, List<Use> reads, List<Use> writes, List<Step> steps) implements Account {
        public Work {
            reads = List.copyOf(reads);
            writes = List.copyOf(writes);
            steps = List.copyOf(steps);
        }
    }

    /**
     * A loop over time.
     *
     * @param chunk how many steps {@code ahead} is for at once; 0 without
     * @param ahead what is done for these in front of them
     * @param body what one step does
     */
    record Loop(Value scan, Op.Scan op, int chunk, List<Work> ahead, List<Work> body) implements Account {}
}
