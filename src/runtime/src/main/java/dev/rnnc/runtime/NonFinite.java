package dev.rnnc.runtime;

import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Finds NaN and infinity in arrays laid out like {@link Parameters#data}. */
public final class NonFinite {
    private static final int FLOAT_EXPONENT = 0x7f800000;
    private static final long DOUBLE_EXPONENT = 0x7ff0000000000000L;

    private NonFinite() {}

    /**
     * The first value that is not finite.
     *
     * @param parameter name of the parameter
     * @param index position in the parameter, row-major
     * @param value NaN or an infinity
     */
    public record Element(String parameter, int index, double value) {
        /** As in {@code h1.weight_ih[12] = NaN}. */
        @Override
        public String toString() {
            return parameter + "[" + index + "] = " + value;
        }
    }

    /** Whether all of the array is finite, padding included. */
    public static boolean none(MemorySegment data, ModelSpec spec) {
        return none(data, spec.precision(), 0, Math.toIntExact(spec.parameterElements()));
    }

    /** Whether all of the array that lies in an extent is finite. */
    public static boolean none(MemorySegment data, ModelSpec spec, GradientExtent extent) {
        return none(data, spec.precision(), extent, 0, Math.toIntExact(spec.parameterElements()));
    }

    /** Whether those of elements {@code [start, end)} of the array that lie in an extent are finite. */
    public static boolean none(MemorySegment data, Precision precision, GradientExtent extent, int start, int end) {
        boolean none = true;
        for (int i = extent.rangeBehind(start); i < extent.ranges() && extent.start(i) < end; i++) {
            none &= none(data, precision, Math.max(start, extent.start(i)), Math.min(end, extent.end(i)));
        }
        return none;
    }

    /** Whether elements {@code [start, end)} of the array are finite. */
    public static boolean none(MemorySegment data, Precision precision, int start, int end) {
        // An exponent of all ones plus one carries into the sign bit; the OR of all elements keeps it. Branch-free,
        // so that the JIT makes a vector loop of it.
        return switch (precision) {
            case FLOAT -> {
                int found = 0;
                for (int i = start; i < end; i++) {
                    found |= (data.get(ValueLayout.JAVA_INT, 4L * i) & FLOAT_EXPONENT) + (1 << 23);
                }
                yield found >= 0;
            }
            case DOUBLE -> {
                long found = 0;
                for (int i = start; i < end; i++) {
                    found |= (data.get(ValueLayout.JAVA_LONG, 8L * i) & DOUBLE_EXPONENT) + (1L << 52);
                }
                yield found >= 0;
            }
        };
    }

    /** The first parameter element that is not finite, in the order of {@link ModelSpec#parameters}. */
    public static Optional<Element> first(MemorySegment data, ModelSpec spec) {
        for (ParameterSpec parameter : spec.parameters()) {
            for (int i = 0; i < parameter.size(); i++) {
                double value = switch (spec.precision()) {
                    case FLOAT -> data.getAtIndex(ValueLayout.JAVA_FLOAT, parameter.offset() + i);
                    case DOUBLE -> data.getAtIndex(ValueLayout.JAVA_DOUBLE, parameter.offset() + i);
                };
                if (!Double.isFinite(value)) {
                    return Optional.of(new Element(parameter.name(), i, value));
                }
            }
        }
        return Optional.empty();
    }
}
