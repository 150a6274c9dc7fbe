package dev.rnnc.cli.data;

/** How numbers are brought to a common scale. */
public enum Normalize {
    /** They stay as they are. */
    NONE,
    /** Mean 0 and standard deviation 1. */
    STANDARD,
    /** From 0 to 1. */
    MINMAX
}
