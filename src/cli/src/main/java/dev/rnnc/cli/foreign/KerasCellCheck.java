package dev.rnnc.cli.foreign;

import dev.rnnc.cli.foreign.TermEvaluator.UnknownTermException;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.runtime.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Compares the equations of a recurrence with those of the layer of Keras whose variables it has. */
final class KerasCellCheck {
    /** More than doubles differ by, less than any two settings do. */
    static final double TOLERANCE = 1e-6;

    /** Steps from zero states; the inputs grow, so that limits of activations are met. */
    private static final double[] SCALES = {0.5, 2, 1, 12};

    private static final String CELL = "write a cell with the file's, as docs/weights.md shows";

    private final KerasModel keras;
    private final KerasLayer layer;
    private final Recurrence recurrence;
    private final Function<Term.Parameter, double[]> parameters;
    private final Map<String, double[]> variables;
    private final List<KerasFinding> findings = new ArrayList<>();

    KerasCellCheck(
            KerasModel keras,
            KerasLayer layer,
            Recurrence recurrence,
            Function<Term.Parameter, double[]> parameters,
            Map<String, double[]> variables) {
        this.keras = keras;
        this.layer = layer;
        this.recurrence = recurrence;
        this.parameters = parameters;
        this.variables = variables;
        compare();
    }

    List<KerasFinding> findings() {
        return findings;
    }

    private void compare() {
        Optional<KerasActivation> activation = activation("activation");
        Optional<KerasActivation> gate = layer.type().equals("SimpleRNN")
                ? Optional.of(KerasActivation.LINEAR)
                : activation("recurrent_activation");
        if (activation.isEmpty() || gate.isEmpty()) {
            return;
        }
        // Keras 1 and configurations without the key have the gate before the product.
        boolean resetAfter = layer.settings().flag("reset_after", false);
        KerasEquations.Cell stated = new KerasEquations.Cell(layer.type(), activation.get(), gate.get(), resetAfter);
        List<double[]> ofModel;
        try {
            ofModel = model();
        } catch (UnknownTermException e) {
            findings.add(KerasFinding.warning(
                    "layer '%s' (%s): the equations of '%s' could not be compared with its settings; see that they are the same"
                            .formatted(layer.shown(), layer.type(), recurrence.name())));
            return;
        }
        if (!same(stated, ofModel)) {
            explain(stated, ofModel);
        }
    }

    private Optional<KerasActivation> activation(String setting) {
        JsonValue value = layer.settings().members().get(setting);
        String standard = setting.equals("activation") ? "tanh" : "sigmoid";
        Optional<KerasActivation> found =
                KerasActivation.of(value == null ? new JsonValue.Text(standard) : value, keras.major());
        if (found.isEmpty()) {
            findings.add(KerasFinding.error("layer '%s' (%s) has %s = %s, which is not known here"
                    .formatted(layer.shown(), layer.type(), setting, JsonMembers.print(value))));
        }
        return found;
    }

    /** The recurrent kernel is [units, gates * units]. */
    private int size() {
        int gates = KerasEquations.gates(layer.type());
        return (int) Math.round(Math.sqrt(variables.get(KerasSources.RECURRENT_KERNEL).length / (double) gates));
    }

    private double[] input(int step) {
        int gates = variables.get(KerasSources.RECURRENT_KERNEL).length / size();
        double[] x = new double[variables.get(KerasSources.KERNEL).length / gates];
        SplittableRandom numbers = new SplittableRandom(step);
        for (int i = 0; i < x.length; i++) {
            x[i] = SCALES[step] * (2 * numbers.nextDouble() - 1);
        }
        return x;
    }

    private boolean same(KerasEquations.Cell cell, List<double[]> ofModel) {
        double[][] states = {new double[size()], new double[size()]};
        for (int step = 0; step < SCALES.length; step++) {
            KerasEquations.step(cell, variables, input(step), states);
            if (!close(states[0], ofModel.get(step))) {
                return false;
            }
        }
        return true;
    }

