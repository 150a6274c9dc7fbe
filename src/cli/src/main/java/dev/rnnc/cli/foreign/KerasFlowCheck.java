package dev.rnnc.cli.foreign;

import dev.rnnc.cli.foreign.TermEvaluator.UnknownTermException;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Terms;
import dev.rnnc.runtime.json.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares how layers of Keras go along a sequence with what a model does: direction, which steps are used, merging, masks. */
final class KerasFlowCheck {
    /** Layers and operations that make one value of all steps, or take one of them. */
    private static final Set<String> FEWER_STEPS = Set.of(
            "GetItem",
            "Mean",
            "Max",
            "Min",
            "Sum",
            "Take",
            "Flatten",
            "Reshape",
            "Attention",
            "AdditiveAttention",
            "GlobalMaxPooling1D",
            "GlobalAveragePooling1D",
            "GlobalMaxPool1D",
            "GlobalAvgPool1D",
            "TFOpLambda",
            "SlicingOpLambda",
            "Lambda",
            "Dot");

    private final ModelTerms terms;
    private final KerasLayer layer;
    private final Recurrence recurrence;
    private final List<KerasFinding> findings = new ArrayList<>();

    private KerasFlowCheck(ModelTerms terms, KerasLayer layer, Recurrence recurrence) {
        this.terms = terms;
        this.layer = layer;
        this.recurrence = recurrence;
    }

    /** Compares one direction of a layer with the recurrence that has its variables. */
    static List<KerasFinding> of(KerasModel keras, ModelTerms terms, KerasLayer layer, Recurrence recurrence) {
        KerasFlowCheck check = new KerasFlowCheck(terms, layer, recurrence);
        check.direction();
        check.steps(keras);
        if (layer.flow().flag("stateful", false)) {
            check.findings.add(KerasFinding.warning(
                    "layer '%s' (%s) has stateful = true: Keras carries its states from batch to batch, as a session of the model does; 'rnnc run' starts from zeros"
                            .formatted(layer.shown(), layer.type())));
        }
        return check.findings;
    }

    private void direction() {
        boolean flag = layer.flow().flag("go_backwards", false);
        boolean backward = layer.direction() == KerasLayer.Direction.BACKWARD || flag;
        String setting = layer.direction() == KerasLayer.Direction.ALONE
                ? "has go_backwards = " + flag
                : "is the " + layer.direction().name().toLowerCase(Locale.ROOT) + " half of a Bidirectional layer";
        if (backward != recurrence.backward()) {
            error("%s, but the model's '%s' (line %d) runs %s: write %s"
                    .formatted(
                            setting,
                            recurrence.name(),
                            recurrence.line(),
                            recurrence.backward() ? "backward" : "forward",
                            backward ? "backward(...) around the call" : "the call without backward(...)"));
        } else if (flag
                && layer.direction() == KerasLayer.Direction.ALONE
                && layer.flow().flag("return_sequences", false)) {
            error(
                    ("has go_backwards = true with return_sequences = true: Keras leaves its results in the order in which they"
                                    + " were made, the model's '%s' (line %d) in that of time, so that step t of one is step T - 1 - t"
                                    + " of the other: turn what comes behind round as well")
                            .formatted(recurrence.name(), recurrence.line()));
        }
    }

    /** Which steps of its result are used. */
    private void steps(KerasModel keras) {
        boolean sequences = layer.flow().flag("return_sequences", false);
        List<Term> uses = new ArrayList<>();
        boolean asSequence = false;
        for (Term term : terms.results()) {
            if (isResult(term)) {
                asSequence |= uses(term, uses);
            }
        }
        if (!sequences && uses.stream().anyMatch(this::isOtherStep)) {
            error(
                    ("has return_sequences = false, its state after the step that it reads last, but the model takes another step of"
                                    + " '%s' (line %d): take final(%s)")
                            .formatted(
                                    recurrence.name(),
                                    recurrence.line(),
                                    recurrence.name().replaceFirst("\\.(forward|backward)$", "")));
            return;
        }
        asSequence |= uses.stream().anyMatch(use -> !(use instanceof Term.Step));
        if (!sequences && asSequence) {
            findings.add(KerasFinding.warning(
                    "layer '%s' (%s) has return_sequences = false, but the model uses every step of '%s'; Keras has the last one only"
                            .formatted(layer.shown(), layer.type(), recurrence.name())));
        }
        boolean taken = keras.others().stream().anyMatch(other -> FEWER_STEPS.contains(other.type()));
        boolean last = terms.results().stream()
                .anyMatch(term -> term instanceof Term.FinalState && isResult(term, recurrence));
        boolean states = layer.flow().flag("return_state", false);
        if (sequences && !asSequence && !taken && (!uses.isEmpty() || last && !states)) {
            findings.add(KerasFinding.warning(
                    "layer '%s' (%s) has return_sequences = true, but the model uses one step of '%s' only"
                            .formatted(layer.shown(), layer.type(), recurrence.name())));
        }
    }

    /**
     * What a result is used for; dropout, and the other half beside it, are no use.
     *
     * @return whether all of it is an output or what a recurrence reads
     */
    private boolean uses(Term term, List<Term> uses) {
        boolean whole = terms.isRoot(term);
        for (Term user : terms.users(term)) {
            if (user instanceof Term.Dropout || user instanceof Term.Directions) {
                whole |= uses(user, uses);
            } else {
                uses.add(user);
            }
        }
        return whole;
    }

    private boolean isResult(Term term) {
        return isResult(term, recurrence) && !(term instanceof Term.FinalState);
    }

    /** Whether a use takes a step that is not the one this direction reads last, or folds them all. */
    private boolean isOtherStep(Term use) {
        return switch (use) {
            case Term.Step step -> step.index() != (recurrence.backward() ? 0 : -1);
            case Term.Fold fold -> fold.axis() == Term.Axis.TIME;
            default -> false;
        };
    }

