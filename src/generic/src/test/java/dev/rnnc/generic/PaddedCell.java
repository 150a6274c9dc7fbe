package dev.rnnc.generic;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.Set;

/**
 * {@code s' = tanh(W s + x)} over sequences of unequal length: a padded step reads zeros, whatever stands in the input,
 * keeps the state and puts out zeros.
 */
final class PaddedCell {
    private PaddedCell() {}

    /** Forward pass and gradients; roots {@code end}, {@code all} (the state after each step), the loss, and gradients. */
    static Graph graph(GraphBuilder b) {
        Type state = Type.real(Rows.BATCH, 2);
        Value lengths = b.leaf(new Op.Input("lengths"), Type.token(Rows.BATCH), Origin.NONE);
        Value mask = b.apply(new Op.StepMask(Op.MaskKind.VALID), Origin.NONE, lengths);
        Value x = b.leaf(new Op.Input("x"), state.withRows(Rows.SEQUENCE), Origin.NONE);
        Value read = b.map(Function.SELECT, Origin.NONE, mask, x, b.constant(0));

        GraphBuilder body = new GraphBuilder();
        Value s = body.leaf(new Op.CarryIn(0), state, Origin.NONE.named("s"));
        Value in = body.leaf(new Op.StepInput(0), state, Origin.NONE);
        Value valid = body.leaf(new Op.StepInput(1), Type.real(Rows.BATCH), Origin.NONE);
        Value w = body.leaf(new Op.Invariant(0), Type.real(Rows.NONE, 2, 2), Origin.NONE);
        Value sum = body.apply(new Op.Product(), Origin.NONE, w, s, in);
        Value next = body.map(Function.TANH, Origin.NONE, sum);
        Value kept = body.map(Function.SELECT, Origin.NONE.named("s'"), valid, next, s);
        Value out = body.map(Function.SELECT, Origin.NONE.named("out"), valid, kept, body.constant(0));
        List<Op.Output> outputs = List.of(new Op.Output(out, Op.Collect.STACK));
        Op.Body step = body.body(List.of(kept), outputs, 2, 1);

        Value zero = b.expand(b.constant(0), state, Origin.NONE);
        Value weight = b.leaf(new Op.Parameter("w"), Type.real(Rows.NONE, 2, 2), Origin.NONE.named("w"));
        Value scan = b.add(new Op.Scan(step, false), List.of(zero, read, mask, weight), null, Origin.NONE);
        Value end = b.apply(new Op.Result(0), Origin.NONE.named("end"), scan);
        Value all = b.apply(new Op.Result(1), Origin.NONE.named("all"), scan);
        Value ends = b.map(Function.MULTIPLY, Origin.NONE, end, end);
        Value squares = b.map(Function.MULTIPLY, Origin.NONE, all, all);
        Value total = b.map(Function.ADD, Origin.NONE, GradientCheck.sum(b, ends), GradientCheck.sum(b, squares));
        return GraphVerifier.verify(Differentiate.gradients(
                b.graph(List.of(
                        new Root(RootKind.OUTPUT, "end", end),
                        new Root(RootKind.OUTPUT, "all", all),
                        new Root(RootKind.LOSS, "loss", total))),
                Set.of("x")));
    }
}
