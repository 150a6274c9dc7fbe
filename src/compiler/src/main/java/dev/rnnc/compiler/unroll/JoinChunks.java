package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Joins loops over the same chunks of rows that read some of the same memory, as the gradients of a layer's two weights
 * do: the second then finds in the second cache what the first has read.
 *
 * <pre>{@code
 * for chunk { dU += dz h^T }  dW = 0  for chunk { dW += dz x^T }   ->   dW = 0  for chunk { dU += dz h^T  dW += dz x^T }
 * }</pre>
 *
 * The earlier loop moves to the later one, past steps that do not touch what it writes nor write what it reads. No sum
 * changes the order of its terms.
 */
public final class JoinChunks {
    private JoinChunks() {}

    /** {@code program} with its loops over chunks joined. */
    public static LoopProgram apply(LoopProgram program) {
        return new LoopProgram(
                program.spec(),
                program.precision(),
                program.lanes(),
                program.buffers(),
                program.refresh(),
                steps(program.forward()),
                steps(program.backward()),
                program.loss(),
                program.hasGradients());
    }

    private static List<Step> steps(List<Step> steps) {
        List<Step> joined = new ArrayList<>();
        List<Accesses> accesses = new ArrayList<>();
        for (Step step : steps) {
            Step.ChunkLoop next = step instanceof Step.ChunkLoop later ? join(joined, accesses, later) : null;
            joined.add(next == null ? step : next);
            accesses.add(Accesses.of(joined.getLast()));
        }
        return joined;
    }

    /**
     * {@code later}, with what the loop before it does that it can be joined with, taken out of {@code before}.
     *
     * @param accesses those of each step of {@code before}
     */
    private static Step.ChunkLoop join(List<Step> before, List<Accesses> accesses, Step.ChunkLoop later) {
        Accesses own = Accesses.of(later);
        Set<Buffer> read = new HashSet<>(own.read());
        Set<Buffer> written = new HashSet<>(own.written());
        for (int i = before.size() - 1; i >= 0 && !(before.get(i) instanceof Step.TimeLoop); i--) {
            Accesses here = accesses.get(i);
            if (before.get(i) instanceof Step.ChunkLoop earlier
                    && earlier.rows().equals(later.rows())
                    && earlier.chunk() == later.chunk()
                    && !Collections.disjoint(here.read(), own.read())
                    && here.isIndependentOf(read, written)) {
                before.remove(i);
                accesses.remove(i);
                List<Step> body = new ArrayList<>(earlier.body());
                body.addAll(later.body());
                return new Step.ChunkLoop(later.rows(), later.chunk(), body);
            }
            read.addAll(here.read());
            written.addAll(here.written());
        }
        return later;
    }
}
