package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;

/** Lowers what makes or moves whole sequences: masks from lengths, shifts by one step, token constants. */
final class Sequences {
    private final Context context;

    Sequences(Context context) {
        this.context = context;
    }

    /** One number a row of a sequence, from the sequence's length. */
    Step stepMask(Value v, Op.MaskKind kind) {
        View lengths = context.view(v.operand(0));
        View out = context.view(v);
        KernelBuilder kernel = new KernelBuilder();
        String source = kernel.segment(lengths.buffer(), "lengths");
        String target = kernel.segment(out.buffer(), "mask");
        Index sourceBase = kernel.outer(lengths.base(), "lengthsAt");
        Index targetBase = kernel.outer(out.base(), "maskAt");
        Index steps = kernel.outer(context.buffers.steps(), "steps");
        kernel.loop(
                "step",
                Index.ZERO,
                steps,
                1,
                step -> kernel.loop("row", Index.ZERO, Index.of(context.batch), 1, row -> {
                    Expression length = new Expression.OfToken(new Expression.LoadToken(source, sourceBase.plus(row)));
                    Expression one = new Expression.Constant(1, Shape.SCALAR);
                    Expression zero = new Expression.Constant(0, Shape.SCALAR);
                    Expression value = switch (kind) {
                        case VALID ->
                            new Expression.Select(
                                    Expression.Comparison.LESS, new Expression.OfIndex(step), length, one, zero);
                        case LAST ->
                            new Expression.Select(
                                    Expression.Comparison.EQUAL,
                                    new Expression.OfIndex(step.plus(1)),
                                    length,
                                    one,
                                    zero);
                    };
                    Index at =
                            targetBase.plus(step.times(context.batch).plus(row).times(out.stride()));
                    kernel.add(new Statement.Store(target, at, value));
                }));
        return kernel.call(
                context.kernels, kind == Op.MaskKind.VALID ? "validSteps" : "lastSteps", "", Comments.of(v.origin()));
    }

    /** Writes one token. */
    Step.Call token(View place, int token, Comment comment) {
        KernelBuilder kernel = new KernelBuilder();
        String target = kernel.segment(place.buffer(), "target");
        kernel.add(new Statement.Store(target, place.base(), new Expression.Constant(token, Shape.TOKEN)));
        return kernel.call(context.kernels, "token" + token, "", comment);
    }

    /** Copies the tokens of a value. */
    Step.Call tokens(Value v, View source, View target, Comment comment) {
        return copy(v, source, target, context.buffers.rows(v.type()), false, comment);
    }

    /** All steps but one moved by a step, and the start put in the place left. */
    List<Step.Call> shift(Value v, boolean backward) {
        Value x = v.operand(0);
        Value start = v.operand(1);
        View source = context.view(x);
        View target = context.view(v);
        Index batch = Index.of(context.batch);
        Index moved = context.buffers.steps().plus(-1).times(context.batch);
        Comment comment = Comments.of(v.origin());
        boolean repeated = start.type().rows() == Rows.NONE;
        return List.of(
                copy(
                        v,
                        backward ? source.fromRow(batch) : source,
                        backward ? target : target.fromRow(batch),
                        moved,
                        false,
                        comment),
                copy(v, context.view(start), backward ? target.fromRow(moved) : target, batch, repeated, comment));
    }

    private Step.Call copy(Value v, View source, View target, Index rows, boolean repeated, Comment comment) {
        boolean token = v.type().element() == Element.TOKEN;
        boolean numbers = v.type().isScalar() || overruns(source, target);
        Shape shape = token ? Shape.TOKEN : numbers ? Shape.SCALAR : Shape.VECTOR;
        int lanes = shape == Shape.VECTOR ? context.lanes() : 1;
        KernelBuilder kernel = new KernelBuilder();
        String from = kernel.segment(source.buffer(), "source");
        String to = kernel.segment(target.buffer(), "target");
        Index sourceBase = kernel.outer(source.base(), "sourceAt");
        Index targetBase = kernel.outer(target.base(), "targetAt");
        kernel.loop("row", Index.ZERO, kernel.outer(rows, "rows"), 1, row -> {
            int done = 0;
            // Runs in their order: the end of a run's last vector is overwritten by the next.
            while (done < target.width()) {
                int at = done;
                int size = Math.min(source.run(done), target.run(done));
                kernel.loop("j", Index.ZERO, Index.of((size + lanes - 1) / lanes * lanes), lanes, j -> {
                    Index read = sourceBase
                            .plus(repeated ? Index.ZERO : row.times(source.stride()))
                            .plus(j)
                            .plus(source.offsetOf(at));
                    Index write =
                            targetBase.plus(row.times(target.stride())).plus(j).plus(target.offsetOf(at));
                    Expression value =
                            token ? new Expression.LoadToken(from, read) : KernelBuilder.load(from, read, shape);
                    kernel.add(new Statement.Store(to, write, value));
                });
                done += size;
            }
        });
        return kernel.call(context.kernels, (token ? "moveTokens" : "move" + target.width()), "", comment);
    }

    /** Whether a vector that runs over the end of a run of features would be written to what the target does not own. */
    private boolean overruns(View source, View target) {
        int done = 0;
        while (done < target.width()) {
            int size = Math.min(source.run(done), target.run(done));
            int end = target.offsetOf(done) + context.vectorsOf(size) * context.lanes();
            if (end > target.ownedFrom(done, context.precision)) {
                return true;
            }
            done += size;
        }
        return false;
    }
}
