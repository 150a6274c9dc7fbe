package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Primitive;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.model.Variable;
import dev.rnnc.compiler.model.Variables;
import dev.rnnc.runtime.spec.Rows;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Builds the values of terms in a graph or in a body; a variable's value is built once. */
final class TermBuilder {
    private final GraphBuilder builder;
    private final java.util.function.Function<Term, Value> leaves;
    private final Lengths lengths;
    private final int steps;
    private final Map<Variable, Value> built = new IdentityHashMap<>();

    /**
     * @param leaves yields the values of the terms that depend on where they stand: inputs, parameters, states, and for
     *     a dropout with one draw for all steps its mask
     * @param lengths of the sequences of this graph
     * @param steps the most time steps of a run
     */
    TermBuilder(GraphBuilder builder, java.util.function.Function<Term, Value> leaves, Lengths lengths, int steps) {
        this.builder = builder;
        this.leaves = leaves;
        this.lengths = lengths;
        this.steps = steps;
    }

    /** The graph's type for a model's. */
    static Type type(TermType type) {
        return new Type(type.element(), type.rows(), type.shape());
    }

    /** The mask of a dropout. */
    static Op mask(Term.Dropout dropout) {
        return new Op.RandomMask(1 - dropout.rate(), dropout.stream());
    }

    /** The type of a mask that holds for all steps. */
    static Type constantMask(Term.Dropout dropout) {
        Type type = type(dropout.type());
        return type.rows() == Rows.SEQUENCE ? type.withRows(Rows.BATCH) : type;
    }

    /** The origin of a leaf. */
    static Origin origin(String layer, String name) {
        return new Origin(layer, name, "", 0);
    }

    /** The value of a term. */
    Value build(Term term) {
        Variables.inOrder(List.of(term), built::containsKey).forEach(this::define);
        return value(term, Origin.NONE);
    }

    /** The value of a variable. */
    Value build(Variable variable) {
        return build(new Term.Use(variable));
    }

    private void define(Variable variable) {
        Origin origin = new Origin(variable.layer(), variable.name(), variable.equation(), variable.line());
        built.put(variable, value(variable.term(), origin));
    }

    /** The value; its last operation has the name of {@code origin}, those below none. */
    private Value value(Term term, Origin origin) {
        return switch (term) {
            case Term.Number number -> builder.constant(number.value());
            case Term.Vector vector -> vector(vector, origin);
            case Term.Input _,
                    Term.Previous _,
                    Term.Parameter _,
                    Term.StepInput _,
                    Term.WholeInput _,
                    Term.StateBefore _,
                    Term.CellOutput _,
                    Term.CellState _,
                    Term.FinalState _ -> leaves.apply(term);
            case Term.Use use -> built.get(use.variable());
            case Term.Apply apply
            when apply.primitive() == Primitive.DETACH ->
                builder.apply(new Op.Detach(), origin, below(apply.operands().getFirst(), origin));
            case Term.Apply apply ->
                builder.map(
                        function(apply.primitive()),
                        origin,
                        apply.operands().stream().map(t -> below(t, origin)).toArray(Value[]::new));
            case Term.Power power -> builder.power(below(power.base(), origin), power.exponent(), origin);
            case Term.Product product ->
                builder.apply(
                        new Op.Product(), origin, below(product.matrix(), origin), below(product.vector(), origin));
            case Term.Row row ->
                builder.apply(new Op.Lookup(), origin, below(row.table(), origin), below(row.token(), origin));
            case Term.Pick pick ->
                builder.apply(new Op.Pick(), origin, below(pick.vector(), origin), below(pick.token(), origin));
            case Term.OneHot oneHot ->
                builder.apply(new Op.OneHot(oneHot.token().type().vocabulary()), origin, below(oneHot.token(), origin));
            case Term.Slice slice ->
                builder.apply(new Op.Slice(slice.from(), slice.size()), origin, below(slice.operand(), origin));
            case Term.Component component ->
                builder.apply(
                        new Op.Reduce(Op.Fold.SUM),
                        origin,
                        builder.apply(
                                new Op.Slice(component.index(), 1),
                                origin.named(""),
                                below(component.operand(), origin)));
            case Term.Concat concat ->
                builder.apply(
                        new Op.Concat(),
                        origin,
                        concat.operands().stream().map(t -> below(t, origin)).toArray(Value[]::new));
            case Term.Attention attention ->
                AttentionBuilder.build(
                        below(attention.query(), origin),
                        below(attention.keys(), origin),
                        below(attention.values(), origin),
                        steps,
                        builder,
                        lengths,
                        origin);
            case Term.Attend attend ->
                AttentionBuilder.attend(
                        below(attend.scores(), origin),
                        below(attend.values(), origin),
                        steps,
                        builder,
                        lengths,
                        origin);
            case Term.Directions d ->
                builder.apply(new Op.Concat(), origin, below(d.forward(), origin), below(d.backward(), origin));
            case Term.Dropout dropout -> {
                Value operand = below(dropout.operand(), origin);
                Value mask = dropout.constant()
                        ? leaves.apply(dropout)
                        : builder.leaf(mask(dropout), operand.type(), origin.named(""));
                yield builder.map(Function.MULTIPLY, origin, operand, mask);
            }
            case Term.Fold fold -> FoldBuilder.build(fold, below(fold.operand(), origin), builder, lengths, origin);
            case Term.Step step -> step(step.index(), below(step.operand(), origin), origin);
            case Term.Invalid _ -> throw new IllegalStateException("a model holds no invalid terms");
        };
    }

    private Value vector(Term.Vector vector, Origin origin) {
        Type element = Type.real(Rows.NONE, 1);
        Value[] elements = vector.values().stream()
                .map(v -> builder.expand(builder.constant(v), element, Origin.NONE))
                .toArray(Value[]::new);
        return elements.length == 1 ? elements[0] : builder.apply(new Op.Concat(), origin, elements);
    }

    /** The first or last step that each row has. */
    private Value step(int index, Value sequence, Origin origin) {
        return index < 0
                ? lengths.last(sequence, origin).orElseGet(() -> builder.apply(new Op.StepAt(index), origin, sequence))
                : builder.apply(new Op.StepAt(index), origin, lengths.zeroed(sequence));
    }

    private Value below(Term term, Origin origin) {
        return value(term, origin.named(""));
    }

    private static Function function(Primitive primitive) {
        return switch (primitive) {
            case ADD -> Function.ADD;
            case SUBTRACT -> Function.SUBTRACT;
            case MULTIPLY -> Function.MULTIPLY;
            case DIVIDE -> Function.DIVIDE;
            case LESS -> Function.LESS;
            case LESS_EQUAL -> Function.LESS_EQUAL;
            case EQUAL -> Function.EQUAL;
            case NEGATE -> Function.NEGATE;
            case MINIMUM -> Function.MINIMUM;
            case MAXIMUM -> Function.MAXIMUM;
            case WHERE -> Function.SELECT;
            case ABSOLUTE -> Function.ABSOLUTE;
            case SQUARE_ROOT -> Function.SQUARE_ROOT;
            case EXPONENTIAL -> Function.EXPONENTIAL;
            case LOGARITHM -> Function.LOGARITHM;
            case SIGMOID -> Function.SIGMOID;
            case TANH -> Function.TANH;
            case ERF -> Function.ERF;
            case EXPM1 -> Function.EXPM1;
            case LOG1P -> Function.LOG1P;
            case POWER -> Function.POWER;
            case DETACH -> throw new IllegalArgumentException("detach is an operation of its own");
        };
    }
}
