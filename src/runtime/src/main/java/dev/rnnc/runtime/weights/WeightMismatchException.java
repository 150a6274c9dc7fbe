package dev.rnnc.runtime.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A weight file does not belong to a model; the message and the lists name every difference. */
public final class WeightMismatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> missing;
    private final List<String> unexpected;
    private final List<String> different;

    /** Made of lists that name every difference. */
    public WeightMismatchException(
            Path file, String model, List<String> missing, List<String> unexpected, List<String> different) {
        super(message(file, model, missing, unexpected, different));
        this.missing = new ArrayList<>(missing);
        this.unexpected = new ArrayList<>(unexpected);
        this.different = new ArrayList<>(different);
    }

    /** Parameters of the model that the file has not, with their shapes. */
    public List<String> missing() {
        return List.copyOf(missing);
    }

    /** Tensors of the file that the model has not, with their types and shapes. */
    public List<String> unexpected() {
        return List.copyOf(unexpected);
    }

    /** Parameters whose tensor has another shape or is not floating-point. */
    public List<String> different() {
        return List.copyOf(different);
    }

    private static String message(
            Path file, String model, List<String> missing, List<String> unexpected, List<String> different) {
        StringBuilder text = new StringBuilder(file.toString())
                .append(" does not hold the weights of model ")
                .append(model);
        append(text, "missing, the model has", missing);
        append(text, "unexpected, only the file has", unexpected);
        append(text, "different", different);
        return text.append("\ngive the weights that were saved for this model, or map their names")
                .toString();
    }

    private static void append(StringBuilder text, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            text.append("\n  ").append(title).append(':');
            lines.forEach(line -> text.append("\n    ").append(line));
        }
    }
}
