package dev.rnnc.generic.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The targets of a random model, and its loss: a sum of one term for each output, or none at all. */
final class RandomLosses {
    private final Random random;
    private final Scope scope;
    private final List<String> definitions;
    private final List<String> terms = new ArrayList<>();
    private final boolean none;
    private int following;

    RandomLosses(Scope scope, List<String> definitions) {
        this.scope = scope;
        this.random = scope.random;
        this.definitions = definitions;
        this.none = random.nextInt(12) == 0;
    }

    /** Notes that there is a target {@code following} of that many tokens, which {@code previous} reads. */
    void following(int vocabulary) {
        following = vocabulary;
    }

    /** The loss, empty where there is none. */
    String text() {
        return String.join(" + ", terms);
    }

    /** Adds what is left once all outputs are there. */
    void rest(List<String> statements) {
        if (following > 0) {
            Scope.Named from = scope.anyVector();
            while (!from.sequence()) {
                from = scope.anyVector();
            }
            statements.add("output scored = dense(%s, %d)".formatted(from.name(), following));
            terms.add("crossentropy(scored, following)");
        }
    }

    /** Adds a target and a term for an output. */
    void of(Scope.Named output, List<String> statements) {
        if (none) {
            return;
        }
        int kind = random.nextInt(12);
        String target = scope.name("goal");
        // A target of a row beside an output of each step holds for all of its steps.
        boolean sequence = output.sequence() && random.nextInt(4) > 0;
        String rows = sequence ? " sequence" : "";
        if (kind < 5 && output.width() > 1) {
            statements.add("target %s : token(%d)%s".formatted(target, output.width(), rows));
            terms.add(factor() + ofTokens(kind, output, target, sequence));
        } else if (kind == 5) {
            terms.add("0.3 * mean(%s * %1$s)".formatted(output.name()));
        } else {
            String size = output.width() == 0 ? "" : "[" + output.width() + "]";
            statements.add(
                    "%s %s : real%s%s".formatted(random.nextInt(5) == 0 ? "input" : "target", target, size, rows));
            List<String> kinds = List.of(
                    "mse(%s, %s)",
                    "mae(%s, %s)",
                    "huber(%s, %s, delta: 0.7)",
                    "bce(sigmoid(%s), sigmoid(%s))",
                    "0.1 * sum(%s * %s)",
                    "sum(%s * %s)",
                    "sqrt(1 + mean((%s - %s) ^ 2))");
            terms.add(factor() + kinds.get(random.nextInt(kinds.size())).formatted(output.name(), target));
        }
    }

    private String factor() {
        return random.nextInt(4) == 0 ? "0.5 * " : "";
    }

    private String ofTokens(int kind, Scope.Named output, String target, boolean sequence) {
        if (kind == 0) {
            return "mean(pick(%s, %s))".formatted(output.name(), target);
        }
        if (kind == 1) {
            String weights = IntStream.range(0, output.width())
                    .mapToObj(i -> i % 3 == 0 ? "0.5" : i % 3 == 1 ? "1.5" : "2")
                    .collect(Collectors.joining(", "));
            return "weighted_crossentropy(%s, %s, [%s])".formatted(output.name(), target, weights);
        }
        if (kind == 2 && sequence) {
            String cell = scope.name("scored_");
            definitions.add(
                    "cell %s(x[K], l : token(K)) -> a { state a  a' = 0.5 * a + pick(x, l) }\n".formatted(cell));
            return "mean(final(%s(%s, %s)))".formatted(cell, output.name(), target);
        }
        return "crossentropy(%s, %s)".formatted(output.name(), target);
    }
}
