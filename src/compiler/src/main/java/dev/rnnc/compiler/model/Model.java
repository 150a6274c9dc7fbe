package dev.rnnc.compiler.model;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A resolved model.
 *
 * @param file name of the model's file, without folders
 * @param spec ports, parameters and training settings
 * @param bindings named layers and outputs in the order of the text
 * @param recurrences all calls of cells with state, in the order of the text
 * @param loss the loss, a single number
 * @param feedback what {@code previous} reads
 * @param roundedWeights whether products round their weights to bfloat16 in programs without gradients
 * @param unroll how to unroll loops over time
 * @param constants the constants of the model and its file that are whole numbers, in the order of the text
 */
public record Model(
        String file,
        ModelSpec spec,
        List<Binding> bindings,
        List<Recurrence> recurrences,
        Optional<Variable> loss,
        List<Feedback> feedback,
        boolean roundedWeights,
        Unroll unroll,
        SequencedMap<String, Integer> constants) {
    public Model {
        bindings = List.copyOf(bindings);
        recurrences = List.copyOf(recurrences);
        feedback = List.copyOf(feedback);
        constants = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(constants));
    }

    /** A model without constants, its weights as precise as all else. */
    public Model(
            String file,
            ModelSpec spec,
            List<Binding> bindings,
            List<Recurrence> recurrences,
            Optional<Variable> loss,
            List<Feedback> feedback) {
        this(file, spec, bindings, recurrences, loss, feedback, false, new Unroll.Automatic(), new LinkedHashMap<>());
    }

    /**
     * An input or target that {@code previous} reads. A program that computes outputs needs it as an input: the known
     * words, or when generating, one step at a time, the model's own last output.
     *
     * @param name the port
     * @param start what stands before the first step: a token or a number
     */
    public record Feedback(String name, double start) {}

    /** What follows a sequence's name in the name of the port that holds its lengths. */
    public static final String LENGTHS = ".lengths";

    /**
     * The ports that a program has besides those of the spec when sequences come with lengths: {@code NAME.lengths} for
     * each input or target that is a sequence, of its role, with one whole number from 0 to T for each row of the batch.
     */
    public List<PortSpec> lengthPorts() {
        return spec.ports().stream()
                .filter(p -> p.rows() == Rows.SEQUENCE && (p.role() == Role.INPUT || p.role() == Role.TARGET))
                .map(Model::lengthPort)
                .toList();
    }

    /** The port for the lengths of a sequence. */
    public static PortSpec lengthPort(PortSpec sequence) {
        return new PortSpec(
                sequence.name() + LENGTHS, sequence.role(), Element.TOKEN, Rows.BATCH, List.of(), Integer.MAX_VALUE);
    }

    /**
     * Whether a step program can generate from this model: it has feedback, runs forward, and its states carry all that a
     * step needs to know. Where false, {@link Generation} may still say how: part of it is then computed before.
     */
    public boolean generatesStepwise() {
        boolean carried = recurrences.stream()
                .allMatch(r -> r.states().stream().allMatch(s -> s.initial().isEmpty())
                        && r.inputs().stream().noneMatch(Recurrence.Input::whole));
        return !feedback.isEmpty() && runsForward() && carried;
    }

    /** Whether each step's results depend on that and earlier steps alone, so that a program can run step by step. */
    public boolean runsForward() {
        return recurrences.stream().noneMatch(Recurrence::backward);
    }

    /** A named layer or output. */
    public record Binding(boolean output, Variable variable) {
        /** Its name. */
        public String name() {
            return variable.name();
        }
    }

    /** The model's name. */
    public String name() {
        return spec.name();
    }
}
