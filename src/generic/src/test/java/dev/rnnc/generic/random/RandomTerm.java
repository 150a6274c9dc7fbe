package dev.rnnc.generic.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Expressions drawn at random, each of the width that is asked for and made of what its {@link Scope} has. */
final class RandomTerm {
    /** Smooth, or bent but continuous, so that float and double see the same function. */
    private static final List<String> ACTIVATIONS = List.of(
            "tanh(%s)",
            "sigmoid(%s)",
            "relu(%s)",
            "leaky_relu(%s)",
            "elu(%s)",
            "selu(%s)",
            "gelu(%s)",
            "silu(%s)",
            "softplus(%s)",
            "softsign(%s)",
            "hard_sigmoid(%s)",
            "flipped(%s)",
            "bump(%s)",
            "abs(%s)",
            "erf(%s)",
            "exp(min(%s, 1))",
            "elu(%s, alpha: 0.7)",
            "hinge(%s)");

    private static final List<String> ROWWISE = List.of("softmax(%s)", "log_softmax(%s)", "layernorm(%s)");

    private static final List<String> POWERS = List.of(
            "%s ^ 2",
            "%s ^ 3",
            "(1 + %s ^ 2) ^ -0.5",
            "abs(%s) ^ 1.5",
            "softplus(%s) ^ 1.5",
            "(2 + tanh(%s)) ^ -1",
            "sqrt(1 + %s ^ 2)",
            "log(1 + %s ^ 2)",
            "sqrt(softplus(%s))",
            "(0.5 + sigmoid(%s)) ^ 2.5",
            "%s ^ 1");

    private static final List<String> FOLDS = List.of("sum", "mean", "max", "min");

    private final Scope scope;
    private final Random random;
    private boolean sequence;
    private boolean input;

    RandomTerm(Scope scope) {
        this.scope = scope;
        this.random = scope.random;
    }

    /** Whether what was drawn has time steps. */
    boolean sequence() {
        return sequence;
    }

    /** Whether what was drawn reads anything that is not a parameter. */
    boolean input() {
        return input;
    }

    /** A term of that width, 0 for a single number, that can be an operand anywhere. */
    String term(int width, int depth) {
        if (width == 0) {
            return scalar(depth);
        }
        if (depth <= 0 || random.nextInt(8) == 0) {
            return leaf(width);
        }
        return switch (random.nextInt(24)) {
            case 0, 1, 2, 3 -> any(ACTIVATIONS).formatted(term(width, depth - 1));
            case 4 -> any(ROWWISE).formatted(term(width, depth - 1));
            case 5, 6 ->
                "(%s %s %s)".formatted(term(width, depth - 1), any("+", "-", "+", "*"), term(width, depth - 1));
            case 7 -> "(%s * %s)".formatted(term(width, depth - 1), scalar(depth - 1));
            case 8 -> "(%s / (1 + abs(%s)))".formatted(term(width, depth - 1), term(mixed(width), depth - 1));
            case 9 ->
                random.nextInt(5) == 0
                        ? "(softplus(%s) ^ %s)".formatted(term(width, depth - 1), scalar(0))
                        : "(" + any(POWERS).formatted(term(width, depth - 1)) + ")";
            case 10, 11 ->
                "where(%s > %s, %s, %s)"
                        .formatted(
                                term(mixed(width), depth - 1),
                                random.nextBoolean() ? "0" : "0.1",
                                term(mixed(width), depth - 1),
                                term(width, depth - 1));
            case 12, 13, 14 -> concat(width, depth);
            case 15, 16 -> slicedConcat(width, depth);
            case 17 -> "%s(%s, %s)".formatted(any("min", "max"), term(width, depth - 1), term(mixed(width), depth - 1));
            case 18, 19, 20 -> product(width, depth);
            case 21 -> byToken(width);
            case 22 -> "dropout(%s, 0.3)".formatted(term(width, depth - 1));
            default -> "(%s - %s)".formatted(random.nextBoolean() ? "1" : "0.5 * " + scalar(0), term(width, depth - 1));
        };
    }

    private int mixed(int width) {
        return random.nextInt(4) == 0 ? 0 : width;
    }

    private String scalar(int depth) {
        List<Scope.Named> single =
                scope.values.stream().filter(v -> v.width() == 0).toList();
        if (!single.isEmpty() && random.nextInt(3) == 0) {
            return read(single.get(random.nextInt(single.size())));
        }
        int width = scope.width();
        return switch (random.nextInt(depth > 0 ? 10 : 4)) {
            case 0, 1 -> {
                Scope.Named vector = scope.anyVector();
                yield "%s[%d]".formatted(read(vector), random.nextInt(vector.width()));
            }
            case 2 -> tokenScalar(0);
            case 3 -> scope.place == Scope.Place.CELL ? scope.parameter("") : any("0.5", "1.5", "-0.7");
            case 4, 5 -> "%s(%s)".formatted(fold(), term(width, depth - 1));
            case 6 -> tokenScalar(depth);
            case 7 -> "tanh(%s)".formatted(scalar(depth - 1));
            case 8 -> "(%s %s %s)".formatted(scalar(depth - 1), any("+", "*", "-"), scalar(depth - 1));
            default -> "%s[%d]".formatted(term(width, depth - 1), random.nextInt(width));
        };
    }

