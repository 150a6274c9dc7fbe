package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;

/** Builds {@code sum}, {@code mean}, {@code max} and {@code min} along features, time steps, or everything. */
final class FoldBuilder {
    private final GraphBuilder builder;
    private final Origin origin;

    private FoldBuilder(GraphBuilder builder, Origin origin) {
        this.builder = builder;
        this.origin = origin;
    }

    static Value build(Term.Fold fold, Value operand, GraphBuilder builder, Origin origin) {
        FoldBuilder folds = new FoldBuilder(builder, origin);
        return switch (fold.kind()) {
            case SUM -> folds.sum(fold.axis(), operand);
            case MEAN ->
                builder.map(
                        Function.DIVIDE,
                        origin,
                        folds.sum(fold.axis(), operand),
                        folds.count(fold.axis(), operand.type()));
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
            case TIME -> builder.apply(new Op.SumRows(Rows.BATCH), origin, operand);
            case ALL -> {
                Value rows = reduce(Op.Fold.SUM, operand);
                yield rows.type().rows() == Rows.NONE ? rows : builder.apply(new Op.SumRows(Rows.NONE), origin, rows);
            }
        };
    }

    private Value reduce(Op.Fold fold, Value operand) {
        return operand.type().isScalar() ? operand : builder.apply(new Op.Reduce(fold), origin, operand);
    }

    /** How many elements a sum adds up. */
    private Value count(Term.Axis axis, Type type) {
        return switch (axis) {
            case FEATURES -> builder.constant(type.width());
            case TIME -> builder.map(Function.DIVIDE, origin.named(""), rowCount(Rows.SEQUENCE), rowCount(Rows.BATCH));
            case ALL ->
                type.rows() == Rows.NONE
                        ? builder.constant(type.width())
                        : type.width() == 1
                                ? rowCount(type.rows())
                                : builder.map(
                                        Function.MULTIPLY,
                                        origin.named(""),
                                        rowCount(type.rows()),
                                        builder.constant(type.width()));
        };
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
        Value first = builder.apply(new Op.StepAt(0), origin.named(""), operand);
        Op.Body steps = body.body(List.of(next), List.of(), 1, 0);
        Value scan = builder.add(new Op.Scan(steps, false), List.of(first, operand), null, origin.named(""));
        return builder.apply(new Op.Result(0), origin, scan);
    }
}
