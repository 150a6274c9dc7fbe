package dev.rnnc.compiler.loop;

import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramSpec;
import java.util.List;

/**
 * A program ready for a backend.
 *
 * @param spec what it computes and its ports
 * @param precision type of all real numbers
 * @param lanes lanes of a vector; 1 for plain numbers
 * @param buffers all memory
 * @param refresh what to do after the parameters changed
 * @param forward the forward pass
 * @param backward BPTT; empty without gradients
 * @param loss the buffer whose first element is the loss, or null
 * @param hasGradients whether it computes the gradients of the parameters
 */
public record LoopProgram(
        ProgramSpec spec,
        Precision precision,
        int lanes,
        List<Buffer> buffers,
        List<Step> refresh,
        List<Step> forward,
        List<Step> backward,
        Buffer loss,
        boolean hasGradients) {
    public LoopProgram {
        buffers = List.copyOf(buffers);
        refresh = List.copyOf(refresh);
        forward = List.copyOf(forward);
        backward = List.copyOf(backward);
    }
}
