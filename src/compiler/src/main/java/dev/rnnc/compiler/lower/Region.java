package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Lowers the values of a graph or of a scan's body: gives each a place in memory, then emits its units in order. */
final class Region {
    private final Context context;
    private final Packing packing;
    private final List<Value> values;
    private final Collection<Value> results;
    private final Units units;
    private final Map<Object, List<Step>> steps;
    private final Function<Value, Object> phase;
    private final Index timeStep;
    private final Elementwise elementwise;
    private final Rowwise rowwise;
    private final RowSums rowSums;
    private final Sequences sequences;
    private final Attention attention;
    private final Products products;

    /**
     * @param results the values that must be in memory at the end
     * @param phase which routine a value belongs to
     * @param steps where the calls of each routine go
     * @param timeStep the current time step within a scan, else null
     */
    Region(
            Context context,
            Packing packing,
            List<Value> values,
            Collection<Value> results,
            Function<Value, Object> phase,
            Map<Object, List<Step>> steps,
            Index timeStep) {
        this.context = context;
        this.packing = packing;
        this.values = values;
        this.results = results;
        this.phase = phase;
        this.steps = steps;
        this.timeStep = timeStep;
        this.units = new Units(values, results, phase);
        this.elementwise = new Elementwise(context);
        this.rowwise = new Rowwise(context);
        this.rowSums = new RowSums(context);
        this.sequences = new Sequences(context);
        this.attention = new Attention(context);
        this.products = new Products(context, packing);
    }

    Units units() {
        return units;
    }

    /** Whether {@code v} is written to memory of its own, so that it can be told where. */
    boolean isPlaceable(Value v) {
        boolean elements = Context.isElementwise(v);
        return elements
                || switch (v.op()) {
                    case Op.RandomMask _,
                            Op.Reduce _,
                            Op.Concat _,
                            Op.Pick _,
                            Op.Product _,
                            Op.TransposedProduct _,
                            Op.Lookup _,
                            Op.SumRows _,
                            Op.OuterSum _,
                            Op.TableSum _,
                            Op.StepPad _,
                            Op.StepMask _,
                            Op.Shift _,
                            Op.Scores _,
                            Op.Mix _,
                            Op.MixBack _ -> !isVirtual(v);
                    default -> false;
                };
    }

    /** Lowers everything; what {@link Context#views} already places stays there. */
    void lower() {
        place();
        for (Units.Unit unit : units.order()) {
            List<Step> out = steps.get(unit.phase);
            if (unit.cluster) {
                out.add(elementwise.lower(unit.values));
            } else if (!isVirtual(unit.values.get(0))) {
                Value v = unit.values.get(0);
                if (isPlaceable(v)) {
                    context.views.computeIfAbsent(v, this::memory);
                }
                heavy(v, out);
            }
        }
    }

    /** Gives every value that is written, and has no place yet, memory of its own. */
    private void place() {
        Map<Value, List<Value>> slices = new IdentityHashMap<>();
        values.forEach(v -> v.operands()
                .forEach(o -> slices.computeIfAbsent(o, k -> new ArrayList<>()).add(v)));
        for (Value v : values) {
            if (Context.isInline(v) && needsMemory(v, slices.getOrDefault(v, List.of()))) {
                constant(v);
            }
        }
        // Concatenations first, the outermost before what it holds: their operands are written in place.
        for (Value v : values.reversed()) {
            if (v.op() instanceof Op.Concat && !isVirtual(v)) {
                View whole = context.views.computeIfAbsent(v, this::memory);
                int from = 0;
                int row = 0;
                for (Value part : v.operands()) {
                    boolean matrix = v.type().shape().size() == 2;
                    int size = part.type().shape().get(0);
                    View piece = matrix ? whole.fromRow(Index.of(row)) : whole.slice(from, size);
                    boolean fits = !takesLayout(part) && (matrix || ownsItsLines(piece, whole));
                    if (fits
                            && isPlaceable(part)
                            && part.type().rows() == v.type().rows()
                            && members(part)
                            && !context.views.containsKey(part)
                            && phase.apply(part).equals(phase.apply(v))) {
                        context.views.put(part, piece);
                    }
                    from += size;
                    row += size;
                }
            }
        }
        for (Value v : values) {
            // Sums over rows take the layout of what they read, which is not known before that is lowered.
            boolean sum = takesLayout(v);
            boolean written = Context.isElementwise(v) ? units.isStored(v) : isPlaceable(v) && !sum;
            if (written && !context.views.containsKey(v)) {
                context.views.put(v, sliced(v, slices.getOrDefault(v, List.of())));
            }
        }
    }

    private static boolean takesLayout(Value v) {
        return v.op() instanceof Op.OuterSum || v.op() instanceof Op.SumRows;
    }

