package dev.rnnc.runtime.optimizer;

import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Limits gradients before an update. */
public final class GradientClip {
    private GradientClip() {}

    /**
     * Limits gradients in place, as <a
     * href="https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html">clip_grad_norm_</a>
     * (factor {@code min(1, max / (norm + 1e-6))}) or <a
     * href="https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html">clip_grad_value_</a>
     * do. Where the norm is NaN or infinite, the gradients are left as they are, so that the culprit can be found.
     *
     * @param gradients laid out like the model's parameters
     * @return the global L2 norm before clipping, summed in double in a fixed order
     */
    public static double apply(ClipSpec clip, MemorySegment gradients, ModelSpec model) {
        double norm = norm(gradients, model);
        apply(clip, gradients, model, norm);
        return norm;
    }

    /**
     * Limits gradients in place whose global L2 norm is known; see {@link #apply(ClipSpec, MemorySegment, ModelSpec)}.
     */
    public static void apply(ClipSpec clip, MemorySegment gradients, ModelSpec model, double norm) {
        check(clip);
        apply(clip, gradients, model.precision(), norm, 0, Math.toIntExact(model.parameterElements()));
    }

    /** The same for gradients that are zero outside of an extent. */
    public static void apply(
            ClipSpec clip, MemorySegment gradients, ModelSpec model, GradientExtent extent, double norm) {
        check(clip);
        for (int i = 0; i < extent.ranges(); i++) {
            apply(clip, gradients, model.precision(), norm, extent.start(i), extent.end(i));
        }
    }

    /**
     * Limits elements {@code [start, end)} of gradients in place whose global L2 norm is known.
     *
     * @param clip a limit that {@link #check} has seen
     */
    public static void apply(
            ClipSpec clip, MemorySegment gradients, Precision precision, double norm, int start, int end) {
        if (Double.isFinite(norm)) {
            switch (clip) {
                case ClipSpec.None none -> {}
                case ClipSpec.Norm limit -> {
                    double factor = limit.max() / (norm + 1e-6);
                    if (factor < 1) {
                        scale(gradients, precision, factor, start, end);
                    }
                }
                case ClipSpec.Value limit -> clamp(gradients, precision, limit.max(), start, end);
            }
        }
    }

    /** @throws IllegalArgumentException if the limit is not a positive number */
    public static void check(ClipSpec clip) {
        double max = switch (clip) {
            case ClipSpec.None none -> Double.POSITIVE_INFINITY;
            case ClipSpec.Norm limit -> limit.max();
            case ClipSpec.Value limit -> limit.max();
        };
        if (!(max > 0)) {
            throw new IllegalArgumentException("the limit of gradients must be positive, but is " + max);
        }
    }

    /**
     * Whether {@link #apply} would change these gradients.
     *
     * @param norm their global L2 norm; not used for a limit by value
     */
    public static boolean limits(ClipSpec clip, MemorySegment gradients, ModelSpec model, double norm) {
        double largest = clip instanceof ClipSpec.Value
                ? largest(gradients, model.precision(), 0, Math.toIntExact(model.parameterElements()))
                : 0;
        return limits(clip, norm, largest);
    }

    /**
     * Whether {@link #apply} would change gradients.
     *
     * @param norm their global L2 norm; not used for a limit by value
     * @param largest their largest absolute value; used for a limit by value only
     */
    public static boolean limits(ClipSpec clip, double norm, double largest) {
        return switch (clip) {
            case ClipSpec.None none -> false;
            case ClipSpec.Norm limit -> limit.max() / (norm + 1e-6) < 1;
            case ClipSpec.Value limit -> largest > limit.max();
        };
    }

    /** The global L2 norm, summed in double: the {@link #squares} of all {@link Blocks}, added in their order. */
    public static double norm(MemorySegment gradients, ModelSpec model) {
        return norm(gradients, model, new GradientExtent(model));
    }

    /** The same, to the bit, for gradients that are zero outside of an extent. */
    public static double norm(MemorySegment gradients, ModelSpec model, GradientExtent extent) {
        Blocks blocks = new Blocks(Math.toIntExact(model.parameterElements()));
        double sum = 0;
        for (int block = 0; block < blocks.count(); block++) {
            sum += squares(gradients, model.precision(), extent, blocks.start(block), blocks.end(block));
        }
        return Math.sqrt(sum);
    }

