package dev.rnnc.generic.random;

import java.util.List;
import java.util.Random;

/** What random models say now and then of their first input itself, which may lie where rules change. */
final class RandomEdges {
    /** A probability, which lets the gradient pass at 0 and 1. */
    private static final String UNIT = "where(%1$s < 0, 0, where(%1$s > 1, 1, %1$s))";

    private static final List<String> FUNCTIONS = List.of(
            "selu(%1$s) + softplus(%1$s)",
            "elu(%1$s, alpha: 0.7) + %1$s ^ 3", "abs(%1$s) ^ 1.5 + abs(%1$s) ^ (1.5 + sigmoid(%1$s[0]))", UNIT);

    private final Scope.Named input;
    private final Random random;
    private final List<String> statements;

    RandomEdges(Scope.Named input, Random random, List<String> statements) {
        this.input = input;
        this.random = random;
        this.statements = statements;
    }

    /** A loss, with a function of the input in some models. */
    String loss(String loss) {
        mask();
        if (loss.isEmpty() || random.nextInt(2) == 0) {
            return loss;
        }
        String function = FUNCTIONS.get(random.nextInt(FUNCTIONS.size()));
        statements.add("layer edge = " + function.formatted(input.name()));
        return loss + (function.equals(UNIT) ? " + 0.1 * bce(edge, 0.3)" : " + 0.2 * mean(edge)");
    }

    /** Shows elements of a mask, in some: the last state is the input's, divided by what is kept, or 0. */
    private void mask() {
        if (input.sequence() && random.nextInt(4) == 0) {
            statements.add("layer shown = masked(%s)".formatted(input.name()));
        }
    }
}
