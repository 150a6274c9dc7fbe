package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds {@code sum}, {@code mean}, {@code max} and {@code min} along features, time steps, or everything. */
final class FoldBuilder {
    private final GraphBuilder builder;
    private final Lengths lengths;
    private final Origin origin;

    private FoldBuilder(GraphBuilder builder, Lengths lengths, Origin origin) {
        this.builder = builder;
        this.lengths = lengths;
        this.origin = origin;
    }

    static Value build(Term.Fold fold, Value operand, GraphBuilder builder, Lengths lengths, Origin origin) {
        FoldBuilder folds = new FoldBuilder(builder, lengths, origin);
        return switch (fold.kind()) {
            case SUM -> folds.sum(fold.axis(), operand);
            case MEAN ->
                builder.map(
                        Function.DIVIDE, origin, folds.sum(fold.axis(), operand), folds.count(fold.axis(), operand));
            case MAXIMUM -> folds.maximum(fold.axis(), operand);
            case MINIMUM ->
                builder.map(
                        Function.NEGATE,
                        origin,
                        folds.maximum(fold.axis(), builder.map(Function.NEGATE, origin.named(""), operand)));
        };
    }

    private Value sum(Term.Axis axis, Value operand) {
        return switch (axis) {
            case FEATURES -> reduce(Op.Fold.SUM, operand);
            case TIME -> builder.apply(new Op.SumRows(Rows.BATCH), origin, lengths.zeroed(operand));
            case ALL -> {
                Value rows = reduce(Op.Fold.SUM, operand);
                yield switch (rows.type().rows()) {
                    case NONE -> rows;
                    case BATCH -> builder.apply(new Op.SumRows(Rows.NONE), origin, rows);
                    case SEQUENCE -> builder.apply(new Op.SumRows(Rows.NONE), origin, lengths.zeroed(rows));
                };
            }
        };
    }

    private Value reduce(Op.Fold fold, Value operand) {
        return operand.type().isScalar() ? operand : builder.apply(new Op.Reduce(fold), origin, operand);
    }

    /** How many elements a sum adds up; at least 1, so that the mean of none is 0. */
    private Value count(Term.Axis axis, Value operand) {
        Type type = operand.type();
        return switch (axis) {
            case FEATURES -> builder.constant(type.width());
            case TIME ->
                steps(operand, Rows.BATCH)
                        .orElseGet(() -> builder.map(
                                Function.DIVIDE, origin.named(""), rowCount(Rows.SEQUENCE), rowCount(Rows.BATCH)));
            case ALL -> {
                if (type.rows() == Rows.NONE) {
                    yield builder.constant(type.width());
                }
                Value rows = type.rows() == Rows.SEQUENCE
                        ? steps(operand, Rows.NONE).orElseGet(() -> rowCount(type.rows()))
                        : rowCount(type.rows());
                yield type.width() == 1
                        ? rows
                        : builder.map(Function.MULTIPLY, origin.named(""), rows, builder.constant(type.width()));
            }
        };
    }

    /** The number of valid steps, of each row or of all; empty if there is no padding. */
    private Optional<Value> steps(Value sequence, Rows to) {
        return lengths.valid(sequence)
                .map(mask -> builder.map(
                        Function.MAXIMUM,
                        origin.named(""),
                        builder.apply(new Op.SumRows(to), origin.named(""), mask),
                        builder.constant(1)));
    }

    private Value rowCount(Rows rows) {
        return builder.apply(new Op.RowCount(rows), origin.named(""));
    }

    private Value maximum(Term.Axis axis, Value operand) {
        return switch (axis) {
            case FEATURES -> reduce(Op.Fold.MAXIMUM, operand);
            case TIME -> overTime(operand);
            case ALL -> throw new IllegalStateException("a model folds no maximum over everything");
        };
    }

    /** A scan that carries the largest value so far, from the first step's on. */
    private Value overTime(Value operand) {
        GraphBuilder body = new GraphBuilder();
        Type step = operand.type().withRows(Rows.BATCH);
        Value largest = body.leaf(new Op.CarryIn(0), step, origin.named("largest"));
        Value now = body.leaf(new Op.StepInput(0), step, origin.named(""));
        Value next = body.map(Function.MAXIMUM, origin, largest, now);
        Value first = builder.apply(new Op.StepAt(0), origin.named(""), lengths.zeroed(operand));
        List<Value> operands = new ArrayList<>(List.of(first, operand));
        Optional<Value> mask = lengths.valid(operand);
        if (mask.isPresent()) {
            operands.add(mask.get());
            Value valid = body.leaf(new Op.StepInput(1), mask.get().type().withRows(Rows.BATCH), Origin.NONE);
            next = Lengths.select(body, valid, next, largest, origin);
        }
        Op.Body steps = body.body(List.of(next), List.of(), operands.size() - 1, 0);
        Value scan = builder.add(new Op.Scan(steps, false), operands, null, origin.named(""));
        return builder.apply(new Op.Result(0), origin, scan);
    }
}