    /**
     * The sum of the squares of those of elements {@code [start, end)} that lie in an extent, in double. In float models element {@code start + i} goes
     * into partial sum {@code i mod 8}, for speed, and the sums are added pairwise; in double models the order is that of
     * the elements. What lies outside of the extent is zero and changes no sum.
     */
    public static double squares(
            MemorySegment gradients, Precision precision, GradientExtent extent, int start, int end) {
        // Whole groups of 8 exist, as ranges and blocks are of 64-byte lines; a hand-made layout gets its tail added.
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        for (int range = extent.rangeBehind(start); range < extent.ranges() && extent.start(range) < end; range++) {
            int i = Math.max(start, extent.start(range));
            int to = Math.min(end, extent.end(range));
            switch (precision) {
                case FLOAT -> {
                    for (; i <= to - 8; i += 8) {
                        long at = 4L * i;
                        double g0 = gradients.get(ValueLayout.JAVA_FLOAT, at);
                        double g1 = gradients.get(ValueLayout.JAVA_FLOAT, at + 4);
                        double g2 = gradients.get(ValueLayout.JAVA_FLOAT, at + 8);
                        double g3 = gradients.get(ValueLayout.JAVA_FLOAT, at + 12);
                        double g4 = gradients.get(ValueLayout.JAVA_FLOAT, at + 16);
                        double g5 = gradients.get(ValueLayout.JAVA_FLOAT, at + 20);
                        double g6 = gradients.get(ValueLayout.JAVA_FLOAT, at + 24);
                        double g7 = gradients.get(ValueLayout.JAVA_FLOAT, at + 28);
                        s0 += g0 * g0;
                        s1 += g1 * g1;
                        s2 += g2 * g2;
                        s3 += g3 * g3;
                        s4 += g4 * g4;
                        s5 += g5 * g5;
                        s6 += g6 * g6;
                        s7 += g7 * g7;
                    }
                    for (; i < to; i++) {
                        double g = gradients.get(ValueLayout.JAVA_FLOAT, 4L * i);
                        s0 += g * g;
                    }
                }
                case DOUBLE -> {
                    for (; i < to; i++) {
                        double g = gradients.get(ValueLayout.JAVA_DOUBLE, 8L * i);
                        s0 += g * g;
                    }
                }
            }
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    /** The largest absolute value of elements {@code [start, end)}; NaN where one of them is. */
    public static double largest(MemorySegment gradients, Precision precision, int start, int end) {
        return switch (precision) {
            case FLOAT -> {
                float largest = 0;
                for (int i = start; i < end; i++) {
                    largest = Math.max(largest, Math.abs(gradients.get(ValueLayout.JAVA_FLOAT, 4L * i)));
                }
                yield largest;
            }
            case DOUBLE -> {
                double largest = 0;
                for (int i = start; i < end; i++) {
                    largest = Math.max(largest, Math.abs(gradients.get(ValueLayout.JAVA_DOUBLE, 8L * i)));
                }
                yield largest;
            }
        };
    }

    private static void scale(MemorySegment gradients, Precision precision, double factor, int start, int end) {
        switch (precision) {
            case FLOAT -> {
                float factorF = (float) factor;
                for (int i = start; i < end; i++) {
                    long at = 4L * i;
                    gradients.set(ValueLayout.JAVA_FLOAT, at, gradients.get(ValueLayout.JAVA_FLOAT, at) * factorF);
                }
            }
            case DOUBLE -> {
                for (int i = start; i < end; i++) {
                    long at = 8L * i;
                    gradients.set(ValueLayout.JAVA_DOUBLE, at, gradients.get(ValueLayout.JAVA_DOUBLE, at) * factor);
                }
            }
        }
    }

    private static void clamp(MemorySegment gradients, Precision precision, double max, int start, int end) {
        switch (precision) {
            case FLOAT -> {
                float maxF = (float) max;
                for (int i = start; i < end; i++) {
                    long at = 4L * i;
                    float g = gradients.get(ValueLayout.JAVA_FLOAT, at);
                    gradients.set(ValueLayout.JAVA_FLOAT, at, Math.max(-maxF, Math.min(maxF, g)));
                }
            }
            case DOUBLE -> {
                for (int i = start; i < end; i++) {
                    long at = 8L * i;
                    double g = gradients.get(ValueLayout.JAVA_DOUBLE, at);
                    gradients.set(ValueLayout.JAVA_DOUBLE, at, Math.max(-max, Math.min(max, g)));
                }
            }
        }
    }
}
