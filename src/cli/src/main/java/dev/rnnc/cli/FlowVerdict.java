package dev.rnnc.cli;

import dev.rnnc.compiler.explain.RecurrentBound;
import dev.rnnc.runtime.train.GradientFlow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a gradient flow means, in words, and what to try. */
final class FlowVerdict {
    /** A gradient of which less than this is left has vanished: the next digits of a float come from other steps. */
    static final double VANISHED = 1e-3;
    /** A gradient that grew by more than this explodes. */
    static final double EXPLODED = 1e3;

    private static final double MANY_SATURATED = 0.5;
    private static final double MANY_DEAD = 0.3;
    private static final double OFTEN_CLIPPED = 0.5;

    private final ModelFlow model;
    private final List<String> findings = new ArrayList<>();
    private final List<String> advice = new ArrayList<>();

    private FlowVerdict(ModelFlow model) {
        this.model = model;
    }

    /**
     * What was found.
     *
     * @param findings sentences on what there is
     * @param advice sentences on what to try; empty where all is well
     */
    record Words(List<String> findings, List<String> advice) {
        Words {
            findings = List.copyOf(findings);
            advice = List.copyOf(advice);
        }
    }

    /** The words for a model. */
    static Words of(ModelFlow model) {
        return new FlowVerdict(model).judge();
    }

    /** What the flow through a layer of a model is, in one word. */
    static String kind(ModelFlow model, LayerFlow layer) {
        String kind = kind(layer);
        // Every step's own loss gives it a gradient, wherever the others' end.
        return kind.equals("healthy") && model.lossAtEveryStep() ? "level" : kind;
    }

    private static String kind(LayerFlow layer) {
        List<Double> back = layer.back();
        if (back.isEmpty() || back.stream().allMatch(n -> n == 0)) {
            return "none";
        }
        double most = back.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        if (layer.stepsUntil(VANISHED) >= 0) {
            return "vanishing";
        }
        return most > EXPLODED * back.getFirst() ? "exploding" : "healthy";
    }

    private Words judge() {
        if (model.last().layers().isEmpty()) {
            findings.add("There is no recurrent layer, so no gradient flows through time.");
        }
        for (ModelFlow.Stage stage : model.stages()) {
            for (LayerFlow layer : stage.layers()) {
                findings.add(sentence(model, stage, layer));
            }
        }
        for (LayerFlow layer : model.last().layers()) {
            findings.add(bound(layer.bound()));
            advise(layer);
        }
        if (model.lossAtEveryStep() && !model.last().layers().isEmpty()) {
            findings.add("The loss compares every time step, so each has a gradient of its own: a level curve does not"
                    + " show that gradients come from far.");
        }
        training();
        units();
        return new Words(findings, advice.stream().distinct().toList());
    }

    private static String sentence(ModelFlow model, ModelFlow.Stage stage, LayerFlow layer) {
        List<Double> back = layer.back();
        String start = capital(stage.title()) + ", " + layer.name() + ": ";
        String ends = back.isEmpty()
                ? ""
                : " |dL/dh| goes from %s at the layer's last step to %s at its first, %d steps back"
                        .formatted(number(back.getFirst()), number(back.getLast()), back.size() - 1);
        String factor = Double.isNaN(layer.measuredFactor())
                ? ""
                : String.format(Locale.ROOT, " (a factor of %.3f a step)", layer.measuredFactor());
        return start
                + switch (kind(model, layer)) {
                    case "none" -> "no gradient reaches it: the loss does not depend on this layer.";
                    case "vanishing" ->
                        "vanishing." + ends + factor
                                + "; less than a thousandth is left from %d steps back on."
                                        .formatted(layer.stepsUntil(VANISHED));
                    case "exploding" -> "exploding." + ends + factor + ".";
                    case "level" -> "level." + ends + factor + ".";
                    default -> "healthy." + ends + factor + ".";
                };
    }

