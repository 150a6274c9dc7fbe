package dev.rnnc.generic.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What an expression may read where it stands: values of real numbers, tokens, and new parameters on demand. */
final class Scope {
    /** Where expressions stand: it decides what folds and parameters are. */
    enum Place {
        /** An equation of a cell: folds run over features, parameters are declared. */
        CELL,
        /** A layer or output of a model: weights are in cells it calls. */
        LAYER
    }

    /**
     * A value.
     *
     * @param width number of features; 0 of a single number
     * @param sequence whether it has time steps
     */
    record Named(String name, int width, boolean sequence) {}

    /** A token. */
    record Token(String name, int vocabulary, boolean sequence) {}

    final Place place;
    final Random random;
    /** The sizes of this model: few, so that values meet. */
    final List<Integer> widths;

    final List<Named> values = new ArrayList<>();
    final List<Token> tokens = new ArrayList<>();
    /** Declarations of the parameters that equations asked for. */
    final List<String> parameters = new ArrayList<>();

    private int names;

    Scope(Place place, Random random, List<Integer> widths) {
        this.place = place;
        this.random = random;
        this.widths = widths;
    }

    int width() {
        return widths.get(random.nextInt(widths.size()));
    }

    /** A value that may be read, the later ones more often. */
    Named any() {
        int a = random.nextInt(values.size());
        int b = random.nextInt(values.size());
        return values.get(Math.max(a, b));
    }

    /** A vector that may be read. */
    Named anyVector() {
        List<Named> vectors = values.stream().filter(v -> v.width > 0).toList();
        return vectors.get(Math.max(random.nextInt(vectors.size()), random.nextInt(vectors.size())));
    }

    /** A new name, not one of the model's. */
    String name(String prefix) {
        return prefix + ++names;
    }

    /** A new parameter, in a cell. */
    String parameter(String sizes) {
        String name = name("w");
        parameters.add("param %s%s ~ %s".formatted(name, sizes, initializer(sizes)));
        return name;
    }

    private String initializer(String sizes) {
        List<String> any = List.of("uniform(0.5)", "normal(0.4)", "constant(0.25)");
        List<String> ofMatrices = List.of("xavier_uniform()", "kaiming_normal()", "orthogonal(0.7)", "uniform(0.3)");
        List<String> kinds = sizes.contains(",") ? ofMatrices : any;
        return kinds.get(random.nextInt(kinds.size()));
    }
}
