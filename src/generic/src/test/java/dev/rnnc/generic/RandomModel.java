package dev.rnnc.generic;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The text of a model drawn at random, from all that the language has: inputs of every kind, cells of the library and of
 * its own in every direction, shared layers, attention, values before, folds over time, several outputs and losses.
 */
final class RandomModel {
    /** None is a multiple of the lanes but by chance; several are just beyond one. */
    private static final int[] WIDTHS = {1, 2, 3, 5, 7, 9, 13, 17, 19, 33};

    private static final int WORDS = 11;

    /** A value that later statements may read. */
    private record Named(String name, int width) {}

    /** A layer that is one call of a cell, which {@code share} may name. */
    private record Shared(String name, int inputs, int width, boolean sequence) {}

    private final Random random;
    private final List<String> statements = new ArrayList<>();
    private final List<Named> sequences = new ArrayList<>();
    private final List<Named> rows = new ArrayList<>();
    private final List<Shared> shared = new ArrayList<>();
    private final List<String> losses = new ArrayList<>();
    private boolean words;
    private boolean wordsAreTarget;
    private int names;

    private RandomModel(long seed) {
        this.random = new Random(seed);
    }

    /** The model of that number, always the same. */
    static String text(long seed) {
        // Java's generator gives neighbouring seeds much the same first numbers.
        return new RandomModel(seed * 0x9E3779B97F4A7C15L).draw();
    }