    private static String bound(RecurrentBound bound) {
        String matrices = bound.norms().isEmpty()
                ? "no matrix"
                : String.join(
                        ", ",
                        bound.norms().entrySet().stream()
                                .map(e -> "%s %s".formatted(e.getKey(), number(e.getValue())))
                                .toList());
        List<String> gates = new ArrayList<>();
        for (int i = 0; i < bound.states().size(); i++) {
            if (bound.direct().get(i) > 0 && Double.isFinite(bound.direct().get(i))) {
                gates.add("%s to itself past all matrices at most %s"
                        .formatted(bound.states().get(i), number(bound.direct().get(i))));
            }
        }
        String assumed =
                bound.assumed().isEmpty() ? "" : "; assumed: " + String.join(", ", bound.assumed()) + " within [-1, 1]";
        String factor = !Double.isFinite(bound.factor())
                ? "its equations give no bound"
                : "a step back multiplies the gradient by at most %s%s"
                        .formatted(
                                number(bound.factor()),
                                bound.factor() < 1 ? ", so it must vanish" : ", so it may grow but need not");
        return "By the equations of %s %s (largest singular values: %s%s%s)."
                .formatted(
                        bound.layer(),
                        factor,
                        matrices,
                        gates.isEmpty() ? "" : "; " + String.join(", ", gates),
                        assumed);
    }

    private void advise(LayerFlow layer) {
        boolean gated = model.last().units().stream()
                .anyMatch(u -> u.kind() == GradientFlow.Kind.SIGMOID && u.name().startsWith(layer.name() + "."));
        switch (kind(layer)) {
            case "vanishing" -> {
                if (gated) {
                    advice.add("More training, if the loss still falls: gates learn to stay open.");
                    advice.add(
                            "Gates that start open: a first bias of 1 or more for an LSTM's forget gate or a GRU's update"
                                    + " gate, in a cell of your own with 'param bias ~ split(constant(0), constant(1), ...)'"
                                    + " (Jozefowicz et al. 2015).");
                    advice.add("Layer normalisation: lstm_layernorm or gru_layernorm.");
                } else {
                    advice.add("Gates, which let gradients pass unchanged: lstm or gru in the place of this cell.");
                    advice.add(
                            "An orthogonal first recurrent matrix: 'param weight_hh[H, H] ~ orthogonal()' (Saxe et al."
                                    + " 2014); with rnn_relu the identity (Le et al. 2015).");
                }
                advice.add(
                        "If the task does not need steps this far back, shorter windows: fewer 'steps' in train {}.");
            }
            case "exploding" -> {
                if (model.training() == null || Double.isNaN(model.training().clipRate())) {
                    advice.add("Clipping: 'clip norm 1' in train {} (Pascanu et al. 2013).");
                }
                advice.add("An orthogonal first recurrent matrix: 'param weight_hh[H, H] ~ orthogonal()'.");
                advice.add("A lower learning rate, or shorter windows: fewer 'steps' in train {}.");
            }
            default -> {}
        }
    }

    private void training() {
        ModelFlow.Training training = model.training();
        if (training == null) {
            return;
        }
        findings.add("%s updates took the loss from %s to %s; the mean gradient norm was %s%s."
                .formatted(
                        Numbers.grouped(training.updates()),
                        Numbers.loss(training.firstLoss()),
                        Numbers.loss(training.lastLoss()),
                        number(training.gradientNorm()),
                        Double.isNaN(training.clipRate())
                                ? ", and nothing is clipped by norm"
                                : String.format(Locale.ROOT, ", and %.0f %% were clipped", 100 * training.clipRate())));
        if (training.failure() != null) {
            findings.add("Training stopped: " + training.failure() + ".");
        }
        if (training.clipRate() > OFTEN_CLIPPED) {
            advice.add(
                    "Clipping more than every second update means the limit sets the learning rate: lower the rate or"
                            + " raise the limit.");
        }
    }

    private void units() {
        for (GradientFlow.Units units : model.last().units()) {
            // A sigmoid is a gate: open or shut is what it is for, so the table is enough for it.
            if (units.kind() == GradientFlow.Kind.TANH && units.saturated() > MANY_SATURATED) {
                findings.add(String.format(
                        Locale.ROOT,
                        "%s is saturated in %.0f %% of its values.",
                        units.name(),
                        100 * units.saturated()));
                advice.add(
                        "Saturated tanh units pass little gradient: smaller first weights, layer normalisation, a lower"
                                + " learning rate, or inputs scaled to about [-1, 1].");
            }
            if (units.dead() > MANY_DEAD) {
                findings.add(String.format(
                        Locale.ROOT,
                        "%.0f %% of the units of %s are dead: zero everywhere.",
                        100 * units.dead(),
                        units.name()));
                advice.add("Dead relus never come back: a lower learning rate, or leaky_relu or elu.");
            }
        }
    }

    /** Three digits, whatever the size. */
    static String number(double value) {
        boolean plain = value == 0 || Math.abs(value) >= 0.01 && Math.abs(value) < 10000;
        return String.format(Locale.ROOT, plain ? "%.3f" : "%.2e", value);
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
