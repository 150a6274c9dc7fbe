package dev.rnnc.cli.foreign;

import java.io.IOException;

/** A text is no weight map; the message names the line and what was expected. */
public final class WeightMapException extends IOException {
    private static final long serialVersionUID = 1L;

    WeightMapException(String message) {
        super(message);
    }
}
