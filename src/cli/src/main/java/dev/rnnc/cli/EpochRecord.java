package dev.rnnc.cli;

/**
 * What is told of one epoch.
 *
 * @param epoch counted from 1
 * @param trainingLoss mean loss over the epoch's steps, nats per character
 * @param validationLoss loss on the held-out text, nats per character
 * @param best whether no earlier epoch had a lower validation loss
 * @param seconds wall-clock time of its training steps
 * @param charactersPerSecond training speed
 */
record EpochRecord(
        int epoch,
        double trainingLoss,
        double validationLoss,
        boolean best,
        double seconds,
        double charactersPerSecond) {
    /** e to the validation loss: how many symbols the model wavers between. */
    double perplexity() {
        return Math.exp(validationLoss);
    }

    /** The line for people. */
    String line(int epochs) {
        return "epoch %d/%d  training %s  validation %s  perplexity %s  %s chars/s  %s%s"
                .formatted(
                        epoch,
                        epochs,
                        Numbers.loss(trainingLoss),
                        Numbers.loss(validationLoss),
                        Numbers.twoDecimals(perplexity()),
                        Numbers.grouped(Math.round(charactersPerSecond)),
                        Numbers.clock(seconds),
                        best ? "  best" : "");
    }

    /** The line for programs. */
    String json() {
        return Json.line(json -> {
            json.writeStartObject();
            json.writeNumberField("epoch", epoch);
            Json.number(json, "training_loss", trainingLoss);
            Json.number(json, "validation_loss", validationLoss);
            Json.number(json, "validation_perplexity", perplexity());
            json.writeBooleanField("best", best);
            Json.number(json, "seconds", seconds);
            Json.number(json, "characters_per_second", charactersPerSecond);
            json.writeEndObject();
        });
    }
}
