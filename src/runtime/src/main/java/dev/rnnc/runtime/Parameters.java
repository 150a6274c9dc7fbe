package dev.rnnc.runtime;

import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The parameters of one model: a flat array aligned to 64 bytes, with a dense row-major slice for each parameter. The
 * elements between slices are zero and stay zero, so that element-wise work may run over the whole array.
 */
public final class Parameters {
    private final ModelSpec spec;
    private final MemorySegment data;

    /** Allocates zeroed parameters; the memory lives as long as this object is reachable. */
    public Parameters(ModelSpec spec) {
        this.spec = spec;
        this.data = Arena.ofAuto()
                .allocate(
                        Math.max(64, spec.parameterElements() * spec.precision().bytes()), 64);
    }

    /** The model these belong to. */
    public ModelSpec spec() {
        return spec;
    }

    /** The slices, in order. */
    public List<ParameterSpec> slices() {
        return spec.parameters();
    }

    /** The whole array, {@code spec().parameterElements()} elements of {@code spec().precision()}. */
    public MemorySegment data() {
        return data;
    }
}
