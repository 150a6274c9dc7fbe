package dev.rnnc.cli.foreign;

import dev.rnnc.compiler.model.Term;
import dev.rnnc.runtime.json.JsonValue;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Compares a normalisation with the terms of a model that read its variables: one must be that of something it is made of. */
final class KerasNormCheck {
    private static final double[] EPSILONS = {1e-3, 1e-5, 1e-6, 1e-12, 1e-7, 1e-8, 1e-4, 0};

    private final KerasLayer layer;
    private final RowTerms rows;
    private final Map<String, double[]> variables;
    private final List<KerasFinding> findings = new ArrayList<>();

    KerasNormCheck(KerasLayer layer, RowTerms rows, Map<String, double[]> variables) {
        this.layer = layer;
        this.rows = rows;
        this.variables = variables;
        compare();
    }

    List<KerasFinding> findings() {
        return findings;
    }

    private void compare() {
        if (layer.settings().flag("rms_scaling", false)) {
            findings.add(KerasFinding.error("layer '%s' (%s) has rms_scaling = true, which is not known here"
                    .formatted(layer.shown(), layer.type())));
            return;
        }
        axis();
        double stated = layer.settings().number("epsilon", 1e-3);
        int size = variables.values().stream().mapToInt(v -> v.length).max().orElse(0);
        List<double[]> inputs = RowTerms.rows(size);
        List<Term> read = rows.terms().results().stream()
                .filter(term ->
                        term instanceof Term.Parameter parameter && rows.names().contains(parameter.name()))
                .toList();
        List<Term> candidates = rows.above(read).stream()
                .filter(term -> term.type().shape().equals(List.of(size)))
                .toList();
        if (isNormalised(candidates, stated, inputs)) {
            return;
        }
        for (double other : EPSILONS) {
            if (isNormalised(candidates, other, inputs)) {
                findings.add(KerasFinding.error(
                        "layer '%s' (%s) has epsilon = %s, but the model computes with %s: state it in the cell, as in layernorm(x, epsilon: %s)"
                                .formatted(layer.shown(), layer.type(), shown(stated), shown(other), shown(stated))));
                return;
            }
        }
        findings.add(KerasFinding.error(
                "layer '%s' (%s) with epsilon = %s computes other values than the model does with %s: write the equations of Keras, as docs/weights.md shows"
                        .formatted(layer.shown(), layer.type(), shown(stated), String.join(", ", rows.names()))));
    }

    /** The last axis of a row is -1, that of a sequence also 2, that of a value without steps also 1. */
    private void axis() {
        List<JsonValue> axes = layer.settings().array("axis");
        double axis = axes.size() == 1
                ? new JsonMembers(new LinkedHashMap<>(Map.of("axis", axes.getFirst()))).number("axis", -1)
                : axes.isEmpty() ? layer.settings().number("axis", -1) : 0;
        if (axis != -1 && axis != 2) {
            findings.add(KerasFinding.warning(
                    "layer '%s' (%s) has axis = %s; the model normalises the features of each row, which is axis -1"
                            .formatted(
                                    layer.shown(),
                                    layer.type(),
                                    JsonMembers.print(layer.settings().members().get("axis")))));
        }
    }

    /** As the language has numbers. */
    private static String shown(double number) {
        return String.valueOf(number).toLowerCase(Locale.ROOT);
    }

    /** Whether a candidate is the normalisation of something that it is made of. */
    private boolean isNormalised(List<Term> candidates, double epsilon, List<double[]> inputs) {
        List<double[]> expected = inputs.stream()
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
                if (input && RowTerms.same(rows.values(candidate, part, inputs), expected)) {
                    return true;
                }
            }
        }
        return false;
    }
}