    private static boolean isResult(Term term, Recurrence recurrence) {
        return switch (term) {
            case Term.CellOutput output -> output.recurrence() == recurrence;
            case Term.CellState state -> state.recurrence() == recurrence && isResult(recurrence, state.index());
            case Term.FinalState state -> state.recurrence() == recurrence && isResult(recurrence, state.index());
            default -> false;
        };
    }

    private static boolean isResult(Recurrence recurrence, int state) {
        return Terms.behindVariables(recurrence.states().get(state).next())
                == Terms.behindVariables(recurrence.result());
    }

    private void error(String what) {
        findings.add(KerasFinding.error("layer '%s' (%s) %s".formatted(layer.shown(), layer.type(), what)));
    }

    // ---- of several layers

    /** Layers that mask steps, where no cell of the model has an input for a mask. */
    static List<KerasFinding> masks(KerasModel keras, ModelTerms terms) {
        boolean masked = terms.recurrences().stream()
                .anyMatch(r -> r.inputs().size() > 1
                        && r.inputs().stream().anyMatch(i -> i.term().type().isScalar()));
        List<KerasFinding> findings = new ArrayList<>();
        String remedy =
                "the model takes it as a step unless the data has lengths (padding on the right) or its cells skip"
                        + " it by themselves, as docs/weights.md shows";
        for (KerasLayer layer : keras.layers()) {
            if (!masked && layer.type().equals("Embedding") && layer.settings().flag("mask_zero", false)) {
                findings.add(KerasFinding.warning("layer '%s' (Embedding) has mask_zero = true: Keras skips token 0; %s"
                        .formatted(layer.shown(), remedy)));
            }
        }
        for (KerasModel.Plain other : keras.others()) {
            if (!masked && other.type().equals("Masking")) {
                JsonValue value = other.settings().members().getOrDefault("mask_value", new JsonValue.Number("0"));
                findings.add(KerasFinding.warning(
                        "layer '%s' (Masking) has mask_value = %s: Keras skips steps of that value; %s"
                                .formatted(other.name(), JsonMembers.print(value), remedy)));
            }
        }
        return findings;
    }

    /** Compares how the halves of bidirectional layers are merged. */
    static List<KerasFinding> merges(Map<Recurrence, KerasLayer> layers, ModelTerms terms) {
        List<KerasFinding> findings = new ArrayList<>();
        layers.forEach((forward, layer) -> {
            if (layer.direction() == KerasLayer.Direction.FORWARD
                    && !layer.merge().isEmpty()) {
                layers.forEach((backward, other) -> {
                    boolean beside = other.direction() == KerasLayer.Direction.BACKWARD
                            && other.group()
                                    .replace("/backward_layer", "")
                                    .equals(layer.group().replace("/forward_layer", ""))
                            && forward.name()
                                    .replace(".forward", "")
                                    .equals(backward.name().replace(".backward", ""));
                    if (beside) {
                        merge(layer, forward, backward, terms).ifPresent(findings::add);
                    }
                });
            }
        });
        return findings;
    }

    private static Optional<KerasFinding> merge(
            KerasLayer layer, Recurrence forward, Recurrence backward, ModelTerms terms) {
        int size = forward.result().type().shape().getFirst();
        double[] one = new double[size];
        double[] other = new double[size];
        for (int i = 0; i < size; i++) {
            one[i] = Math.sin(i + 1);
            other[i] = Math.cos(3 * i + 1);
        }
        TermEvaluator evaluator = new TermEvaluator(term -> isResult(term, forward)
                ? Optional.of(one)
                : isResult(term, backward) ? Optional.of(other) : Optional.empty());
        List<double[]> values = new ArrayList<>();
        for (Term term : terms.results()) {
            // A bidirectional layer's statement is no use of both halves.
            if (!terms.isRoot(term) && terms.users(term).isEmpty()) {
                continue;
            }
            try {
                values.add(evaluator.value(term));
            } catch (UnknownTermException e) {
                // It depends on something else as well.
            }
        }
        List<String> found = new ArrayList<>();
        for (String mode : List.of("concat", "sum", "ave", "mul")) {
            double[] expected = merged(mode, one, other);
            if (values.stream().anyMatch(value -> KerasCellCheck.close(expected, value))) {
                found.add(mode);
            }
        }
        // A sum is on the way to the mean.
        boolean same = found.contains(layer.merge()) && !(layer.merge().equals("sum") && found.contains("ave"));
        if (same || found.isEmpty()) {
            return found.isEmpty()
                    ? Optional.of(KerasFinding.warning(
                            "layer '%s' (Bidirectional) has merge_mode = %s, and how the model merges the halves of '%s' could not be compared"
                                    .formatted(layer.name(), layer.merge(), forward.name())))
                    : Optional.empty();
        }
        return Optional.of(KerasFinding.error(
                "layer '%s' (Bidirectional) has merge_mode = %s, but the model (line %d) has the halves by %s: write %s of h.forward and h.backward"
                        .formatted(layer.name(), layer.merge(), forward.line(), found.getLast(), layer.merge())));
    }

    private static double[] merged(String mode, double[] one, double[] other) {
        if (mode.equals("concat")) {
            double[] both = Arrays.copyOf(one, 2 * one.length);
            System.arraycopy(other, 0, both, one.length, other.length);
            return both;
        }
        double[] merged = new double[one.length];
        for (int i = 0; i < merged.length; i++) {
            merged[i] = switch (mode) {
                case "sum" -> one[i] + other[i];
                case "ave" -> (one[i] + other[i]) / 2;
                default -> one[i] * other[i];
            };
        }
        return merged;
    }
}
