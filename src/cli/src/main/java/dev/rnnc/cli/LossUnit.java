package dev.rnnc.cli;

/**
 * What the figures of a training count.
 *
 * @param loss what the loss is, for the picture's axis
 * @param perplexity whether e to the loss means something
 * @param rate the short unit of speed, as in {@code chars/s}
 * @param rateField the log's name for the speed
 * @param one what is counted
 */
record LossUnit(String loss, boolean perplexity, String rate, String rateField, String one) {
    /** Predicted characters of a text. */
    static final LossUnit CHARACTERS =
            new LossUnit("loss (nats per character)", true, "chars/s", "characters_per_second", "character");

    /** Predicted words of a text. */
    static final LossUnit WORDS = new LossUnit("loss (nats per word)", true, "words/s", "words_per_second", "word");

    /** Targets of any model: one an example, or one a time step where a target is a sequence. */
    static final LossUnit TARGETS = new LossUnit("loss", false, "targets/s", "targets_per_second", "target");
}