    private String draw() {
        inputs();
        int layers = 2 + random.nextInt(4);
        for (int i = 0; i < layers; i++) {
            layer();
        }
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            fold();
        }
        outputs();
        return "%s\nmodel M {\n  %s\n  loss %s\n}\n"
                .formatted(RandomCells.DEFINITIONS, String.join("\n  ", statements), String.join(" + ", losses));
    }

    private void inputs() {
        sequences.add(input("x", " sequence"));
        if (random.nextBoolean()) {
            sequences.add(input("z", " sequence"));
        }
        if (random.nextBoolean()) {
            rows.add(input("image", ""));
        }
        if (random.nextInt(3) == 0) {
            statements.add("input tag : token(4)");
            add(rows, "layer", width(), "embed(tag, %d)");
        }
        words = random.nextBoolean();
        wordsAreTarget = words && random.nextBoolean();
        if (words) {
            statements.add("%s words : token(%d) sequence".formatted(wordsAreTarget ? "target" : "input", WORDS));
            // A target is read one step late only.
            boolean late = wordsAreTarget || random.nextInt(3) == 0;
            add(sequences, "layer", width(), late ? "embed(previous(words, start: 3), %d)" : "embed(words, %d)");
        }
    }

    private Named input(String name, String rowKind) {
        Named input = new Named(name, width());
        statements.add("input %s : real[%d]%s".formatted(name, input.width, rowKind));
        return input;
    }

    private void layer() {
        switch (random.nextInt(13)) {
            case 0, 1, 2, 3, 4 -> recurrent();
            case 5 -> dense();
            case 6 -> {
                Named a = any(sequences);
                add(sequences, "layer", a.width, "%s + dense(%s, %%d)".formatted(a.name, any(sequences).name));
            }
            case 7 -> {
                Named a = any(sequences);
                Named b = any(sequences);
                add(sequences, "layer", a.width + b.width, "concat(%s, %s)".formatted(a.name, b.name));
            }
            case 8 -> {
                Named x = sequences.getFirst();
                add(sequences, "layer", x.width, "previous(x, start: 0.5)");
            }
            case 9 -> attention();
            case 10 -> share();
            case 11 -> {
                Named a = any(sequences);
                Named b = any(rows.isEmpty() ? sequences : rows);
                add(sequences, "layer", a.width, "%s * tanh(dense(%s, %%d))".formatted(a.name, b.name));
            }
            default -> {
                Named a = any(sequences);
                int from = random.nextInt(a.width);
                int to = from + 1 + random.nextInt(a.width - from);
                add(
                        sequences,
                        "layer",
                        to - from,
                        "where(%1$s[%2$d] > 0.1, %1$s[%2$d:%3$d], 0.3 * sum_of(%1$s) * %1$s[%2$d:%3$d])"
                                .formatted(a.name, from, to));
            }
        }
    }

    private void dense() {
        Named a = any(sequences);
        String activation = RandomCells.ACTIVATIONS.get(random.nextInt(RandomCells.ACTIVATIONS.size()));
        if (random.nextBoolean()) {
            int width = width();
            String name = add(sequences, "layer", width, "dense(%s, %%d)".formatted(a.name));
            shared.add(new Shared(name, a.width, width, true));
        } else {
            add(sequences, "layer", width(), "%s(dense(dropout(%s, 0.3), %%d))".formatted(activation, a.name));
        }
    }

    private void recurrent() {
        RandomCells.Cell cell = RandomCells.CELLS.get(random.nextInt(RandomCells.CELLS.size()));
        Named a = any(sequences);
        int width = width();
        int direction = random.nextInt(4);
        String x = random.nextInt(3) == 0 ? "dropout(%s, 0.2)".formatted(a.name) : a.name;
        if (cell.sameWidth()) {
            width = a.width;
        }
        String call = cell.call(x, any(rows.isEmpty() ? sequences : rows).name, width, initial(cell, a.width, width));
        String name = next();
        boolean both = direction == 0;
        statements.add("layer %s = %s"
                .formatted(
                        name, both ? "bidirectional(" + call + ")" : direction == 1 ? "backward(" + call + ")" : call));
        sequences.add(new Named(name, both ? 2 * width : width));
        if (!cell.twoInputs()) {
            shared.add(new Shared(name, a.width, both ? 2 * width : width, true));
        }
        String state = cell.states().get(random.nextInt(cell.states().size()));
        int stateWidth = cell.width(state, a.width, width);
        switch (random.nextInt(5)) {
            case 0 -> add(sequences, "layer", both ? 2 * stateWidth : stateWidth, "tanh(%s.%s)".formatted(name, state));
            case 1 -> add(rows, "layer", both ? 2 * stateWidth : stateWidth, "final(%s.%s)".formatted(name, state));
            case 2 -> {
                if (both) {
                    add(rows, "layer", stateWidth, "final(%s.forward.%s)".formatted(name, state));
                    add(sequences, "layer", width, "0.5 * %s.backward".formatted(name));
                }
            }
            default -> {}
        }
    }

    private String initial(RandomCells.Cell cell, int inputs, int width) {
        if (rows.isEmpty() || random.nextBoolean()) {
            return "";
        }
        String state = cell.states().get(random.nextInt(cell.states().size()));
        String start = random.nextInt(4) == 0
                ? "0.25"
                : "dense(%s, %d)".formatted(any(rows).name, cell.width(state, inputs, width));
        return ", initial: {%s: %s}".formatted(state, start);
    }

    private void attention() {
        Named a = any(sequences);
        Named b = any(sequences);
        Named query = random.nextBoolean() && !rows.isEmpty() ? any(rows) : a;
        List<Named> kind = query == a ? sequences : rows;
        int inner = width();
        switch (random.nextInt(4)) {
            case 0 ->
                add(
                        kind,
                        "layer",
                        inner,
                        "attention(dense(%s, %d), dense(%s, %2$d))".formatted(query.name, inner, b.name));
            case 1 ->
                add(
                        kind,
                        "layer",
                        b.width,
                        "attention(dense(%s, %d), dense(%s, %2$d), %3$s)".formatted(query.name, inner, b.name));
            case 2 -> add(kind, "layer", b.width, "attention_general(%s, %s)".formatted(query.name, b.name));
            default ->
                add(kind, "layer", inner, "attention_projected(%s, %s, A: %d)".formatted(query.name, b.name, inner));
        }
    }

    private void share() {
        if (shared.isEmpty()) {
            recurrent();
            return;
        }
        Shared first = shared.get(random.nextInt(shared.size()));
        String same = add(sequences, "layer", first.inputs, "dense(%s, %%d)".formatted(any(sequences).name));
        add(sequences, "layer", first.width, "share(%s, %s)".formatted(first.name, same));
    }

    private void fold() {
        Named a = any(sequences);
        List<String> folds = List.of("first", "last", "mean", "sum", "max", "min");
        String fold = folds.get(random.nextInt(folds.size()));
        add(rows, "layer", a.width, "%s(%s)".formatted(fold, a.name));
    }

    private void outputs() {
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            boolean sequence = random.nextBoolean();
            Named from = i == 0 ? sequences.getLast() : any(sequence ? sequences : rows);
            boolean overTime = sequences.contains(from);
            boolean direct = random.nextInt(3) == 0;
            int width = direct ? from.width : 1 + random.nextInt(9);
            String output = add(
                    overTime ? sequences : rows,
                    "output",
                    width,
                    direct ? from.name : "dense(%s, %%d)".formatted(from.name));
            loss(output, width, overTime);
        }
        if (wordsAreTarget) {
            String logits = add(sequences, "output", WORDS, "dense(%s, %%d)".formatted(any(sequences).name));
            losses.add("crossentropy(%s, words)".formatted(logits));
        }
    }

    private void loss(String output, int width, boolean overTime) {
        String sequence = overTime ? " sequence" : "";
        String target = "g" + output;
        String port = random.nextInt(4) == 0 ? "input" : "target";
        switch (random.nextInt(7)) {
            case 0 -> {
                statements.add("%s %s : token(%d)%s".formatted(port, target, width, sequence));
                losses.add("crossentropy(%s, %s)".formatted(output, target));
            }
            case 1 -> {
                statements.add("target %s : token(%d)%s".formatted(target, width, sequence));
                List<String> weights = new ArrayList<>();
                for (int i = 0; i < width; i++) {
                    weights.add(i % 2 == 0 ? "0.5" : "1.5");
                }
                losses.add("weighted_crossentropy(%s, %s, [%s])".formatted(output, target, String.join(", ", weights)));
            }
            case 2 -> losses.add("0.3 * mean(%s * %1$s)".formatted(output));
            default -> {
                statements.add("%s %s : real[%d]%s".formatted(port, target, width, sequence));
                List<String> kinds = List.of(
                        "mse(%s, %s)",
                        "mae(%s, %s)",
                        "huber(%s, %s, delta: 0.7)",
                        "bce(sigmoid(%s), sigmoid(%s))",
                        "0.1 * sum(%s * %s)");
                losses.add(kinds.get(random.nextInt(kinds.size())).formatted(output, target));
            }
        }
    }

    /** States a layer or output under a name of its own; {@code %d} in its equation is the width. */
    private String add(List<Named> kind, String keyword, int width, String equation) {
        String name = next();
        statements.add("%s %s = %s".formatted(keyword, name, equation.formatted(width)));
        kind.add(new Named(name, width));
        return name;
    }

    private String next() {
        return "v" + ++names;
    }

    /** Any of them, the later ones more often. */
    private Named any(List<Named> kind) {
        if (kind.isEmpty()) {
            fold();
            return rows.getLast();
        }
        int a = random.nextInt(kind.size());
        int b = random.nextInt(kind.size());
        return kind.get(Math.max(a, b));
    }

    private int width() {
        return WIDTHS[random.nextInt(WIDTHS.length)];
    }
}
