package dev.rnnc.cli.foreign;

import dev.rnnc.cli.foreign.TermEvaluator.UnknownTermException;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Terms;
import dev.rnnc.runtime.json.JsonValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Compares a layer of Keras without a state with the terms of a model that read its variables: one of them must have its
 * values for any input. An activation may stand in the cell, around its call, or in the loss.
 */
final class KerasRowCheck {
    private static final double[] SCALES = {0.5, 2, 12};

    /** Terms above one that reads a variable among which the layer's result is looked for. */
    private static final int MOST_TERMS = 200;

    private static final double[] EPSILONS = {1e-3, 1e-5, 1e-6, 1e-12, 1e-7, 1e-8, 1e-4, 0};

    private final KerasModel keras;
    private final KerasLayer layer;
    private final ModelTerms terms;
    private final List<String> names;
    private final Function<Term.Parameter, double[]> parameters;
    private final Map<String, double[]> variables;
    private final Map<Term, Optional<List<double[]>>> known = new IdentityHashMap<>();
    private final List<KerasFinding> findings = new ArrayList<>();

    KerasRowCheck(
            KerasModel keras,
            KerasLayer layer,
            ModelTerms terms,
            List<String> names,
            Function<Term.Parameter, double[]> parameters,
            Map<String, double[]> variables) {
        this.keras = keras;
        this.layer = layer;
        this.terms = terms;
        this.names = names;
        this.parameters = parameters;
        this.variables = variables;
        if (layer.type().equals("Dense")) {
            dense();
        } else {
            normalisation();
        }
    }

    List<KerasFinding> findings() {
        return findings;
    }

    // ---- Dense

    private void dense() {
        Optional<KerasActivation> stated =
                KerasActivation.of(layer.settings().members().get("activation"), keras.major());
        if (stated.isEmpty()) {
            findings.add(KerasFinding.error("layer '%s' (Dense) has activation = %s, which is not known here"
                    .formatted(
                            layer.shown(),
                            JsonMembers.print(layer.settings().members().get("activation")))));
            return;
        }
        boolean found = false;
        List<Term> all = new ArrayList<>(terms.results());
        all.addAll(terms.losses());
        for (Term term : all) {
            if (term instanceof Term.Product product
                    && Terms.behindVariables(product.matrix()) instanceof Term.Parameter weight
                    && names.contains(weight.name())) {
                found = true;
                compare(stated.get(), product, weight.name());
            }
        }
        if (!found) {
            unknown();
        }
    }

    private void unknown() {
        findings.add(KerasFinding.warning(
                "layer '%s' (%s): what the model computes with %s could not be compared with its settings; see that it is the same"
                        .formatted(layer.shown(), layer.type(), String.join(", ", names))));
    }

    /** Compares one call: all that is made of the product alone. */
    private void compare(KerasActivation stated, Term.Product product, String weight) {
        known.clear();
        Term input = Terms.behindVariables(product.vector());
        List<double[]> rows = rows(product.vector().type().shape().getFirst());
        List<Term> made = above(List.of(product));
        List<Term> candidates = made.stream()
                .filter(term -> known(term, input, rows).isPresent())
                .toList();
        Set<Term> within = identities(candidates);
        List<Term> exposed = candidates.stream()
                .filter(term ->
                        terms.isRoot(term) || terms.users(term).stream().anyMatch(user -> !within.contains(user)))
                .toList();
        boolean linear = stated == KerasActivation.LINEAR;
        if (linear ? isAny(exposed, stated, input, rows) : isAny(candidates, stated, input, rows)) {
            return;
        }
        if (!exposed.isEmpty() && isAny(exposed, KerasActivation.LINEAR, input, rows) && inLoss(stated, input, rows)) {
            findings.add(KerasFinding.warning(
                    "layer '%s' (Dense) has activation = %s, which the model leaves to its loss: its output is what comes before"
                            .formatted(layer.shown(), stated.name())));
            return;
        }
        Optional<KerasActivation> applied = KerasActivation.known().stream()
                .filter(known -> isAny(exposed, known, input, rows))
                .findFirst();
        if (linear && (applied.isEmpty() || standsAlone(applied.get()))) {
            return;
        }
        if (applied.isEmpty() && !isAny(candidates, KerasActivation.LINEAR, input, rows)) {
            unknown();
            return;
        }
        findings.add(KerasFinding.error(
                "layer '%s' (Dense) has activation = %s, but the model applies %s to what it computes with '%s': %s"
                        .formatted(
                                layer.shown(),
                                stated.name(),
                                applied.map(KerasActivation::name).orElse("another function"),
                                weight,
                                linear
                                        ? "write the call alone, as in dense(x, 8)"
                                        : "write it around the call, as in tanh(dense(x, 8))")));
    }

    private boolean isAny(List<Term> candidates, KerasActivation activation, Term input, List<double[]> rows) {
        List<double[]> expected = rows.stream()
                .map(row -> KerasEquations.dense(activation, variables, row))
                .toList();
        return candidates.stream().anyMatch(term -> same(known(term, input, rows), expected));
    }

    /** Whether the loss has that activation of the layer, or the logarithm of its softmax. */
    private boolean inLoss(KerasActivation activation, Term input, List<double[]> rows) {
        List<Term> losses = terms.losses().stream()
                .filter(term -> known(term, input, rows).isPresent())
                .toList();
        boolean softmax = activation.name().equals("softmax");
        return isAny(losses, activation, input, rows)
                || softmax
                        && KerasActivation.known().stream()
                                .anyMatch(known ->
                                        known.name().equals("log_softmax") && isAny(losses, known, input, rows));
    }

