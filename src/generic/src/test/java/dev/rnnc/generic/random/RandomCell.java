package dev.rnnc.generic.random;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A cell drawn at random: states of several sizes that read one another before and after they are written, parameters of odd
 * sizes, inputs that are vectors, numbers, tokens or whole sequences.
 */
final class RandomCell {
    /**
     * What a cell is called with and what it gives.
     *
     * @param text its definition
     * @param arguments those of its call, {@code initial:} apart
     * @param width of its result, 0 for a single number
     * @param state whether the result is a state, so that {@code final} takes it
     * @param states names and widths of its states; none of a cell without
     * @param sequence whether it is called with anything that has time steps
     */
    record Drawn(
            String text,
            String name,
            String arguments,
            int width,
            boolean state,
            List<Scope.Named> states,
            boolean sequence) {}

    private final Random random;
    private final Scope scope;
    private final String name;
    private final List<String> header = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final List<String> equations = new ArrayList<>();
    private boolean sequence;

    private RandomCell(String name, Random random, List<Integer> widths) {
        this.name = name;
        this.random = random;
        this.scope = new Scope(Scope.Place.CELL, random, widths);
    }

    /**
     * A cell and a call of it.
     *
     * @param recurrent whether it has states; one without may be called without a sequence
     * @param outer what the call may read
     */
    static Drawn draw(String name, boolean recurrent, Scope outer) {
        RandomCell cell = new RandomCell(name, outer.random, outer.widths);
        cell.inputs(outer, recurrent);
        return recurrent ? cell.recurrent(outer) : cell.still(outer);
    }

    private void inputs(Scope outer, boolean recurrent) {
        List<Scope.Named> sequences =
                outer.values.stream().filter(v -> v.sequence() && v.width() > 0).toList();
        Scope.Named first = recurrent ? sequences.get(random.nextInt(sequences.size())) : outer.anyVector();
        add("x", first);
        while (random.nextInt(3) == 0 && header.size() < 3) {
            add(scope.name("r"), outer.any());
        }
        for (Scope.Token token : outer.tokens) {
            if (random.nextInt(3) == 0) {
                String own = scope.name("k");
                header.add("%s : token(%d)".formatted(own, token.vocabulary()));
                arguments.add(token.name());
                scope.tokens.add(new Scope.Token(own, token.vocabulary(), false));
                sequence |= token.sequence();
            }
        }
        if (random.nextInt(8) == 0 && !sequences.isEmpty() && sequence) {
            Scope.Named keys = sequences.get(random.nextInt(sequences.size()));
            String own = scope.name("keys");
            String size = own.toUpperCase(java.util.Locale.ROOT);
            header.add("%s[%s] sequence".formatted(own, size));
            arguments.add(keys.name());
            int read = keys.width();
            String weight = scope.parameter("[%d, %d]".formatted(read, first.width()));
            equations.add("seen = "
                    + (random.nextBoolean()
                            ? "attention(%s @ x, %s)".formatted(weight, own)
                            : "attend(sum(tanh(%s @ x) * %s), %s)".formatted(weight, own, own)));
            scope.values.add(new Scope.Named("seen", read, false));
        }
    }

    private void add(String own, Scope.Named value) {
        header.add(value.width() == 0 ? own : "%s[%s]".formatted(own, own.toUpperCase(java.util.Locale.ROOT)));
        arguments.add(value.name());
        scope.values.add(new Scope.Named(own, value.width(), false));
        sequence |= value.sequence();
    }

    private Drawn still(Scope outer) {
        int width = random.nextInt(6) == 0 ? 0 : outer.width();
        intermediate();
        RandomTerm term = new RandomTerm(scope);
        equations.add("y = " + reading(term, width, 3));
        return drawn("y", width, false, List.of());
    }

    /** A term that reads an input, whatever else it does. */
    private String reading(RandomTerm term, int width, int depth) {
        String drawn = term.term(width, depth);
        return term.input() ? drawn : "%s + x[0]".formatted(drawn);
    }

