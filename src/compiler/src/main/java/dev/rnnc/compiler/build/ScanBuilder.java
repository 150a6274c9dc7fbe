package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Variable;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Builds the scan of one recurrence: states are carried, inputs with time steps are its sequences, all else is
 * invariant, sequences that each step gets whole among it.
 */
final class ScanBuilder {
    private final Recurrence recurrence;
    private final GraphBuilder outer;
    private final TermBuilder outerTerms;
    private final Function<Term.Parameter, Value> parameters;
    private final GraphBuilder body = new GraphBuilder();
    private final TermBuilder terms;
    private final Lengths lengths;
    private final Lengths lengthsWithin;
    private final List<Value> sequences = new ArrayList<>();
    private final List<Value> invariants = new ArrayList<>();
    private final Map<String, Value> leaves = new HashMap<>();

    private ScanBuilder(
            Recurrence recurrence,
            GraphBuilder outer,
            TermBuilder outerTerms,
            Lengths lengths,
            int steps,
            Function<Term.Parameter, Value> parameters) {
        this.recurrence = recurrence;
        this.outer = outer;
        this.outerTerms = outerTerms;
        this.lengths = lengths;
        this.parameters = parameters;
        this.lengthsWithin = Lengths.within(body, lengths, mask -> invariant(mask, origin("valid")));
        this.terms = new TermBuilder(body, this::leaf, lengthsWithin, steps);
    }

    /**
     * Adds the scan to {@code outer}; it collects the states and the result that {@code collected} names.
     *
     * @param steps the most time steps of a run
     */
    static BuiltScan build(
            Recurrence recurrence,
            Set<Integer> collected,
            GraphBuilder outer,
            TermBuilder outerTerms,
            Lengths lengths,
            int steps,
            Function<Term.Parameter, Value> parameters) {
        return new ScanBuilder(recurrence, outer, outerTerms, lengths, steps, parameters)
                .build(collected.stream().sorted().toList());
    }

    private BuiltScan build(List<Integer> collected) {
        List<Value> operands = new ArrayList<>();
        List<Origin> origins = new ArrayList<>();
        for (int i = 0; i < recurrence.states().size(); i++) {
            operands.add(initial(i));
        }
        for (Variable variable : recurrence.variables()) {
            terms.build(variable);
        }
        Optional<Value> valid = valid();
        List<Value> next = new ArrayList<>();
        List<Value> carries = new ArrayList<>();
        for (int i = 0; i < recurrence.states().size(); i++) {
            Recurrence.State state = recurrence.states().get(i);
            Value value =
                    body.expand(terms.build(state.next()), TermBuilder.type(state.type()), origin(state.name() + "'"));
            next.add(value);
            Value before = valid.isPresent() ? leaf(new Term.StateBefore(i, state.name(), state.type())) : null;
            // A padded step leaves the state as it is.
            carries.add(valid.map(v -> Lengths.select(body, v, value, before, value.origin()))
                    .orElse(value));
            origins.add(value.origin().named(state.name()));
        }
        List<Op.Output> outputs = new ArrayList<>();
        Origin result = origin("");
        for (int index : collected) {
            if (index == BuiltRecurrence.RESULT) {
                Value value = terms.build(recurrence.result());
                Value rows = body.expand(value, value.type().withRows(Rows.BATCH), value.origin());
                result = rows.origin();
                outputs.add(new Op.Output(shown(rows, valid), Op.Collect.STACK));
            } else {
                outputs.add(new Op.Output(shown(next.get(index), valid), Op.Collect.STACK));
            }
        }
        operands.addAll(sequences);
        operands.addAll(invariants);
        Op.Body step = body.body(carries, outputs, sequences.size(), invariants.size());
        Value scan = outer.add(new Op.Scan(step, recurrence.backward()), operands, null, origin(""));
        return new BuiltScan(outer, scan, origins, collected, result, lengths);
    }

    /** This step's mask, if the sequences that flow in have lengths. */
    private Optional<Value> valid() {
        List<Value> followed = recurrence.inputs().stream()
                .filter(i -> !i.whole())
                .map(i -> outerTerms.build(i.term()))
                .filter(v -> v.type().rows() == Rows.SEQUENCE)
                .toList();
        return lengths.valid(followed).map(mask -> {
            sequences.add(mask);
            return body.leaf(new Op.StepInput(sequences.size() - 1), mask.type().withRows(Rows.BATCH), origin("valid"));
        });
    }

    /** Zero at padded steps. */
    private Value shown(Value value, Optional<Value> valid) {
        return valid.map(v -> Lengths.select(body, v, value, body.constant(0), value.origin()))
                .orElse(value);
    }

    private Origin origin(String name) {
        return new Origin(recurrence.name(), name, "", recurrence.line());
    }

    private Value initial(int index) {
        Recurrence.State state = recurrence.states().get(index);
        Type type = TermBuilder.type(state.type());
        return state.initial()
                .map(term -> outer.expand(outerTerms.build(term), type, origin(state.name())))
                .orElseGet(() -> outer.leaf(new Op.State(recurrence.stateName(index)), type, origin(state.name())));
    }

    private Value leaf(Term term) {
        return switch (term) {
            case Term.StateBefore state ->
                leaves.computeIfAbsent(
                        "state " + state.index(),
                        k -> body.leaf(
                                new Op.CarryIn(state.index()),
                                TermBuilder.type(
                                        recurrence.states().get(state.index()).type()),
                                origin(state.name())));
            case Term.StepInput input -> leaves.computeIfAbsent("input " + input.index(), k -> input(input));
            case Term.WholeInput input -> leaves.computeIfAbsent("input " + input.index(), k -> whole(input));
            case Term.Dropout dropout ->
                invariant(
                        outer.leaf(TermBuilder.mask(dropout), TermBuilder.constantMask(dropout), Origin.NONE),
                        Origin.NONE);
            case Term.Parameter parameter ->
                leaves.computeIfAbsent(
                        "parameter " + parameter.name(),
                        k -> invariant(
                                parameters.apply(parameter),
                                origin(parameter
                                        .name()
                                        .substring(parameter.name().lastIndexOf('.') + 1))));
            default -> throw new IllegalStateException("within a recurrence there is no " + term);
        };
    }

    private Value input(Term.StepInput input) {
        Value value = outerTerms.build(recurrence.inputs().get(input.index()).term());
        if (value.type().rows() != Rows.SEQUENCE) {
            return invariant(value, origin(input.name()));
        }
        sequences.add(value);
        return body.leaf(
                new Op.StepInput(sequences.size() - 1), value.type().withRows(Rows.BATCH), origin(input.name()));
    }

    /** All steps of an input; of real numbers, zeros at padded ones. */
    private Value whole(Term.WholeInput input) {
        Value value = outerTerms.build(recurrence.inputs().get(input.index()).term());
        Value given = input.type().isToken() ? value : lengths.zeroed(value);
        Value within = invariant(given, origin(input.name()));
        lengthsWithin.follow(within, lengths, value);
        return input.type().isToken() ? within : lengthsWithin.markZeroPadded(within);
    }

    private Value invariant(Value value, Origin origin) {
        invariants.add(value);
        return body.leaf(new Op.Invariant(invariants.size() - 1), value.type(), origin);
    }
}
