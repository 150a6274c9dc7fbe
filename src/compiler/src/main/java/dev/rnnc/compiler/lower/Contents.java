package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.lower.ShadowMemory.Content;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a value is made of where it lies in memory: slices, single steps, concatenations, what a loop reads and what it
 * leaves are other values, or parts of them, at some step.
 */
final class Contents {
    /** Features {@code size} wide, or rows of a matrix, that hold one value as one step left it. */
    record Piece(int size, Content content) {}

    private final long steps;
    /** The loop a value of a body belongs to. */
    private final Map<Value, Value> loops = new IdentityHashMap<>();

    /** @param steps the steps of the run */
    Contents(List<Account.Loop> loops, long steps) {
        this.steps = steps;
        for (Account.Loop loop : loops) {
            loop.op().body().values().forEach(v -> this.loops.put(v, loop.scan()));
        }
    }

    /**
     * What {@code v} is made of, along its first feature dimension.
     *
     * @param step the step of a sequence, or of the loop that a value of a body belongs to
     */
    List<Piece> of(Value v, long step) {
        return switch (v.op()) {
            case Op.Slice slice -> cut(of(v.operand(0), step), slice.from(), slice.size());
            case Op.StepAt at -> of(v.operand(0), at.index() >= 0 ? at.index() : steps + at.index());
            case Op.Concat _ ->
                v.operands().stream().flatMap(o -> of(o, step).stream()).toList();
            case Op.CarryIn carry -> {
                Value scan = loops.get(v);
                Op.Scan op = (Op.Scan) scan.op();
                long before = op.backward() ? step + 1 : step - 1;
                yield before < 0 || before == steps
                        ? of(scan.operand(carry.index()), -1)
                        : of(op.body().carries().get(carry.index()), before);
            }
            case Op.StepInput input -> {
                Value scan = loops.get(v);
                yield of(scan.operand(body(scan).carries().size() + input.index()), step);
            }
            case Op.Invariant invariant -> {
                Value scan = loops.get(v);
                Value outer =
                        scan.operand(body(scan).carries().size() + body(scan).sequences() + invariant.index());
                yield of(outer, outer.type().rows() == Rows.SEQUENCE ? step : -1);
            }
            case Op.Result result -> result(v, result, step);
            case Op.Input _,
                    Op.State _,
                    Op.Parameter _,
                    Op.Constant _,
                    Op.TokenConstant _,
                    Op.RowCount _,
                    Op.RandomMask _,
                    Op.Map _,
                    Op.Detach _,
                    Op.Expand _,
                    Op.Reduce _,
                    Op.Pick _,
                    Op.OneHot _,
                    Op.FeatureMask _,
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
                    Op.MixBack _,
                    Op.Scan _ -> List.of(new Piece(first(v), new Content(v, isMany(v) ? step : -1)));
        };
    }

    private List<Piece> result(Value v, Op.Result result, long step) {
        Value scan = v.operand(0);
        boolean backward = ((Op.Scan) scan.op()).backward();
        Op.Body body = body(scan);
        int carries = body.carries().size();
        if (result.index() < carries) {
            return of(body.carries().get(result.index()), backward ? 0 : steps - 1);
        }
        Op.Output output = body.outputs().get(result.index() - carries);
        return switch (output.collect()) {
            case STACK -> of(output.value(), step);
            case SUM -> List.of(new Piece(first(v), new Content(v, -1)));
        };
    }

    private static Op.Body body(Value scan) {
        return ((Op.Scan) scan.op()).body();
    }

    /** Whether there is one of {@code v} for each step. */
    private boolean isMany(Value v) {
        return v.type().rows() == Rows.SEQUENCE || loops.containsKey(v);
    }

    private static int first(Value v) {
        return v.type().isScalar() ? 1 : v.type().shape().getFirst();
    }

    private static List<Piece> cut(List<Piece> pieces, int from, int size) {
        List<Piece> kept = new ArrayList<>();
        int start = 0;
        for (Piece piece : pieces) {
            int low = Math.max(from, start);
            int high = Math.min(from + size, start + piece.size());
            if (low < high) {
                kept.add(new Piece(high - low, piece.content()));
            }
            start += piece.size();
        }
        return kept;
    }
}
