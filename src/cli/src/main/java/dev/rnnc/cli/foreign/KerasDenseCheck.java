package dev.rnnc.cli.foreign;

import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Terms;
import dev.rnnc.runtime.json.JsonValue;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares a {@code Dense} layer with each product of a model by its kernel: something made of the product must have the
 * layer's values for any input. Its activation may stand in the cell, around the call, or in the loss.
 */
final class KerasDenseCheck {
    private final KerasModel keras;
    private final KerasLayer layer;
    private final RowTerms rows;
    private final Map<String, double[]> variables;
    private final Map<Term, Optional<List<double[]>>> known = new IdentityHashMap<>();
    private final List<KerasFinding> findings = new ArrayList<>();

    KerasDenseCheck(KerasModel keras, KerasLayer layer, RowTerms rows, Map<String, double[]> variables) {
        this.keras = keras;
        this.layer = layer;
        this.rows = rows;
        this.variables = variables;
        compare();
    }

    List<KerasFinding> findings() {
        return findings;
    }

    private void compare() {
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
        List<Term> all = new ArrayList<>(rows.terms().results());
        all.addAll(rows.terms().losses());
        for (Term term : all) {
            if (term instanceof Term.Product product
                    && Terms.behindVariables(product.matrix()) instanceof Term.Parameter weight
                    && rows.names().contains(weight.name())) {
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
                        .formatted(layer.shown(), layer.type(), String.join(", ", rows.names()))));
    }

    /** Compares one call: all that is made of the product alone. */
    private void compare(KerasActivation stated, Term.Product product, String weight) {
        known.clear();
        Term input = Terms.behindVariables(product.vector());
        List<double[]> inputs = RowTerms.rows(product.vector().type().shape().getFirst());
        List<Term> made = rows.above(List.of(product));
        List<Term> candidates = made.stream()
                .filter(term -> known(term, input, inputs).isPresent())
                .toList();
        Set<Term> within = RowTerms.identities(candidates);
        List<Term> exposed = candidates.stream()
                .filter(term -> rows.terms().isRoot(term)
                        || rows.terms().users(term).stream().anyMatch(user -> !within.contains(user)))
                .toList();
        boolean linear = stated == KerasActivation.LINEAR;
        if (linear ? isAny(exposed, stated, input, inputs) : isAny(candidates, stated, input, inputs)) {
            return;
        }
        if (!exposed.isEmpty()
                && isAny(exposed, KerasActivation.LINEAR, input, inputs)
                && inLoss(stated, input, inputs)) {
            findings.add(KerasFinding.warning(
                    "layer '%s' (Dense) has activation = %s, which the model leaves to its loss: its output is what comes before"
                            .formatted(layer.shown(), stated.name())));
            return;
        }
        Optional<KerasActivation> applied = KerasActivation.known().stream()
                .filter(known -> isAny(exposed, known, input, inputs))
                .findFirst();
        if (linear && (applied.isEmpty() || standsAlone(applied.get()))) {
            return;
        }
        if (applied.isEmpty() && !isAny(candidates, KerasActivation.LINEAR, input, inputs)) {
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

    private boolean isAny(List<Term> candidates, KerasActivation activation, Term input, List<double[]> inputs) {
        List<double[]> expected = inputs.stream()
                .map(row -> KerasEquations.dense(activation, variables, row))
                .toList();
        return candidates.stream().anyMatch(term -> RowTerms.same(known(term, input, inputs), expected));
    }

    /** Whether the loss has that activation of the layer, or the logarithm of its softmax. */
    private boolean inLoss(KerasActivation activation, Term input, List<double[]> inputs) {
        List<Term> losses = rows.terms().losses().stream()
                .filter(term -> known(term, input, inputs).isPresent())
                .toList();
        boolean softmax = activation.name().equals("softmax");
        return isAny(losses, activation, input, inputs)
                || softmax
                        && KerasActivation.known().stream()
                                .anyMatch(known ->
                                        known.name().equals("log_softmax") && isAny(losses, known, input, inputs));
    }

    /** Whether the file has a layer or an operation of its own that is this activation. */
    private boolean standsAlone(KerasActivation applied) {
        double[] row = RowTerms.rows(24).getLast();
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

    /** The same, of one call computed once. */
    private Optional<List<double[]>> known(Term term, Term input, List<double[]> inputs) {
        return known.computeIfAbsent(term, _ -> rows.values(term, input, inputs));
    }
}
