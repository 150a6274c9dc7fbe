package dev.rnnc.runtime.optimizer;

import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.ModelSpec;
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
        apply(clip, gradients, model, whole(model), norm);
    }

    /** The same for gradients that are zero outside of an extent. */
    public static void apply(
            ClipSpec clip, MemorySegment gradients, ModelSpec model, GradientExtent extent, double norm) {
        check(clip);
        if (Double.isFinite(norm)) {
            switch (clip) {
                case ClipSpec.None none -> {}
                case ClipSpec.Norm limit -> {
                    double factor = limit.max() / (norm + 1e-6);
                    if (factor < 1) {
                        scale(gradients, model, extent, factor);
                    }
                }
                case ClipSpec.Value limit -> clamp(gradients, model, extent, limit.max());
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
        return limits(clip, gradients, model, whole(model), norm);
    }

    /** The same for gradients that are zero outside of an extent. */
    public static boolean limits(
            ClipSpec clip, MemorySegment gradients, ModelSpec model, GradientExtent extent, double norm) {
        return switch (clip) {
            case ClipSpec.None none -> false;
            case ClipSpec.Norm limit -> limit.max() / (norm + 1e-6) < 1;
            case ClipSpec.Value limit -> largest(gradients, model, extent) > limit.max();
        };
    }

    /**
     * The global L2 norm, summed in double. In float models element {@code i} goes into partial sum {@code i mod 8},
     * for speed, and the sums are added pairwise; in double models the order is that of the elements.
     */
    public static double norm(MemorySegment gradients, ModelSpec model) {
        return norm(gradients, model, whole(model));
    }

    /** The same, to the bit, for gradients that are zero outside of an extent. */
    public static double norm(MemorySegment gradients, ModelSpec model, GradientExtent extent) {
        // Whole groups of 8 exist, as ranges are of 64-byte lines; a hand-made layout gets its tail added.
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        int ranges = extent.ranges();
        switch (model.precision()) {
            case FLOAT -> {
                for (int range = 0; range < ranges; range++) {
                    int i = extent.start(range);
                    int end = extent.end(range);
                    for (; i <= end - 8; i += 8) {
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
                    for (; i < end; i++) {
                        double g = gradients.get(ValueLayout.JAVA_FLOAT, 4L * i);
                        s0 += g * g;
                    }
                }
            }
            case DOUBLE -> {
                for (int range = 0; range < ranges; range++) {
                    int end = extent.end(range);
                    for (int i = extent.start(range); i < end; i++) {
                        double g = gradients.get(ValueLayout.JAVA_DOUBLE, 8L * i);
                        s0 += g * g;
                    }
                }
            }
        }
        return Math.sqrt(((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7)));
    }

    private static double largest(MemorySegment gradients, ModelSpec model, GradientExtent extent) {
        int ranges = extent.ranges();
        return switch (model.precision()) {
            case FLOAT -> {
                float largest = 0;
                for (int range = 0; range < ranges; range++) {
                    int end = extent.end(range);
                    for (int i = extent.start(range); i < end; i++) {
                        largest = Math.max(largest, Math.abs(gradients.get(ValueLayout.JAVA_FLOAT, 4L * i)));
                    }
                }
                yield largest;
            }
            case DOUBLE -> {
                double largest = 0;
                for (int range = 0; range < ranges; range++) {
                    int end = extent.end(range);
                    for (int i = extent.start(range); i < end; i++) {
                        largest = Math.max(largest, Math.abs(gradients.get(ValueLayout.JAVA_DOUBLE, 8L * i)));
                    }
                }
                yield largest;
            }
        };
    }

    private static void scale(MemorySegment gradients, ModelSpec model, GradientExtent extent, double factor) {
        int ranges = extent.ranges();
        switch (model.precision()) {
            case FLOAT -> {
                float factorF = (float) factor;
                for (int range = 0; range < ranges; range++) {
                    int end = extent.end(range);
                    for (int i = extent.start(range); i < end; i++) {
                        long at = 4L * i;
                        gradients.set(ValueLayout.JAVA_FLOAT, at, gradients.get(ValueLayout.JAVA_FLOAT, at) * factorF);
                    }
                }
            }
            case DOUBLE -> {
                for (int range = 0; range < ranges; range++) {
                    int end = extent.end(range);
                    for (int i = extent.start(range); i < end; i++) {
                        long at = 8L * i;
                        gradients.set(ValueLayout.JAVA_DOUBLE, at, gradients.get(ValueLayout.JAVA_DOUBLE, at) * factor);
                    }
                }
            }
        }
    }

    private static void clamp(MemorySegment gradients, ModelSpec model, GradientExtent extent, double max) {
        int ranges = extent.ranges();
        switch (model.precision()) {
            case FLOAT -> {
                float maxF = (float) max;
                for (int range = 0; range < ranges; range++) {
                    int end = extent.end(range);
                    for (int i = extent.start(range); i < end; i++) {
                        long at = 4L * i;
                        float g = gradients.get(ValueLayout.JAVA_FLOAT, at);
                        gradients.set(ValueLayout.JAVA_FLOAT, at, Math.max(-maxF, Math.min(maxF, g)));
                    }
                }
            }
            case DOUBLE -> {
                for (int range = 0; range < ranges; range++) {
                    int end = extent.end(range);
                    for (int i = extent.start(range); i < end; i++) {
                        long at = 8L * i;
                        double g = gradients.get(ValueLayout.JAVA_DOUBLE, at);
                        gradients.set(ValueLayout.JAVA_DOUBLE, at, Math.max(-max, Math.min(max, g)));
                    }
                }
            }
        }
    }

    private static GradientExtent whole(ModelSpec model) {
        return new GradientExtent(model);
    }
}
