package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lowers clusters of element-wise values to one loop over rows and features. Rows of features go in vectors, the last of
 * which may run into a row's padding: what stands there is never read as a result. Rows of single numbers go one by one.
 */
final class Elementwise {
    private final Context context;

    Elementwise(Context context) {
        this.context = context;
    }

    /** A kernel that computes {@code cluster} and writes those of its values that have a view. */
    Step.Call lower(List<Value> cluster) {
        Cluster inVectors = new Cluster(cluster, cluster.getFirst().type(), false);
        return inVectors.leavesRows()
                ? new Cluster(cluster, cluster.getFirst().type(), true).lower()
                : inVectors.lower();
    }

    /** A kernel that copies {@code source} rows of {@code type} to {@code target}. */
    Step.Call copy(View source, View target, Type type, String comment) {
        return copy(source, target, type, type.rows(), comment);
    }

    /** The same for a target with more rows, which the source's rows repeat to. */
    Step.Call copy(View source, View target, Type type, Rows rows, String comment) {
        return new Cluster(type.withRows(rows)).copy(source, target, type.rows(), comment);
    }

    /** A kernel that adds {@code source} to {@code target}. */
    Step.Call accumulate(View source, View target, Type type) {
        return new Cluster(type).accumulate(source, target);
    }

    /** A kernel that writes one number everywhere. */
    Step.Call fill(View target, Type type, Value number, String comment) {
        return new Cluster(type).fill(target, number, comment);
    }

    /** A kernel that copies rows of {@code type}, repeated to {@code rows}, to a contiguous target without padding of its own. */
    Step.Call copyDense(View source, View target, Type type, Rows rows, String comment) {
        return new Cluster(type.withRows(rows)).copyDense(source, target, type.rows(), comment);
    }

    /** Names of results of functions with more than one operand. */
    private static final Map<Function, String> RESULTS = Map.of(
            Function.ADD, "sum",
            Function.SUBTRACT, "difference",
            Function.MULTIPLY, "product",
            Function.DIVIDE, "quotient",
            Function.MINIMUM, "minimum",
            Function.MAXIMUM, "maximum",
            Function.SELECT, "chosen");

    /** The model's name for a value, or one made of what computes it: {@code sigmoid_f}. */
    static String label(Value v) {
        String name = v.origin().name().replace("'", "Next");
        if (!name.isEmpty()) {
            return name;
        }
        return switch (v.op()) {
            case Op.Map(Function function)
            when function.arity() == 1 -> function.name().toLowerCase(Locale.ROOT) + "_" + label(v.operand(0));
            case Op.Map(Function function) -> RESULTS.getOrDefault(function, "value");
            case Op.Expand _ -> label(v.operand(0));
            default -> "value";
        };
    }

    /** One kernel. */
    private final class Cluster {
        private final List<Value> values;
        private final Type type;
        private final KernelBuilder kernel = new KernelBuilder();
        private final Shape shape;
        private final int lanes;
        private final Functions functions;
        private final Map<Value, Expression> computed = new IdentityHashMap<>();

        Cluster(Type type) {
            this(List.of(), type, false);
        }

        Cluster(List<Value> values, Type type, boolean byNumber) {
            this.values = values;
            this.type = type;
            this.shape = byNumber || type.isScalar() ? Shape.SCALAR : Shape.VECTOR;
            this.lanes = shape == Shape.SCALAR ? 1 : context.lanes();
            this.functions = new Functions(kernel, context.precision, shape);
        }

        Step.Call lower() {
            boolean byStep = type.rows() == Rows.SEQUENCE
                    && values.stream()
                            .anyMatch(v ->
                                    v.operands().stream().anyMatch(o -> o.type().rows() == Rows.BATCH));
            List<View> views = views();
            rows(byStep, row -> columns(views, (column, offset) -> element(row, column, offset)));
            Set<String> names = new LinkedHashSet<>();
            Set<String> comments = new LinkedHashSet<>();
            for (Value v : values) {
                Origin origin = v.origin();
                if (!origin.name().isEmpty()) {
                    names.add(KernelBuilder.clean(origin.name().replace("'", "")));
                }
                comments.add(Comments.of(origin));
            }
            comments.remove("");
            String name = names.isEmpty()
                    ? "elements"
                    : "compute_" + String.join("_", names.stream().limit(4).toList());
            return kernel.call(
                    context.kernels,
                    name + (type.isScalar() ? "" : "_" + Buffers.width(type)),
                    "",
                    String.join("\n", comments));
        }

