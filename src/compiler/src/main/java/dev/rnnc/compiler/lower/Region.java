package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.lower.Account.Use;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Lowers the values of a graph or of a scan's body: gives each a place in memory, then emits its units in order. */
final class Region {
    private final Context context;
    private final Packing packing;
    private final List<Value> values;
    private final Units units;
    private final Map<Object, Routine> routines;
    private final Index timeStep;
    private final Placement placement;
    private final Elementwise elementwise;
    private final Copies copies;
    private final Rowwise rowwise;
    private final RowSums rowSums;
    private final Sequences sequences;
    private final Attention attention;
    private final Products products;

    /**
     * @param results the values that must be in memory at the end
     * @param phase which routine a value belongs to
     * @param routines where the calls of each routine go
     * @param timeStep the current time step within a scan, else null
     */
    Region(
            Context context,
            Packing packing,
            List<Value> values,
            Collection<Value> results,
            Function<Value, Object> phase,
            Map<Object, Routine> routines,
            Index timeStep) {
        this.context = context;
        this.packing = packing;
        this.values = values;
        this.routines = routines;
        this.timeStep = timeStep;
        this.units = new Units(values, results, phase);
        this.placement = new Placement(context, values, results, units, routines, phase);
        this.elementwise = new Elementwise(context);
        this.copies = new Copies(context);
        this.rowwise = new Rowwise(context);
        this.rowSums = new RowSums(context, copies);
        this.sequences = new Sequences(context);
        this.attention = new Attention(context);
        this.products = new Products(context, packing);
    }

    Units units() {
        return units;
    }

    /** Where the values go. */
    Placement placement() {
        return placement;
    }

    /** Lowers everything; what {@link Context#views} already places stays there. */
    void lower() {
        context.ahead.addAll(Ahead.products(values, placement, context));
        placement.place();
        for (Units.Unit unit : units.order()) {
            Value v = unit.values.getFirst();
            Routine routine = routines.get(unit.phase);
            if (context.ahead.contains(v) || placement.isVirtual(v)) {
                continue;
            }
            if (v.op() instanceof Op.Scan scan) {
                new Scans(context, packing, copies, this).lower(v, scan, results(v), routine);
                continue;
            }
            int first = routine.steps.size();
            List<Use> writes = new ArrayList<>();
            if (unit.cluster) {
                routine.steps.add(elementwise.lower(unit.values));
                unit.values.stream().filter(context.views::containsKey).forEach(m -> writes.add(use(m)));
            } else {
                if (placement.isPlaceable(v)) {
                    context.views.computeIfAbsent(v, placement::memory);
                }
                if (v.op() instanceof Op.Concat) {
                    writes.addAll(concat(v, routine.steps));
                } else {
                    heavy(v, routine.steps);
                    writes.add(use(v));
                }
            }
            routine.account(v, reads(unit), writes, first);
        }
    }

    private Use use(Value v) {
        return new Use(v, context.view(v));
    }

    /** What a unit reads of what others made, weights apart: products read copies of those. */
    private List<Use> reads(Units.Unit unit) {
        List<Use> reads = new ArrayList<>();
        for (Value v : unit.values) {
            boolean product = v.op() instanceof Op.Product || v.op() instanceof Op.TransposedProduct;
            for (Value o : product ? v.operands().subList(1, v.operands().size()) : v.operands()) {
                if (!unit.values.contains(o) && !(unit.cluster && Context.isInline(o))) {
                    reads.add(use(o));
                }
            }
        }
        return reads;
    }

    private void heavy(Value v, List<Step> out) {
        switch (v.op()) {
            case Op.Product _, Op.TransposedProduct _ -> {
                View x = overRows(v.operand(1), v.type().rows(), out);
                boolean readInPieces = context.buffers.rows(v.type()).equals(Index.of(1))
                        && x.parts().size() <= 2
                        && v.operands().size() == 2;
                View gathered = readInPieces ? x : contiguous(v.operand(1), x, v, out);
                out.addAll(products.lower(v, gathered, context.buffers.rows(v.type()), this::aligned, out));
            }
            case Op.OuterSum _ -> {
                Rows rows =
                        v.operand(0).type().rows().compareTo(v.operand(1).type().rows()) >= 0
                                ? v.operand(0).type().rows()
                                : v.operand(1).type().rows();
                View a = overRows(v.operand(0), rows, out);
                View b = inPieces(v.operand(1), overRows(v.operand(1), rows, out), rows, context.view(v), out);
                out.addAll(new OuterSums(context, copies).lower(v, a, b, rows));
            }
            case Op.SumRows _ -> {
                Value x = v.operand(0);
                out.add(rowSums.sumRows(v, inPieces(x, context.view(x), x.type().rows(), context.view(v), out)));
            }
            case Op.TableSum _ -> {
                List<View> rows = new ArrayList<>();
                for (int i = 0; i < v.operands().size(); i += 2) {
                    Value x = v.operand(i);
                    Rows tokens = v.operand(i + 1).type().rows();
                    Rows all = tokens.compareTo(x.type().rows()) > 0
                            ? tokens
                            : x.type().rows();
                    rows.add(contiguous(x, overRows(x, all, out), all, v, out));
                }
                out.addAll(rowSums.tableSum(v, rows));
            }
            case Op.Reduce reduce -> out.add(rowwise.reduce(v, reduce.fold()));
            case Op.Pick _ -> {
                View x = overRows(v.operand(0), v.type().rows(), out);
                out.add(rowwise.pick(v, contiguous(v.operand(0), x, v, out)));
            }
            case Op.Lookup _ -> out.add(rowwise.lookup(v));
            case Op.RandomMask mask -> out.add(rowwise.mask(v, mask, timeStep));
            case Op.StepMask mask -> out.add(sequences.stepMask(v, mask.kind()));
            case Op.Shift shift -> out.addAll(sequences.shift(v, shift.backward()));
            case Op.Scores _ -> attention.scores(v, out);
            case Op.Mix _ -> attention.mix(v, out);
            case Op.MixBack _ -> attention.mixBack(v, out);
            case Op.StepPad pad -> stepPad(v, pad, out);
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
                    Op.Concat _,
                    Op.Scan _,
                    Op.Result _ -> throw new IllegalStateException("no unit of its own: " + v.op());
        }
    }