    /** Whether the file has a layer or an operation of its own that is this activation. */
    private boolean standsAlone(KerasActivation applied) {
        double[] row = rows(24).getLast();
        return keras.others().stream().anyMatch(other -> {
            JsonMembers described = new JsonMembers(new LinkedHashMap<>(Map.of(
                    "class_name",
                    new JsonValue.Text(other.type()),
                    "config",
                    new JsonValue.Members(other.settings().members()))));
            boolean layer = KerasActivation.layer(described, keras.major())
                    .filter(activation -> KerasCellCheck.close(
                            activation.function().apply(row), applied.function().apply(row)))
                    .isPresent();
            String name = applied.name().replace("_", "").toLowerCase(Locale.ROOT);
            boolean operation = other.module().contains(".ops")
                    && name.startsWith(other.type().toLowerCase(Locale.ROOT));
            return layer || operation;
        });
    }

    // ---- normalisations

    private void normalisation() {
        double stated = layer.settings().number("epsilon", 1e-3);
        int size = variables.values().stream().mapToInt(v -> v.length).max().orElse(0);
        List<double[]> rows = rows(size);
        List<Term> read = terms.results().stream()
                .filter(term -> term instanceof Term.Parameter parameter && names.contains(parameter.name()))
                .toList();
        List<Term> candidates = above(read).stream()
                .filter(term -> term.type().shape().equals(List.of(size)))
                .toList();
        if (isNormalised(candidates, stated, rows)) {
            return;
        }
        for (double other : EPSILONS) {
            if (isNormalised(candidates, other, rows)) {
                findings.add(KerasFinding.error(
                        "layer '%s' (%s) has epsilon = %s, but the model computes with %s: state it in the cell, as in layernorm(x, epsilon: %s)"
                                .formatted(layer.shown(), layer.type(), shown(stated), shown(other), shown(stated))));
                return;
            }
        }
        findings.add(KerasFinding.error(
                "layer '%s' (%s) with epsilon = %s computes other values than the model does with %s: write the equations of Keras, as docs/weights.md shows"
                        .formatted(layer.shown(), layer.type(), shown(stated), String.join(", ", names))));
    }

    /** As the language has numbers. */
    private static String shown(double number) {
        return String.valueOf(number).toLowerCase(Locale.ROOT);
    }

    /** Whether a candidate is the normalisation of something that it is made of. */
    private boolean isNormalised(List<Term> candidates, double epsilon, List<double[]> rows) {
        List<double[]> expected = rows.stream()
                .map(row -> KerasEquations.normalised(variables, epsilon, row))
                .toList();
        for (Term candidate : candidates) {
            List<Term> parts = new ArrayList<>();
            TermEvaluator.visit(candidate, new IdentityHashMap<>(), parts::add);
            for (Term part : parts) {
                boolean input = part != candidate
                        && !(part instanceof Term.Parameter)
                        && !(part instanceof Term.Use)
                        && part.type().shape().equals(candidate.type().shape());
                if (input && same(values(candidate, part, rows), expected)) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---- both

    private static List<double[]> rows(int size) {
        List<double[]> rows = new ArrayList<>();
        for (double scale : SCALES) {
            SplittableRandom numbers = new SplittableRandom(rows.size());
            double[] row = new double[size];
            for (int i = 0; i < size; i++) {
                row[i] = scale * (2 * numbers.nextDouble() - 1);
            }
            rows.add(row);
        }
        return rows;
    }

    /** These terms and what is made of them, the nearest first. */
    private List<Term> above(List<Term> start) {
        Set<Term> found = identities(start);
        List<Term> open = new ArrayList<>(start);
        for (int i = 0; i < open.size() && open.size() < MOST_TERMS; i++) {
            for (Term user : terms.users(open.get(i))) {
                if (found.add(user)) {
                    open.add(user);
                }
            }
        }
        return open;
    }

    private static Set<Term> identities(List<Term> terms) {
        Set<Term> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(terms);
        return set;
    }

    /** The same, of one call computed once. */
    private Optional<List<double[]>> known(Term term, Term input, List<double[]> rows) {
        return known.computeIfAbsent(term, _ -> values(term, input, rows));
    }

    /** The values of a term for each row of an input, where it depends on nothing else. */
    private Optional<List<double[]>> values(Term term, Term input, List<double[]> rows) {
        try {
            List<double[]> values = new ArrayList<>();
            for (double[] row : rows) {
                TermEvaluator evaluator = new TermEvaluator(leaf -> {
                    if (Terms.behindVariables(leaf) == input) {
                        return Optional.of(row);
                    }
                    // What other parameters are in belongs to other layers.
                    return leaf instanceof Term.Parameter parameter && names.contains(parameter.name())
                            ? Optional.of(parameters.apply(parameter))
                            : Optional.empty();
                });
                values.add(evaluator.value(term));
            }
            return Optional.of(values);
        } catch (UnknownTermException e) {
            return Optional.empty();
        }
    }

    private static boolean same(Optional<List<double[]>> values, List<double[]> expected) {
        if (values.isEmpty()) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!KerasCellCheck.close(expected.get(i), values.get().get(i))) {
                return false;
            }
        }
        return true;
    }
}
