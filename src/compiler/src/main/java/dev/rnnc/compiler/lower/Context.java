package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.Rows;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What all parts of one lowering share: the target, the memory, the kernels, and where values lie. */
final class Context {
    final Precision precision;
    final Target target;
    final int steps;
    final int batch;
    final Buffers buffers;
    final KernelPool kernels;
    /** Where values lie that are in memory; bodies add theirs. */
    final Map<Value, View> views = new IdentityHashMap<>();
    /** Values that follow from the parameters alone, computed when these change. */
    final Set<Value> fixed = Collections.newSetFromMap(new IdentityHashMap<>());
    /** Where sums over rows should lie, if what they read is in one piece. */
    final Map<Value, View> homes = new IdentityHashMap<>();

    /** The table gradients that are kept sparsely. */
    final Map<Value, SparseTable> sparse = new IdentityHashMap<>();

    /** Products over all steps that loops over time compute for some steps at once. */
    final Set<Value> ahead = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Where work of a loop's body goes that is the same at each step: in front of the loop; null outside of loops. */
    List<Step> beforeLoop;

    /** The states that one value reads, so that a scan may overwrite them. */
    final Set<String> states = new HashSet<>();

    Context(Precision precision, Target target, int steps, int batch, Buffers buffers, KernelPool kernels) {
        this.precision = precision;
        this.target = target;
        this.steps = steps;
        this.batch = batch;
        this.buffers = buffers;
        this.kernels = kernels;
    }

    /** Whether a weight, or all a concatenation of weights is made of, is fixed between two updates. */
    boolean isFixed(Value weight) {
        return fixed.contains(weight)
                || weight.op() instanceof Op.Concat
                        && weight.operands().stream().allMatch(this::isFixed);
    }

    int lanes() {
        return target.lanes();
    }

    /** Vectors that hold {@code size} features. */
    int vectorsOf(int size) {
        return (size + lanes() - 1) / lanes();
    }

    /** Vectors that cover {@code width} features of a padded row. */
    int vectors(int width) {
        return precision.padded(width) / lanes();
    }

    /** Where a value lies; slices and single steps are views of their operand's memory. */
    View view(Value value) {
        View known = views.get(value);
        if (known != null) {
            return known;
        }
        return switch (value.op()) {
            case Op.Slice slice -> {
                View whole = view(value.operand(0));
                yield value.type().shape().size() == 2
                        ? whole.fromRow(Index.of(slice.from()))
                        : whole.slice(slice.from(), slice.size());
            }
            case Op.StepAt at -> {
                Index first = at.index() >= 0
                        ? Index.of(Math.multiplyExact(at.index(), batch))
                        : buffers.steps().plus(at.index()).times(batch);
                yield view(value.operand(0)).fromRow(first);
            }
            default -> throw new IllegalStateException("not in memory: " + value.op() + " of " + value.origin());
        };
    }

    /** Whether the value is a view of other memory rather than computed. */
    static boolean isAlias(Op op) {
        return op instanceof Op.Slice || op instanceof Op.StepAt;
    }

    /** Whether the value is a number that stands in the code where it is used. */
    static boolean isInline(Value value) {
        return switch (value.op()) {
            case Op.Constant _, Op.RowCount _ -> true;
            case Op.Expand _ -> isInline(value.operand(0));
            default -> false;
        };
    }

    /** Whether the value is computed element by element, in a loop together with others. */
    static boolean isElementwise(Value value) {
        return switch (value.op()) {
            case Op.Map _, Op.OneHot _, Op.FeatureMask _ -> true;
            case Op.Expand _ -> !isInline(value);
            default -> false;
        };
    }

    /** Whether a value with those rows is the same for each row of a loop over {@code loop} rows. */
    static boolean isRepeated(Rows rows, Rows loop) {
        return rows == Rows.NONE && loop != Rows.NONE;
    }
}
