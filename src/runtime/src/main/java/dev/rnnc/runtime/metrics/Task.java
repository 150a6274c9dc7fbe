package dev.rnnc.runtime.metrics;

/** What an output says of its target. */
public enum Task {
    /** Scores before softmax, one for each class; the target is a token. The highest score is the answer. */
    CLASSES,
    /** Probabilities from 0 to 1; the target is 0 or 1. An element of 0.5 or more answers 1. */
    BINARY,
    /** Real numbers that should be the target's. */
    REALS
}
