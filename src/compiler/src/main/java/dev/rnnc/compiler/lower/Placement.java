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
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Gives the values of a graph or of a scan's body their places in memory. */
final class Placement {
    private final Context context;
    private final List<Value> values;
    private final Collection<Value> results;
    private final Units units;
    private final Map<Object, Routine> routines;
    private final Function<Value, Object> phase;
    private final Copies copies;

    Placement(
            Context context,
            List<Value> values,
            Collection<Value> results,
            Units units,
            Map<Object, Routine> routines,
            Function<Value, Object> phase) {
        this.context = context;
        this.values = values;
        this.results = results;
        this.units = units;
        this.routines = routines;
        this.phase = phase;
        this.copies = new Copies(context);
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

    /** Gives every value that is written, and has no place yet, memory of its own. */
    void place() {
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
            if (written && !context.views.containsKey(v) && !context.ahead.contains(v)) {
                context.views.put(v, sliced(v, slices.getOrDefault(v, List.of())));
            }
        }
    }

    private static boolean takesLayout(Value v) {
        return v.op() instanceof Op.OuterSum || v.op() instanceof Op.SumRows;
    }

    /** Whether a vector that runs over the end of {@code piece} meets padding, not the piece or row behind it. */
    boolean ownsItsLines(View piece, View whole) {
        for (View.Part part : piece.parts()) {
            int from = part.offset() + part.size();
            int to = part.offset() + context.precision.padded(part.size());
            if (to > whole.stride()) {
                return false;
            }
            for (View.Part other : whole.parts()) {
                int end = other.offset() + other.size();
                boolean around = other.offset() <= part.offset() && part.offset() < end;
                // Behind the lines of what the piece lies in there may be another piece of something larger.
                if (around && to > other.offset() + context.precision.padded(other.size())
                        || from < to && other.offset() < to && end > from) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether a value must be in memory at the end. */
    boolean isResult(Value v) {
        return results.stream().anyMatch(r -> r == v);
    }

    /** Whether two values are computed by the same routine. */
    boolean samePhase(Value a, Value b) {
        return phase.apply(a).equals(phase.apply(b));
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
        return isResult(v) || users.stream().anyMatch(u -> !Context.isElementwise(u) && !Context.isInline(u));
    }

    private void constant(Value v) {
        View view = context.views.computeIfAbsent(v, this::memory);
        Value number = v;
        while (number.op() instanceof Op.Expand) {
            number = number.operand(0);
        }
        Step fill = copies.fill(view, v.type(), number, Comments.of(v.origin()));
        routines.get(phase.apply(v)).add(v, List.of(), List.of(new Account.Use(v, view)), fill);
    }

    /** Memory for a value; one that is only read in equal slices gets each slice on lines of its own. */
    private View sliced(Value v, List<Value> users) {
        boolean product = v.op() instanceof Op.Product;
        if (!product || users.isEmpty() || !users.stream().allMatch(u -> u.op() instanceof Op.Slice) || isResult(v)) {
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

    View memory(Value v) {
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

    /**
     * The pieces of a concatenated row: one, if every operand ends on a line, or if they are numbers, which are written once
     * and so may be copied next to each other, where whatever reads the row reads it as a whole.
     */
    private List<Integer> pieces(Value concat) {
        if (concat.operands().stream().allMatch(Context::isInline)) {
            return List.of(Buffers.width(concat.type()));
        }
        List<Integer> sizes = new ArrayList<>();
        for (Value operand : concat.operands()) {
            sizes.add(operand.type().shape().get(0));
        }
        boolean aligned =
                sizes.stream().limit(sizes.size() - 1).allMatch(s -> s % context.precision.elementsPerLine() == 0);
        return aligned ? List.of(Buffers.width(concat.type())) : sizes;
    }

    /** Whether {@code v} is a concatenation of weights that only products read: packing reads its operands itself. */
    boolean isVirtual(Value v) {
        return v.op() instanceof Op.Concat
                && v.type().rows() == Rows.NONE
                && v.type().shape().size() == 2
                && results.stream().noneMatch(r -> r == v)
                && values.stream()
                        .filter(u -> u.operands().contains(v))
                        .allMatch(u -> (u.op() instanceof Op.Product || u.op() instanceof Op.TransposedProduct)
                                && u.operand(0) == v);
    }

    static String name(Value v) {
        if (!v.origin().name().isEmpty()) {
            return v.origin().toString().replace("'", "_next");
        }
        String work = v.op() instanceof Op.Map
                ? Elementwise.label(v).replace("Next", "_next")
                : v.op().getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
        return v.origin().layer().isEmpty() ? work : v.origin().layer() + "_" + work;
    }
}