    static boolean close(double[] one, double[] other) {
        if (one.length != other.length) {
            return false;
        }
        for (int i = 0; i < one.length; i++) {
            if (!(Math.abs(one[i] - other[i]) <= TOLERANCE * (1 + Math.abs(one[i])))) {
                return false;
            }
        }
        return true;
    }

    /** The result of the model's cell at each step. Inputs of a single number, as masks are, are 1. */
    private List<double[]> model() {
        double[][] states = new double[recurrence.states().size()][];
        for (int i = 0; i < states.length; i++) {
            states[i] = new double
                    [recurrence.states().get(i).type().shape().stream().reduce(1, (a, b) -> a * b)];
        }
        List<double[]> results = new ArrayList<>();
        for (int step = 0; step < SCALES.length; step++) {
            double[] x = input(step);
            double[][] before = states.clone();
            TermEvaluator evaluator = new TermEvaluator(term -> switch (term) {
                case Term.Parameter parameter -> Optional.of(parameters.apply(parameter));
                case Term.StateBefore state -> Optional.of(before[state.index()]);
                case Term.StepInput input
                when input.type().isVector() && input.type().shape().getFirst() == x.length -> Optional.of(x);
                case Term.StepInput input
                when input.type().isScalar() ->
                    Optional.of(x.length == 1 && recurrence.inputs().size() == 1 ? x : new double[] {1});
                default -> Optional.empty();
            });
            results.add(evaluator.value(recurrence.result()));
            for (int i = 0; i < states.length; i++) {
                states[i] = evaluator.value(recurrence.states().get(i).next());
            }
        }
        return results;
    }

    /** Finds the settings that would make Keras compute what the model does. */
    private void explain(KerasEquations.Cell stated, List<double[]> ofModel) {
        for (KerasActivation other : KerasActivation.known()) {
            if (same(new KerasEquations.Cell(stated.type(), other, stated.gate(), stated.resetAfter()), ofModel)) {
                differs("activation", stated.activation().name(), other.name(), CELL);
                return;
            }
            if (same(
                    new KerasEquations.Cell(stated.type(), stated.activation(), other, stated.resetAfter()), ofModel)) {
                differs("recurrent_activation", stated.gate().name(), other.name(), CELL);
                return;
            }
        }
        KerasEquations.Cell otherReset =
                new KerasEquations.Cell(stated.type(), stated.activation(), stated.gate(), !stated.resetAfter());
        if (stated.type().equals("GRU") && same(otherReset, ofModel)) {
            differs(
                    "reset_after",
                    String.valueOf(stated.resetAfter()),
                    String.valueOf(otherReset.resetAfter()),
                    stated.resetAfter() ? "take gru" : "take gru_reset_before");
            return;
        }
        for (KerasActivation activation : KerasActivation.known()) {
            for (KerasActivation gate : KerasActivation.known()) {
                if (size() <= 64
                        && same(
                                new KerasEquations.Cell(stated.type(), activation, gate, stated.resetAfter()),
                                ofModel)) {
                    differs("activation", stated.activation().name(), activation.name(), CELL);
                    differs("recurrent_activation", stated.gate().name(), gate.name(), CELL);
                    return;
                }
            }
        }
        String settings = "activation = " + stated.activation().name()
                + (stated.type().equals("SimpleRNN")
                        ? ""
                        : ", recurrent_activation = " + stated.gate().name())
                + (stated.type().equals("GRU") ? ", reset_after = " + stated.resetAfter() : "");
        findings.add(KerasFinding.error(
                "layer '%s' (%s) with %s computes other values than the model's cell '%s' (%s, line %d): write the equations of Keras, or choose a cell that has them"
                        .formatted(
                                layer.shown(),
                                layer.type(),
                                settings,
                                recurrence.name(),
                                recurrence.cell(),
                                recurrence.line())));
    }

    private void differs(String setting, String file, String model, String remedy) {
        findings.add(KerasFinding.error(
                "layer '%s' (%s) has %s = %s, but the model's cell '%s' (%s, line %d) computes with %s: %s"
                        .formatted(
                                layer.shown(),
                                layer.type(),
                                setting,
                                file,
                                recurrence.name(),
                                recurrence.cell(),
                                recurrence.line(),
                                model,
                                remedy)));
    }
}
