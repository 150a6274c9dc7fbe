package dev.rnnc.runtime.weights;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not a sound safetensors file; the message names the file, the place and what to do. */
public final class SafeTensorsException extends IOException {
    private static final long serialVersionUID = 1L;

    SafeTensorsException(Path file, String place, String problem, String remedy) {
        super(file + ": " + place + ": " + problem + "; " + remedy);
    }
}