    /**
     * The calls that compute the rows of a product from {@code first} on, as many as {@code rows}, into the place it has.
     *
     * @param out where work for all rows goes
     */
    List<Step> someRows(Value product, Index first, Index rows, List<Step> out) {
        View x = contiguous(product.operand(1), context.view(product.operand(1)), product, out);
        return products.lower(product, x.fromRow(first), rows, this::aligned, out);
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
        View copy = context.buffers.scratch(Placement.name(v), v.type().withRows(rows));
        out.add(copies.copy(view, copy, v.type(), rows, Comments.of("", v.origin())));
        return copy;
    }

    /**
     * {@code view} with its features next to each other, copied if they are not. A tile of a product needs a loop for
     * each piece, and with more than one HotSpot's first compiler refuses it, but for tiles of one row that start from zero
     * and have two; beside the product the copy is little.
     */
    private View contiguous(Value v, View view, Value user, List<Step> out) {
        return contiguous(v, view, user.type().rows(), user, out);
    }

    private View contiguous(Value v, View view, Rows rows, Value user, List<Step> out) {
        if (view.isContiguous()) {
            return view;
        }
        Type type = v.type().withRows(rows);
        View copy = context.buffers.scratch(Placement.name(v), context.buffers.capacity(type), List.of(view.width()));
        out.add(copies.copyDense(view, copy, type, type.rows(), Comments.of(user.origin())));
        return copy;
    }

    /** {@code view} with its features in pieces of the sizes that {@code target} has, copied if they are not. */
    private View inPieces(Value v, View view, Rows rows, View target, List<Step> out) {
        List<Integer> sizes = target.parts().stream().map(View.Part::size).toList();
        if (view.parts().stream().map(View.Part::size).toList().equals(sizes)) {
            return view;
        }
        Type type = v.type().withRows(rows);
        View copy = context.buffers.scratch(Placement.name(v), context.buffers.capacity(type), sizes);
        out.add(copies.copyDense(view, copy, type, rows, Comments.of("", v.origin())));
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
                Placement.name(initial),
                context.buffers.capacity(type),
                result.parts().stream().map(View.Part::size).toList());
        out.add(copies.copy(view, copy, type, Comments.of("", initial.origin())));
        return copy;
    }

    /** Copies what does not lie in its place; the places written. */
    private List<Use> concat(Value v, List<Step> out) {
        List<Use> written = new ArrayList<>();
        View whole = context.view(v);
        boolean matrix = v.type().shape().size() == 2;
        Rows rows = v.type().rows();
        Comment comment = Comments.of(v.origin());
        int from = 0;
        for (Value part : v.operands()) {
            int size = part.type().shape().get(0);
            View piece = matrix ? whole.fromRow(Index.of(from)) : whole.slice(from, size);
            View source = context.view(part);
            if (!source.equals(piece)) {
                written.add(new Use(part, piece, rows));
                out.add(
                        matrix || placement.ownsItsLines(piece, whole)
                                ? copies.copy(source, piece, part.type(), rows, comment)
                                : copies.copyDense(source, piece, part.type(), rows, comment));
            }
            from += size;
        }
        return written;
    }

    private void stepPad(Value v, Op.StepPad pad, List<Step> out) {
        View whole = context.view(v);
        out.add(copies.zero(whole, v.type(), Comments.of(v.origin())));
        Index first = pad.index() >= 0
                ? Index.of(pad.index() * context.batch)
                : context.buffers.steps().plus(pad.index()).times(context.batch);
        Type step = v.operand(0).type();
        out.add(copies.copy(context.view(v.operand(0)), whole.fromRow(first), step, Comments.of(v.origin())));
    }
}