    /** Whether a vector that runs over the end of {@code piece} meets padding, not the piece or row behind it. */
    private boolean ownsItsLines(View piece, View whole) {
        for (View.Part part : piece.parts()) {
            int from = part.offset() + part.size();
            int to = part.offset() + context.precision.padded(part.size());
            if (to > whole.stride()) {
                return false;
            }
            for (View.Part other : whole.parts()) {
                if (to > whole.stride() || from < to && other.offset() < to && other.offset() + other.size() > from) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Memory for the stack of a body's value over all steps: a concatenation keeps its pieces on lines of their own. */
    View stack(Value v, String name, Type type) {
        boolean pieces = v.op() instanceof Op.Concat && v.type().shape().size() == 1;
        return pieces
                ? context.buffers.scratch(name, context.buffers.capacity(type), pieces(v))
                : context.buffers.scratch(name, type);
    }

    private boolean members(Value part) {
        return values.stream().anyMatch(v -> v == part);
    }

    /** Constants stand in element-wise code; anything else reads them from memory. */
    private boolean needsMemory(Value v, List<Value> users) {
        boolean isResult = results.stream().anyMatch(r -> r == v);
        return isResult || users.stream().anyMatch(u -> !Context.isElementwise(u) && !Context.isInline(u));
    }

    private void constant(Value v) {
        View view = context.views.computeIfAbsent(v, this::memory);
        Value number = v;
        while (number.op() instanceof Op.Expand) {
            number = number.operand(0);
        }
        steps.get(phase.apply(v)).add(elementwise.fill(view, v.type(), number, Comments.of(v.origin())));
    }

    /** Memory for a value; one that is only read in equal slices gets each slice on lines of its own. */
    private View sliced(Value v, List<Value> users) {
        boolean product = v.op() instanceof Op.Product;
        if (!product
                || users.isEmpty()
                || !users.stream().allMatch(u -> u.op() instanceof Op.Slice)
                || results.stream().anyMatch(r -> r == v)) {
            return memory(v);
        }
        int size = users.get(0).type().shape().get(0);
        int width = Buffers.width(v.type());
        boolean even = users.stream()
                .allMatch(u -> u.op() instanceof Op.Slice(int from, int s) && s == size && from % size == 0);
        boolean aligned = size % context.precision.elementsPerLine() == 0;
        boolean initialFits = v.operands().size() == 2;
        if (!even || aligned || width % size != 0 || !initialFits) {
            return memory(v);
        }
        return context.buffers.scratch(
                name(v), context.buffers.capacity(v.type()), Collections.nCopies(width / size, size));
    }

    private View memory(Value v) {
        if (v.type().element() == Element.TOKEN) {
            return context.buffers.tokens(name(v), v.type());
        }
        if (v.op() instanceof Op.OuterSum
                || v.op() instanceof Op.SumRows && !v.type().isScalar()) {
            View columns = context.view(v.operand(v.operands().size() - 1));
            if (columns.isContiguous() && context.homes.containsKey(v)) {
                return context.homes.get(v);
            }
            List<Integer> pieces = columns.parts().stream().map(View.Part::size).toList();
            return context.buffers.scratch(name(v), context.buffers.capacity(v.type()), pieces);
        }
        if (v.op() instanceof Op.Concat && v.type().shape().size() == 1) {
            return context.buffers.scratch(name(v), context.buffers.capacity(v.type()), pieces(v));
        }
        return context.buffers.scratch(name(v), v.type());
    }

    /** The pieces of a concatenated row: one, if every operand ends on a line. */
    private List<Integer> pieces(Value concat) {
        List<Integer> sizes = new ArrayList<>();
        for (Value operand : concat.operands()) {
            sizes.add(operand.type().shape().get(0));
        }
        boolean aligned =
                sizes.stream().limit(sizes.size() - 1).allMatch(s -> s % context.precision.elementsPerLine() == 0);
        return aligned ? List.of(Buffers.width(concat.type())) : sizes;
    }

    /** Whether {@code v} is a concatenation of weights that only products read: packing reads its operands itself. */
    private boolean isVirtual(Value v) {
        return v.op() instanceof Op.Concat
                && v.type().rows() == Rows.NONE
                && v.type().shape().size() == 2
                && results.stream().noneMatch(r -> r == v)
                && values.stream()
                        .filter(u -> u.operands().contains(v))
                        .allMatch(u -> (u.op() instanceof Op.Product || u.op() instanceof Op.TransposedProduct)
                                && u.operand(0) == v);
    }

    private void heavy(Value v, List<Step> out) {
        switch (v.op()) {
            case Op.Product _, Op.TransposedProduct _ -> {
                View x = overRows(v.operand(1), v.type().rows(), out);
                out.addAll(products.lower(v, x, this::aligned, out));
            }
            case Op.OuterSum _ -> {
                Rows rows =
                        v.operand(0).type().rows().compareTo(v.operand(1).type().rows()) >= 0
                                ? v.operand(0).type().rows()
                                : v.operand(1).type().rows();
                View a = overRows(v.operand(0), rows, out);
                View b = overRows(v.operand(1), rows, out);
                out.addAll(rowSums.outerSum(v, a, b, rows));
            }
            case Op.SumRows _ -> out.add(rowSums.sumRows(v));
            case Op.TableSum _ ->
                out.addAll(rowSums.tableSum(
                        v, overRows(v.operand(0), v.operand(1).type().rows(), out)));
            case Op.Reduce reduce -> out.add(rowwise.reduce(v, reduce.fold()));
            case Op.Pick _ ->
                out.add(rowwise.pick(v, overRows(v.operand(0), v.type().rows(), out)));
            case Op.Lookup _ -> out.add(rowwise.lookup(v));
            case Op.RandomMask mask -> out.add(rowwise.mask(v, mask, timeStep));
            case Op.StepMask mask -> out.add(sequences.stepMask(v, mask.kind()));
            case Op.Shift shift -> out.addAll(sequences.shift(v, shift.backward()));
            case Op.Scores _ -> attention.scores(v, out);
            case Op.Mix _ -> attention.mix(v, out);
            case Op.MixBack _ -> attention.mixBack(v, out);
            case Op.Concat _ -> concat(v, out);
            case Op.StepPad pad -> stepPad(v, pad, out);
            case Op.Scan scan -> new Scans(context, packing, elementwise, rowSums).lower(v, scan, results(v), out);
            case Op.Input _,
                    Op.State _,
                    Op.Parameter _,
                    Op.Constant _,
                    Op.RowCount _,
                    Op.CarryIn _,
                    Op.StepInput _,
                    Op.Invariant _,
                    Op.Map _,
                    Op.Detach _,
                    Op.TokenConstant _,
                    Op.FeatureMask _,
                    Op.Expand _,
                    Op.Slice _,
                    Op.OneHot _,
                    Op.StepAt _,
                    Op.Result _ -> throw new IllegalStateException("no unit of its own: " + v.op());
        }
    }

    private Map<Integer, Value> results(Value scan) {
        Map<Integer, Value> byIndex = new HashMap<>();
        for (Value v : values) {
            if (v.op() instanceof Op.Result r && v.operand(0) == scan) {
                byIndex.put(r.index(), v);
            }
        }
        return byIndex;
    }

    private View overRows(Value v, Rows rows, List<Step> out) {
        return overRows(v, context.view(v), rows, out);
    }

    /** The rows of a value repeated to {@code rows}, where it has fewer. */
    private View overRows(Value v, View view, Rows rows, List<Step> out) {
        if (v.type().rows().compareTo(rows) >= 0) {
            return view;
        }
        View copy = context.buffers.scratch(name(v), v.type().withRows(rows));
        out.add(elementwise.copy(view, copy, v.type(), rows, ""));
        return copy;
    }

    /** A start value in the same layout as the result, copied if it lies otherwise or has one row a sequence only. */
    private View aligned(Value initial, View result, Rows rows, List<Step> out) {
        View view = context.view(initial);
        if (initial.type().rows() == Rows.BATCH && rows == Rows.SEQUENCE) {
            view = overRows(initial, view, rows, out);
        }
        int shift = view.parts().get(0).offset() - result.parts().get(0).offset();
        boolean same = view.parts().size() == result.parts().size();
        for (int i = 0; same && i < view.parts().size(); i++) {
            same = view.parts().get(i).offset() - result.parts().get(i).offset() == shift;
        }
        if (same) {
            return view;
        }
        Type type = initial.type().rows() == Rows.NONE
                ? initial.type()
                : initial.type().withRows(rows);
        View copy = context.buffers.scratch(
                name(initial),
                context.buffers.capacity(type),
                result.parts().stream().map(View.Part::size).toList());
        out.add(elementwise.copy(view, copy, type, ""));
        return copy;
    }

    private void concat(Value v, List<Step> out) {
        View whole = context.view(v);
        boolean matrix = v.type().shape().size() == 2;
        Rows rows = v.type().rows();
        String comment = Comments.of(v.origin());
        int from = 0;
        for (Value part : v.operands()) {
            int size = part.type().shape().get(0);
            View piece = matrix ? whole.fromRow(Index.of(from)) : whole.slice(from, size);
            View source = context.view(part);
            if (!source.equals(piece)) {
                out.add(
                        matrix || ownsItsLines(piece, whole)
                                ? elementwise.copy(source, piece, part.type(), rows, comment)
                                : elementwise.copyDense(source, piece, part.type(), rows, comment));
            }
            from += size;
        }
    }

    private void stepPad(Value v, Op.StepPad pad, List<Step> out) {
        View whole = context.view(v);
        out.add(rowSums.zero(whole, v.type(), Comments.of(v.origin())));
        Index first = pad.index() >= 0
                ? Index.of(pad.index() * context.batch)
                : Index.of("steps").plus(pad.index()).times(context.batch);
        Type step = v.operand(0).type();
        out.add(elementwise.copy(context.view(v.operand(0)), whole.fromRow(first), step, Comments.of(v.origin())));
    }

    private static String name(Value v) {
        if (!v.origin().name().isEmpty()) {
            return v.origin().toString().replace("'", "_next");
        }
        String work = v.op() instanceof Op.Map
                ? Elementwise.label(v).replace("Next", "_next")
                : v.op().getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
        return v.origin().layer().isEmpty() ? work : v.origin().layer() + "_" + work;
    }
}
