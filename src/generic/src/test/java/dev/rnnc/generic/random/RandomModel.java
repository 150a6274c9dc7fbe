package dev.rnnc.generic.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * The text of a model drawn at random, from all that the language has: inputs of every kind, cells of the library and of
 * its own in every direction, shared layers, attention, values before, folds over time, several outputs and losses.
 */
final class RandomModel {
    /** Most are no multiple of the lanes; several are just beyond one. */
    private static final int[] WIDTHS = {1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 19, 33};

    private static final int[] VOCABULARIES = {2, 3, 4, 5, 9, 17};

    private final Random random;
    private final Scope scope;
    private final List<String> definitions = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();
    private final List<Shared> shared = new ArrayList<>();
    private final Set<String> taken = new TreeSet<>();
    private final RandomLosses losses;

    /** A layer that is one call of a cell of one input, which {@code share} may name. */
    private record Shared(String name, int inputs, int width) {}

    private RandomModel(long seed) {
        this.random = new Random(Setting.mixed(seed));
        List<Integer> widths = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            // Small sizes among them: a model is as slow as its largest.
            widths.add(WIDTHS[random.nextInt(i == 0 ? 6 : WIDTHS.length)]);
        }
        this.scope = new Scope(Scope.Place.LAYER, random, widths);
        this.losses = new RandomLosses(scope, definitions);
    }

    /** The model of that number, always the same. */
    static String text(long seed) {
        return new RandomModel(seed).draw();
    }

    private String draw() {
        boolean sequences = random.nextInt(10) > 0;
        inputs(sequences);
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            layer(sequences);
        }
        outputs();
        String loss = new RandomEdges(scope.values.getFirst(), random, statements).loss(losses.text());
        return "%s%smodel M {\n  %s%s\n}\n"
                .formatted(
                        RandomCells.DEFINITIONS,
                        String.join("", definitions),
                        String.join("\n  ", statements),
                        loss.isEmpty() ? "" : "\n  loss " + loss);
    }

    // ---- inputs

    private void inputs(boolean sequences) {
        input("x", scope.width(), sequences);
        if (sequences && random.nextBoolean()) {
            input("z", random.nextInt(4) == 0 ? 0 : scope.width(), true);
        }
        if (random.nextBoolean()) {
            input("r", random.nextInt(4) == 0 ? 0 : scope.width(), false);
        }
        if (random.nextInt(3) == 0) {
            token("tag", false);
        }
        if (sequences && random.nextInt(3) == 0) {
            token("words", true);
        }
        if (sequences && random.nextInt(5) == 0) {
            // A target is read one step late only.
            int vocabulary = VOCABULARIES[random.nextInt(VOCABULARIES.length)];
            statements.add("target following : token(%d) sequence".formatted(vocabulary));
            add("layer", "embed(previous(following, start: 1), %2$d)", scope.values.getFirst(), scope.width(), true);
            losses.following(vocabulary);
        }
    }

    private void input(String name, int width, boolean sequence) {
        String own = fresh(name);
        statements.add(
                "input %s : real%s%s".formatted(own, width == 0 ? "" : "[" + width + "]", sequence ? " sequence" : ""));
        scope.values.add(new Scope.Named(own, width, sequence));
    }

    private void token(String name, boolean sequence) {
        String own = fresh(name);
        int vocabulary =
                random.nextBoolean() ? VOCABULARIES[random.nextInt(VOCABULARIES.length)] : Math.max(2, scope.width());
        statements.add("input %s : token(%d)%s".formatted(own, vocabulary, sequence ? " sequence" : ""));
        scope.tokens.add(new Scope.Token(own, vocabulary, sequence));
    }

    // ---- layers

    private void layer(boolean sequences) {
        int drawn = random.nextInt(20);
        if (!sequences && (drawn < 10 || drawn > 14)) {
            drawn = 10 + random.nextInt(5);
        }
        switch (drawn) {
            case 0, 1, 2 -> library();
            case 3, 4, 5, 6, 7, 8 -> own(true);
            case 9 -> share();
            case 10, 11, 12, 13 -> term();
            case 14 -> own(false);
            case 15 -> attention();
            case 16, 17 -> fold();
            case 18 -> {
                Scope.Named first = scope.values.getFirst();
                add("layer", "previous(%s, start: 0.5)", first, first.width(), true);
            }
            default -> term();
        }
    }

    private void term() {
        int width = random.nextInt(8) == 0 ? 0 : scope.width();
        RandomTerm term = new RandomTerm(scope);
        String text = term.term(width, 3);
        Scope.Named read = scope.anyVector();
        if (!term.input()) {
            text += " + %s[0]".formatted(read.name());
        }
        String name = fresh("v");
        statements.add("layer %s = %s".formatted(name, text));
        scope.values.add(new Scope.Named(name, width, term.input() ? term.sequence() : read.sequence()));
    }

    private void own(boolean recurrent) {
        RandomCell.Drawn cell = RandomCell.draw(fresh("cell_"), recurrent, scope);
        definitions.add(cell.text());
        call(
                cell.name() + "(" + cell.arguments(),
                cell.width(),
                cell.states(),
                recurrent,
                recurrent || cell.sequence(),
                cell.state());
    }

    private void library() {
        RandomCells.Cell cell = RandomCells.CELLS.get(random.nextInt(RandomCells.CELLS.size()));
        Scope.Named a = anySequence();
        int width = cell.sameWidth() ? a.width() : scope.width();
        Scope.Named other = scope.anyVector();
        String text = cell.call(a.name(), other.name(), width, "");
        List<Scope.Named> states = cell.states().stream()
                .map(s -> new Scope.Named(s, cell.width(s, a.width(), width), false))
                .toList();
        boolean state = cell.resultIsState();
        String layer = call(text.substring(0, text.length() - 1), width, states, true, true, state);
        if (!cell.twoInputs()) {
            int shown = scope.values.stream()
                    .filter(v -> v.name().equals(layer))
                    .findFirst()
                    .orElseThrow()
                    .width();
            shared.add(new Shared(layer, a.width(), shown));
        }
    }

    /** A layer that is a call of a cell, which may run in either direction or both; some of its states as further layers. */
    private String call(
            String open, int width, List<Scope.Named> states, boolean recurrent, boolean sequence, boolean state) {
        String name = fresh("v");
        if (!recurrent) {
            statements.add("layer %s = %s)".formatted(name, open));
            scope.values.add(new Scope.Named(name, width, sequence));
            return name;
        }
        int direction = random.nextInt(6);
        boolean both = direction == 0 && width > 0;
        String call = open + initial(states) + ")";
        statements.add("layer %s = %s"
                .formatted(
                        name, both ? "bidirectional(" + call + ")" : direction == 1 ? "backward(" + call + ")" : call));
        scope.values.add(new Scope.Named(name, both ? 2 * width : width, true));
        int times = both ? 2 : 1;
        Scope.Named one = states.get(random.nextInt(states.size()));
        if (both && one.width() == 0) {
            return name;
        }
        Scope.Named layer = scope.values.getLast();
        switch (random.nextInt(6)) {
            case 0 -> add("layer", "tanh(%%s.%s)".formatted(one.name()), layer, times * one.width(), true);
            case 1, 2 -> {
                add("layer", "final(%%s.%s)".formatted(one.name()), layer, times * one.width(), false);
                // The layer itself stays what later statements read most.
                scope.values.add(layer);
            }
            case 3 -> {
                if (state) {
                    add("layer", "final(%s)", layer, times * width, false);
                }
            }
            case 4 -> {
                if (both) {
                    add("layer", "0.5 * %s.backward", layer, width, true);
                }
            }
            default -> {}
        }
        return name;
    }

    private String initial(List<Scope.Named> states) {
        List<Scope.Named> rows = scope.values.stream()
                .filter(v -> !v.sequence() && v.width() > 0)
                .toList();
        if (rows.isEmpty() || random.nextInt(3) > 0) {
            return "";
        }
        Scope.Named state = states.get(random.nextInt(states.size()));
        Scope.Named row = rows.get(random.nextInt(rows.size()));
        String start = state.width() == 0 || random.nextInt(4) == 0
                ? "0.25"
                : row.width() == state.width() && random.nextBoolean()
                        ? row.name()
                        : "dense(%s, %d)".formatted(row.name(), state.width());
        return ", initial: {%s: %s}".formatted(state.name(), start);
    }

    private void share() {
        if (shared.isEmpty()) {
            library();
            return;
        }
        Shared first = shared.get(random.nextInt(shared.size()));
        add("layer", "share(" + first.name + ", dense(%s, " + first.inputs + "))", anySequence(), first.width, true);
    }

    private void attention() {
        Scope.Named query = scope.anyVector();
        Scope.Named keys = anySequence();
        int inner = scope.width();
        String text = switch (random.nextInt(4)) {
            case 0 -> "attention(dense(%1$s, %3$d), dense(%2$s, %3$d), %2$s)";
            case 1 -> "attention_general(%1$s, %2$s)";
            case 2 -> "attention_projected(%1$s, %2$s, %3$d)";
            default -> "attention_additive(%1$s, %2$s, A: %3$d)";
        };
        int width = text.contains("_projected") ? inner : keys.width();
        String name = fresh("v");
        statements.add("layer %s = %s".formatted(name, text.formatted(query.name(), keys.name(), inner)));
        scope.values.add(new Scope.Named(name, width, query.sequence()));
    }

    private void fold() {
        Scope.Named a = anySequence();
        List<String> folds = List.of("first", "last", "mean", "sum", "max", "min", "last");
        add("layer", folds.get(random.nextInt(folds.size())) + "(%s)", a, a.width(), false);
    }

    // ---- outputs

    private void outputs() {
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
            Scope.Named from = n == 1 ? scope.values.getLast() : scope.any();
            if (random.nextInt(3) == 0 && from.width() > 0) {
                from = add("output", "dense(%s, %d)", from, 1 + random.nextInt(9), from.sequence());
            } else {
                from = add("output", "%s", from, from.width(), from.sequence());
            }
            losses.of(from, statements);
        }
        losses.rest(statements);
    }

    /** A vector with time steps, the later ones more often. */
    private Scope.Named anySequence() {
        List<Scope.Named> all =
                scope.values.stream().filter(v -> v.sequence() && v.width() > 0).toList();
        return all.get(Math.max(random.nextInt(all.size()), random.nextInt(all.size())));
    }

    /** States a layer or output; {@code %1$s} in its equation is what it is made of, {@code %2$d} its width. */
    private Scope.Named add(String kind, String equation, Scope.Named of, int width, boolean sequence) {
        String name = fresh("v");
        statements.add("%s %s = %s".formatted(kind, name, equation.formatted(of.name(), width)));
        Scope.Named made = new Scope.Named(name, width, sequence);
        scope.values.add(made);
        return made;
    }

    private String fresh(String name) {
        String own = RandomCells.name(name, taken, random);
        taken.add(own);
        return own;
    }
}