    private void intermediate() {
        for (int n = random.nextInt(3); n > 0; n--) {
            int width = random.nextInt(5) == 0 ? 0 : scope.width();
            RandomTerm term = new RandomTerm(scope);
            if (width > 0 && random.nextInt(4) == 0) {
                String a = scope.name("a");
                String b = scope.name("a");
                equations.add("%s, %s = split(%s, 2)".formatted(a, b, term.term(2 * width, 2)));
                scope.values.add(new Scope.Named(a, width, false));
                scope.values.add(new Scope.Named(b, width, false));
            } else {
                String own = scope.name("a");
                equations.add("%s = %s".formatted(own, term.term(width, 2)));
                scope.values.add(new Scope.Named(own, width, false));
            }
        }
    }

    private Drawn recurrent(Scope outer) {
        int width = random.nextInt(8) == 0
                ? 0
                : random.nextInt(3) == 0 ? scope.values.getFirst().width() : outer.width();
        List<Scope.Named> states = new ArrayList<>();
        states.add(new Scope.Named("h", width, false));
        List<String> more = List.of("c", "m", "s");
        for (int n = random.nextInt(4); n > 0; n--) {
            int size = random.nextInt(4) == 0 ? 0 : random.nextBoolean() ? width : scope.width();
            states.add(new Scope.Named(more.get(n - 1), size, false));
        }
        scope.values.addAll(states);
        intermediate();
        List<Scope.Named> order = new ArrayList<>(states);
        Collections.shuffle(order, random);
        for (Scope.Named state : order) {
            equations.add("%s' = %s".formatted(state.name(), next(state)));
            // Later equations may read what this one yields.
            scope.values.add(new Scope.Named(state.name() + "'", state.width(), false));
        }
        boolean own = random.nextInt(4) == 0;
        int result = own ? scope.width() : width;
        if (own) {
            equations.add("y = " + reading(new RandomTerm(scope), result, 2));
        }
        return drawn(own ? "y" : "h", result, !own, states);
    }

    private String next(Scope.Named state) {
        RandomTerm term = new RandomTerm(scope);
        int width = state.width();
        List<Scope.Named> same = scope.values.stream()
                .filter(v -> v.width() == width && !v.name().equals(state.name()))
                .toList();
        String old = state.name();
        return switch (random.nextInt(10)) {
            case 0 ->
                same.isEmpty()
                        ? "tanh(%s)".formatted(term.term(width, 3))
                        : same.getLast().name();
            case 1 -> "%s + %s".formatted(old, term.term(width, 0));
            case 2 -> "0.5 * %s + %s".formatted(old, term.term(width, 1));
            case 3 -> "where(%s > 0, tanh(%s), %s)".formatted(term.term(width, 0), term.term(width, 2), old);
            case 4 -> "sigmoid(%s) * %s + tanh(%s)".formatted(term.term(width, 1), old, term.term(width, 2));
            case 5 -> "where(%s > 0, %s, %s)".formatted(scope.anyVector().name() + "[0]", old, term.term(width, 1));
            case 6 -> term.term(width, 1);
            default -> "tanh(%s)".formatted(term.term(width, 3));
        };
    }

    private Drawn drawn(String result, int width, boolean state, List<Scope.Named> states) {
        // In a text equations stand in any order.
        Collections.shuffle(equations, random);
        List<String> lines = new ArrayList<>();
        for (Scope.Named s : states) {
            lines.add("state %s%s".formatted(s.name(), size(s.name(), result, s.width())));
        }
        lines.addAll(scope.parameters);
        lines.addAll(equations);
        String text = "cell %s(%s) -> %s {\n  %s\n}\n"
                .formatted(
                        name,
                        String.join(", ", header),
                        result + (width == 0 ? "" : "[RESULT]"),
                        String.join("\n  ", lines));
        String call = String.join(", ", arguments) + (width == 0 ? "" : ", " + width);
        return new Drawn(text, name, call, width, state, states, sequence);
    }

    private static String size(String state, String result, int width) {
        return width == 0 ? "" : state.equals(result) ? "[RESULT]" : "[" + width + "]";
    }
}