        /** The memory that is read and written. */
        private List<View> views() {
            List<View> views = new ArrayList<>();
            for (Value v : values) {
                if (context.views.containsKey(v)) {
                    views.add(context.views.get(v));
                }
                for (Value operand : v.operands()) {
                    if (!isMember(operand)
                            && !Context.isInline(operand)
                            && operand.type().element() == Element.REAL) {
                        views.add(context.view(operand));
                    }
                }
            }
            return views;
        }

        /** Whether a vector that starts where a piece does would be written over a row's end. */
        boolean leavesRows() {
            if (type.isScalar()) {
                return false;
            }
            TreeSet<Integer> cuts = cuts(views());
            return values.stream()
                    .map(context.views::get)
                    .filter(Objects::nonNull)
                    .anyMatch(view -> cuts.stream().anyMatch(from -> {
                        int end = view.offsetOf(from) + covered(size(cuts, from));
                        return from > 0 && end > context.precision.padded(view.stride());
                    }));
        }

        Step.Call copy(View source, View target, Rows sourceRows, String comment) {
            boolean byStep = sourceRows == Rows.BATCH && type.rows() == Rows.SEQUENCE;
            rows(
                    byStep,
                    row -> columns(List.of(source, target), (column, offset) -> {
                        Expression value = load(source, "source", row, sourceRows, type.rows(), column, offset);
                        store(target, "target", row, column, offset, value);
                    }));
            return call("copy", comment);
        }

        Step.Call accumulate(View source, View target) {
            List<Integer> pieces = source.parts().stream().map(View.Part::size).toList();
            if (!pieces.equals(target.parts().stream().map(View.Part::size).toList())) {
                // A vector that runs over the end of a piece would add padding to what lies behind it.
                return byNumber(source, target, type.rows(), true, "accumulate", "");
            }
            rows(
                    false,
                    row -> columns(List.of(source, target), (column, offset) -> {
                        Expression sum = new Expression.Binary(
                                Expression.BinaryOperator.ADD,
                                load(target, "target", row, type.rows(), type.rows(), column, offset),
                                load(source, "source", row, type.rows(), type.rows(), column, offset));
                        store(target, "target", row, column, offset, sum);
                    }));
            return call("accumulate", "");
        }

        Step.Call fill(View target, Value number, String comment) {
            // All rows there may be: constants are written before the steps of a run are known.
            rows(
                    false,
                    Index.of(context.buffers.capacity(type)),
                    row -> columns(List.of(target), (column, offset) -> {
                        computed.clear();
                        store(target, "target", row, column, offset, operand(number, row, column, offset));
                    }));
            return call("fill", comment);
        }

        Step.Call copyDense(View source, View target, Rows sourceRows, String comment) {
            return byNumber(source, target, sourceRows, false, "copyDense", comment);
        }

        private Step.Call byNumber(
                View source, View target, Rows sourceRows, boolean adds, String name, String comment) {
            boolean byStep = sourceRows == Rows.BATCH && type.rows() == Rows.SEQUENCE;
            String from = kernel.segment(source.buffer(), "source");
            String to = kernel.segment(target.buffer(), "target");
            Index sourceBase = kernel.outer(source.base(), "sourceAt");
            Index targetBase = kernel.outer(target.base(), "targetAt");
            rows(byStep, row -> {
                Index readRow = sourceBase.plus(inRow(source, row, sourceRows, type.rows()));
                Index writeRow = targetBase.plus(row.row.times(target.stride()));
                for (int done = 0; done < target.width(); ) {
                    int first = done;
                    int size = Math.min(source.run(first), target.run(first));
                    kernel.loop("j", Index.ZERO, Index.of(size), 1, j -> {
                        Index read = readRow.plus(j).plus(source.offsetOf(first));
                        Index write = writeRow.plus(j).plus(target.offsetOf(first));
                        Expression value = KernelBuilder.load(from, read, Shape.SCALAR);
                        Expression old = KernelBuilder.load(to, write, Shape.SCALAR);
                        kernel.add(new Statement.Store(
                                to,
                                write,
                                adds ? new Expression.Binary(Expression.BinaryOperator.ADD, old, value) : value));
                    });
                    done += size;
                }
            });
            return call(name, comment);
        }

