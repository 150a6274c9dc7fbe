package dev.rnnc.runtime;

import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/**
 * The parameters of one model: a flat array aligned to 64 bytes, with a dense row-major slice for each parameter. The
 * elements between slices are zero and stay zero, so that element-wise work may run over the whole array.
 */
public final class Parameters {
    private final ModelSpec spec;
    private final MemorySegment data;

    /**
     * Allocates zeroed parameters; the memory lives as long as this object is reachable.
     *
     * @throws IncompatibleModelException if the model was compiled for another version of the runtime
     */
    public Parameters(ModelSpec spec) {
        if (spec.abi() != CompiledModel.ABI) {
            throw new IncompatibleModelException(
                    "model %s was compiled for ABI %s of rnnc's runtime, and this runtime has ABI %s: "
                                    .formatted(spec.name(), spec.abi(), CompiledModel.ABI)
                            + "compile the model again, or run it with the runtime of its compiler");
        }
        this.spec = spec;
        this.data = Arena.ofAuto()
                // A line more than needed, because the last vector of a slice may reach beyond it.
                .allocate(spec.parameterElements() * spec.precision().bytes() + 64, 64);
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

    /**
     * The slice of that name.
     *
     * @throws IllegalArgumentException if the model has no such parameter
     */
    public ParameterSpec slice(String name) {
        for (ParameterSpec parameter : spec.parameters()) {
            if (parameter.name().equals(name)) {
                return parameter;
            }
        }
        throw new IllegalArgumentException("model " + spec.name() + " has no parameter '" + name + "'; it has "
                + spec.parameters().stream().map(ParameterSpec::name).toList());
    }

    /** A copy of one parameter's elements, row-major. */
    public double[] values(String name) {
        return read(data, slice(name));
    }

    /** A copy of one parameter's elements, row-major, rounded to float. */
    public float[] floats(String name) {
        double[] values = values(name);
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /**
     * Replaces one parameter's elements. Programs see them after {@link Program#refresh}.
     *
     * @param values row-major, as many as the parameter has elements
     */
    public void set(String name, double[] values) {
        ParameterSpec parameter = slice(name);
        if (values.length != parameter.size()) {
            throw new IllegalArgumentException("parameter " + name + parameter.shape() + " has " + parameter.size()
                    + " elements, but " + values.length + " values were given");
        }
        switch (spec.precision()) {
            case FLOAT -> {
                for (int i = 0; i < values.length; i++) {
                    data.setAtIndex(ValueLayout.JAVA_FLOAT, parameter.offset() + i, (float) values[i]);
                }
            }
            case DOUBLE ->
                MemorySegment.copy(
                        values, 0, data, ValueLayout.JAVA_DOUBLE, parameter.offset() * Double.BYTES, values.length);
        }
    }

    /** Replaces one parameter's elements; see {@link #set(String, double[])}. */
    public void set(String name, float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = values[i];
        }
        set(name, doubles);
    }

    /**
     * Takes over all values of other parameters of the same model.
     *
     * @throws IllegalArgumentException if the other parameters are laid out differently
     */
    public void copyFrom(Parameters other) {
        if (spec.precision() != other.spec.precision() || !spec.parameters().equals(other.spec.parameters())) {
            throw new IllegalArgumentException(
                    "the parameters of " + other.spec.name() + " are not laid out as those of " + spec.name());
        }
        data.copyFrom(other.data);
    }

    /** Whether no element is NaN or infinite. */
    public boolean isFinite() {
        return NonFinite.none(data, spec);
    }

    /** The first element that is NaN or infinite. */
    public Optional<NonFinite.Element> firstNonFinite() {
        return NonFinite.first(data, spec);
    }

    /** Copies one slice out of an array that is laid out like {@link #data}. */
    double[] read(MemorySegment array, ParameterSpec parameter) {
        double[] values = new double[parameter.size()];
        switch (spec.precision()) {
            case FLOAT -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = array.getAtIndex(ValueLayout.JAVA_FLOAT, parameter.offset() + i);
                }
            }
            case DOUBLE ->
                MemorySegment.copy(
                        array, ValueLayout.JAVA_DOUBLE, parameter.offset() * Double.BYTES, values, 0, values.length);
        }
        return values;
    }
}
