package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Comment;
import java.util.List;
import java.util.stream.Collectors;

/** Comments of generated code, in the model's words. */
final class Comments {
    private Comments() {}

    /** A text of its own about a value. */
    static Comment of(String text, Origin origin) {
        return new Comment(text, origin.line());
    }

    /** {@code layer: equation}, or what of it is known. */
    static Comment of(Origin origin) {
        return new Comment(text(origin), origin.line());
    }

    /** The equations of a cluster of values, each once. */
    static Comment of(List<Value> values) {
        String text = values.stream()
                .map(v -> text(v.origin()))
                .filter(t -> !t.isEmpty())
                .distinct()
                .collect(Collectors.joining("\n"));
        int line = values.stream()
                .mapToInt(v -> v.origin().line())
                .filter(l -> l > 0)
                .findFirst()
                .orElse(0);
        return new Comment(text, line);
    }

    private static String text(Origin origin) {
        if (origin.equation().isEmpty()) {
            return origin.toString();
        }
        return origin.layer().isEmpty() ? origin.equation() : origin.layer() + ": " + origin.equation();
    }
}
