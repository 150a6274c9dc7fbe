package dev.rnnc.generic.random;

import java.util.Random;

/**
 * How a model is run.
 *
 * @param seed of all that is drawn
 * @param steps T
 * @param batch B
 * @param lengths whether sequences come with lengths
 * @param inputs what numbers inputs hold
 */
record Setting(long seed, int steps, int batch, boolean lengths, Inputs inputs) {
    /** What numbers inputs hold. */
    enum Inputs {
        /** Between -1 and 1. */
        USUAL,
        /** Also some where rules change, such as 0. */
        EDGES,
        /** The same without a sign, for roots and logarithms. */
        EDGES_WITHOUT_SIGN
    }

    private static final int[] BATCHES = {1, 2, 3, 4, 5, 9, 17};
    private static final int[] STEPS = {1, 2, 3, 4, 5, 7, 9};

    /** The setting of that number, always the same. */
    static Setting of(long seed) {
        Random random = new Random(mixed(seed) + 1);
        int steps = STEPS[random.nextInt(STEPS.length)];
        // Large batches of long sequences cost much and show little more.
        int batch = BATCHES[random.nextInt(steps > 5 ? BATCHES.length - 1 : BATCHES.length)];
        boolean lengths = random.nextBoolean();
        Inputs[] all = Inputs.values();
        int inputs = random.nextInt(12);
        return new Setting(seed, steps, batch, lengths, inputs < all.length ? all[inputs] : Inputs.USUAL);
    }

    /** Java's generator gives neighbouring seeds much the same first numbers. */
    static long mixed(long seed) {
        return (seed + 1) * 0x9E3779B97F4A7C15L;
    }

    /** A source of numbers for what has that name. */
    Random random(String name) {
        return new Random(mixed(seed) ^ name.hashCode() * 0xBF58476D1CE4E5B9L);
    }

    Setting sized(int otherSteps, int otherBatch) {
        return new Setting(seed, otherSteps, otherBatch, lengths, inputs);
    }

    Setting withLengths(boolean present) {
        return new Setting(seed, steps, batch, present, inputs);
    }

    Setting with(Inputs others) {
        return new Setting(seed, steps, batch, lengths, others);
    }

    /** Whether some inputs lie where rules change. */
    boolean edges() {
        return inputs != Inputs.USUAL;
    }
}
