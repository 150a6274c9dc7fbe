package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
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
import java.util.stream.Collectors;

/** Lowers clusters of element-wise values, each to one loop over rows and features. */
final class Elementwise {
    private final Context context;

    Elementwise(Context context) {
        this.context = context;
    }

    /** A kernel that computes {@code cluster} and writes those of its values that have a view. */
    Step.Call lower(List<Value> cluster) {
        Cluster inVectors = new Cluster(context, cluster, false);
        return inVectors.leavesLines() ? new Cluster(context, cluster, true).lower() : inVectors.lower();
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
    private static final class Cluster extends RowLoops {
        private final List<Value> values;
        private final Functions functions;
        private final Map<Value, Expression> computed = new IdentityHashMap<>();

        Cluster(Context context, List<Value> values, boolean byNumber) {
            super(context, values.getFirst().type(), byNumber);
            this.values = values;
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
            for (Value v : values) {
                Origin origin = v.origin();
                if (!origin.name().isEmpty()) {
                    names.add(KernelBuilder.clean(origin.name().replace("'", "")));
                }
            }
            String name = names.isEmpty()
                    ? "elements"
                    : "compute_" + String.join("_", names.stream().limit(4).toList());
            return kernel.call(
                    context.kernels,
                    name + (type.isScalar() ? "" : "_" + Buffers.width(type)),
                    "",
                    Comments.of(values));
        }

        /** The memory that is read and written. */
        private List<View> views() {
            List<View> views = stored();
            views.addAll(read());
            return views;
        }

        private List<View> stored() {
            return values.stream()
                    .map(context.views::get)
                    .filter(Objects::nonNull)
                    .collect(Collectors.toCollection(ArrayList::new));
        }

        private List<View> read() {
            return values.stream()
                    .flatMap(v -> v.operands().stream())
                    .filter(o ->
                            !isMember(o) && !Context.isInline(o) && o.type().element() == Element.REAL)
                    .map(context::view)
                    .toList();
        }

        /** Whether a vector that starts where a piece does would be written where it must not. */
        boolean leavesLines() {
            List<View> read = read();
            List<View> views = views();
            return stored().stream().anyMatch(view -> leavesLines(view, views) || runsAhead(view, read, views));
        }

        private void element(Row row, int column, Index offset) {
            computed.clear();
            for (Value v : values) {
                kernel.line(v.origin().line());
                Expression value = compute(v, row, column, offset);
                computed.put(v, value instanceof Expression.Read ? value : kernel.define(label(v), value));
            }
            // Last, because a carry that is written in place may be what another value of the cluster reads.
            for (Value v : values) {
                View view = context.views.get(v);
                if (view != null) {
                    kernel.line(v.origin().line());
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

        private Expression loadToken(Value tokens, Row row) {
            View view = context.view(tokens);
            Index at = place(view, "tokens", row, tokens.type().rows(), type.rows(), 0, Index.ZERO);
            return new Expression.LoadToken(memory(view, "tokens"), at);
        }

        private boolean isMember(Value v) {
            return values.stream().anyMatch(m -> m == v);
        }
    }
}