        private Step.Call call(String name, String comment) {
            return kernel.call(context.kernels, name + (type.isScalar() ? "" : Buffers.width(type)), "", comment);
        }

        /** Where in the loops over rows a statement stands. */
        private record Row(Index row, Index withinStep) {}

        private void rows(boolean byStep, java.util.function.Consumer<Row> body) {
            rows(byStep, context.buffers.rows(type), body);
        }

        private void rows(boolean byStep, Index count, java.util.function.Consumer<Row> body) {
            if (byStep) {
                Index steps = Index.of(kernel.integer("steps", new Argument.Number(Index.of("steps"))));
                kernel.loop(
                        "step",
                        Index.ZERO,
                        steps,
                        1,
                        step -> kernel.loop(
                                "row",
                                Index.ZERO,
                                Index.of(context.batch),
                                1,
                                row -> body.accept(
                                        new Row(step.times(context.batch).plus(row), row))));
            } else if (count.isConstant() && count.constant() == 1) {
                body.accept(new Row(Index.ZERO, Index.ZERO));
            } else {
                kernel.loop("row", Index.ZERO, kernel.outer(count, "rows"), 1, row -> body.accept(new Row(row, row)));
            }
        }

        /** What to do at feature {@code column + offset}, where {@code offset} varies and both lie in one piece of every view. */
        private interface At {
            void element(int column, Index offset);
        }

        private void columns(List<View> views, At at) {
            if (type.isScalar()) {
                at.element(0, Index.ZERO);
                return;
            }
            TreeSet<Integer> cuts = cuts(views);
            for (int from : cuts) {
                int covered = covered(size(cuts, from));
                if (covered == lanes) {
                    at.element(from, Index.ZERO);
                } else {
                    kernel.loop("j", Index.ZERO, Index.of(covered), lanes, j -> at.element(from, j));
                }
                computed.clear();
            }
        }

        /** The features at which a piece of some view starts. */
        private TreeSet<Integer> cuts(List<View> views) {
            TreeSet<Integer> cuts = new TreeSet<>(List.of(0));
            for (View view : views) {
                int start = 0;
                for (View.Part part : view.parts()) {
                    if (view.width() == Buffers.width(type)) {
                        cuts.add(start);
                    }
                    start += part.size();
                }
            }
            return cuts;
        }

        private int size(TreeSet<Integer> cuts, int from) {
            Integer next = cuts.higher(from);
            return (next == null ? Buffers.width(type) : next) - from;
        }

        /** Features that whole vectors cover. */
        private int covered(int size) {
            return (size + lanes - 1) / lanes * lanes;
        }

        private void element(Row row, int column, Index offset) {
            computed.clear();
            for (Value v : values) {
                Expression value = compute(v, row, column, offset);
                computed.put(v, value instanceof Expression.Read ? value : kernel.define(label(v), value));
            }
            // Last, because a carry that is written in place may be what another value of the cluster reads.
            for (Value v : values) {
                View view = context.views.get(v);
                if (view != null) {
                    store(view, label(v), row, column, offset, computed.get(v));
                }
            }
        }

        private Expression compute(Value v, Row row, int column, Index offset) {
            return switch (v.op()) {
                case Op.Map map ->
                    functions.apply(
                            label(v),
                            map.function(),
                            v.operands().stream()
                                    .map(o -> operand(o, row, column, offset))
                                    .toList());
                case Op.Expand _ -> operand(v.operand(0), row, column, offset);
                case Op.OneHot _ -> features(Expression.Comparison.EQUAL, v.operand(0), row, column, offset);
                case Op.FeatureMask _ -> features(Expression.Comparison.LESS, v.operand(0), row, column, offset);
                default -> throw new IllegalStateException("not element-wise: " + v.op());
            };
        }

