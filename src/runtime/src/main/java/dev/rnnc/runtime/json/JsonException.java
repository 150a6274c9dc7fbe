package dev.rnnc.runtime.json;

import java.io.IOException;

/** A text is not JSON; the message gives line and column. */
public final class JsonException extends IOException {
    private static final long serialVersionUID = 1L;

    JsonException(String message) {
        super(message);
    }
}
