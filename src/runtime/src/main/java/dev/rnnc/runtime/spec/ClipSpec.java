package dev.rnnc.runtime.spec;

/** How gradients are limited before an update. */
public sealed interface ClipSpec {
    /** No limit. */
    record None() implements ClipSpec {}

    /** Scales all gradients together so that their global L2 norm is at most {@code max} (torch's clip_grad_norm_). */
    record Norm(double max) implements ClipSpec {}

    /** Limits each element to {@code [-max, max]}. */
    record Value(double max) implements ClipSpec {}
}