    /** In a layer the language's own folds run over time: there functions fold the features. */
    private String fold() {
        return scope.place == Scope.Place.CELL ? any(FOLDS) : "all_" + any(FOLDS);
    }

    private String tokenScalar(int depth) {
        if (scope.tokens.isEmpty()) {
            Scope.Named vector = scope.anyVector();
            return "%s(%s)".formatted(fold(), read(vector));
        }
        Scope.Token token = token();
        String vector = scope.place == Scope.Place.CELL && random.nextInt(3) == 0
                ? scope.parameter("[" + token.vocabulary() + "]")
                : term(token.vocabulary(), depth);
        return random.nextBoolean()
                ? "pick(%s, %s)".formatted(vector, token.name())
                : "%s[%s]".formatted(vector, token.name());
    }

    private Scope.Token token() {
        Scope.Token token = scope.tokens.get(random.nextInt(scope.tokens.size()));
        sequence |= token.sequence();
        input = true;
        return token;
    }

    private String read(Scope.Named value) {
        sequence |= value.sequence();
        input = true;
        return value.name();
    }

    private String leaf(int width) {
        List<Scope.Named> same =
                scope.values.stream().filter(v -> v.width() == width).toList();
        if (!same.isEmpty() && random.nextInt(8) > 0) {
            return read(same.get(Math.max(random.nextInt(same.size()), random.nextInt(same.size()))));
        }
        List<Scope.Named> wider =
                scope.values.stream().filter(v -> v.width() > width).toList();
        if (!wider.isEmpty() && random.nextBoolean()) {
            Scope.Named value = wider.get(random.nextInt(wider.size()));
            int from = random.nextInt(value.width() - width + 1);
            return "%s[%d:%d]".formatted(read(value), from, from + width);
        }
        if (scope.place == Scope.Place.CELL && random.nextBoolean()) {
            return scope.parameter("[" + width + "]");
        }
        if (random.nextInt(6) == 0) {
            return IntStream.range(0, width)
                    .mapToObj(i -> String.valueOf((i * 7 % 5 - 2) * 0.5))
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        if (random.nextInt(4) == 0) {
            return "(%s * %s)".formatted(scalar(0), ones(width));
        }
        return product(width, 0);
    }

    private static String ones(int width) {
        return IntStream.range(0, width).mapToObj(i -> "1").collect(Collectors.joining(", ", "[", "]"));
    }

    private String concat(int width, int depth) {
        if (width < 2) {
            return term(width, depth - 1);
        }
        List<String> pieces = new ArrayList<>();
        for (int left = width; left > 0; ) {
            int size = pieces.size() == 3 ? left : 1 + random.nextInt(left);
            // A piece as wide as something that is there is more often that thing itself.
            int there = scope.width();
            size = there <= left && random.nextBoolean() ? there : size;
            pieces.add(term(size, depth - 1));
            left -= size;
        }
        return pieces.size() == 1 ? pieces.getFirst() : "concat(%s)".formatted(String.join(", ", pieces));
    }

    private String slicedConcat(int width, int depth) {
        int before = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(6);
        int behind = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(6);
        int all = before + width + behind;
        String whole = concat(all, depth);
        return "%s[%s:%s]"
                .formatted(
                        whole,
                        before == 0 ? "" : String.valueOf(before),
                        behind == 0 ? "" : String.valueOf(before + width));
    }

    private String product(int width, int depth) {
        if (scope.place == Scope.Place.CELL && random.nextInt(4) > 0) {
            int from = depth > 0 ? scope.width() : scope.anyVector().width();
            return "(%s @ %s)".formatted(scope.parameter("[%d, %d]".formatted(width, from)), term(from, depth - 1));
        }
        Scope.Named vector = scope.anyVector();
        return "dense(%s, %d)".formatted(depth > 0 ? term(vector.width(), depth - 1) : read(vector), width);
    }

    private String byToken(int width) {
        if (scope.tokens.isEmpty()) {
            return leaf(width);
        }
        Scope.Token token = token();
        if (token.vocabulary() == width && random.nextBoolean()) {
            return "one_hot(%s)".formatted(token.name());
        }
        return scope.place == Scope.Place.CELL
                ? "%s[%s]".formatted(scope.parameter("[%d, %d]".formatted(token.vocabulary(), width)), token.name())
                : "embed(%s, %d)".formatted(token.name(), width);
    }

    @SafeVarargs
    private <T> T any(T... from) {
        return from[random.nextInt(from.length)];
    }

    private <T> T any(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
