package dev.rnnc.cli;

/** The fixed dimensions of a compiled program. */
final class Sizes {
    /** Time steps where a model states none. */
    static final int DEFAULT_STEPS = 64;

    /** Rows where a model states none. */
    static final int DEFAULT_BATCH = 1;

    private Sizes() {}

    /**
     * The user's choice, or else the model's.
     *
     * @throws CommandFailure if the user's choice is not positive
     */
    static int choose(String option, Integer chosen, int stated) {
        if (chosen == null) {
            return stated;
        }
        if (chosen < 1) {
            throw CommandFailure.usage(option + " " + chosen + ": give a number of at least 1");
        }
        return chosen;
    }
}