        /** 1 where the number of the feature compares with the row's token, else 0. */
        private Expression features(Expression.Comparison comparison, Value token, Row row, int column, Index offset) {
            return new Expression.Select(
                    comparison,
                    shape == Shape.VECTOR
                            ? new Expression.LaneNumbers(offset.plus(column))
                            : new Expression.OfIndex(offset.plus(column)),
                    spread(new Expression.OfToken(loadToken(token, row))),
                    constant(1),
                    constant(0));
        }

        private Expression operand(Value o, Row row, int column, Index offset) {
            Expression known = computed.get(o);
            if (known != null) {
                return known;
            }
            Expression value = switch (o.op()) {
                case Op.Constant c -> constant(c.value());
                case Op.RowCount count ->
                    spread(new Expression.OfIndex(
                            kernel.outer(context.buffers.rows(Type.real(count.rows())), "count")));
                case Op.Expand _ when Context.isInline(o) -> operand(o.operand(0), row, column, offset);
                default -> load(context.view(o), label(o), row, o.type(), column, offset);
            };
            if (!(value instanceof Expression.Constant) && !(value instanceof Expression.Read)) {
                value = kernel.define(label(o), value);
            }
            computed.put(o, value);
            return value;
        }

        private Expression load(View view, String role, Row row, Type operand, int column, Index offset) {
            boolean scalar = operand.isScalar();
            if (scalar && !type.isScalar()) {
                // The rows of a loop over a matrix are no rows of the type: one number serves all.
                Row at0 = operand.rows() == Rows.NONE ? new Row(Index.ZERO, Index.ZERO) : row;
                Index at = place(view, role, at0, operand.rows(), type.rows(), 0, Index.ZERO);
                return spread(KernelBuilder.load(memory(view, role), at, Shape.SCALAR));
            }
            return load(view, role, row, operand.rows(), type.rows(), column, offset);
        }

        private Expression load(View view, String role, Row row, Rows rows, Rows loop, int column, Index offset) {
            Index at = place(view, role, row, rows, loop, column, offset);
            return KernelBuilder.load(memory(view, role), at, shape);
        }

        private Expression loadToken(Value tokens, Row row) {
            View view = context.view(tokens);
            Index at = place(view, "tokens", row, tokens.type().rows(), type.rows(), 0, Index.ZERO);
            return new Expression.LoadToken(memory(view, "tokens"), at);
        }

        private void store(View view, String role, Row row, int column, Index offset, Expression value) {
            Index at = place(view, role, row, type.rows(), type.rows(), column, offset);
            kernel.add(new Statement.Store(memory(view, role), at, value));
        }

        private Index place(View view, String role, Row row, Rows rows, Rows loop, int column, Index offset) {
            Index base = kernel.outer(view.base(), role + "At");
            return base.plus(inRow(view, row, rows, loop)).plus(offset).plus(view.offsetOf(column));
        }

        /** Where in a view with {@code rows} the row of a loop over {@code loop} rows lies. */
        private static Index inRow(View view, Row row, Rows rows, Rows loop) {
            boolean withinStep = rows == Rows.BATCH && loop == Rows.SEQUENCE;
            return Context.isRepeated(rows, loop)
                    ? Index.ZERO
                    : (withinStep ? row.withinStep : row.row).times(view.stride());
        }

        private Expression spread(Expression scalar) {
            return shape == Shape.VECTOR ? new Expression.Broadcast(scalar) : scalar;
        }

        private Expression constant(double value) {
            return new Expression.Constant(value, shape);
        }

        private boolean isMember(Value v) {
            return values.stream().anyMatch(m -> m == v);
        }

        /** The parameter through which the memory of {@code role} is seen. */
        private String memory(View view, String role) {
            return kernel.segment(view.buffer(), role + "Memory");
        }
    }
}
