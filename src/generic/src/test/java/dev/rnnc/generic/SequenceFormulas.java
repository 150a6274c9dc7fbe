package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.generic.Leaves.Formula;
import dev.rnnc.runtime.spec.Rows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Operations over rows and over time steps. */
final class SequenceFormulas {

    private SequenceFormulas() {}

    /** Those that a body can hold as well. */
    static Map<String, Formula> inBodies() {
        Map<String, Formula> formulas = new LinkedHashMap<>();
        formulas.put("sum over all rows", (b, l) -> {
            Value sum = b.apply(new Op.SumRows(Rows.NONE), Origin.NONE, l.vector("x", Rows.SEQUENCE));
            return b.map(Function.MULTIPLY, Origin.NONE, sum, l.vector("y", Rows.SEQUENCE));
        });
        formulas.put("sum over rows of a batch", (b, l) -> {
            Value sum = b.apply(new Op.SumRows(Rows.NONE), Origin.NONE, l.vector("x", Rows.BATCH));
            return b.map(Function.MULTIPLY, Origin.NONE, sum, l.vector("y", Rows.SEQUENCE));
        });
        return formulas;
    }

    /** Those over whole sequences, which no body can hold. */
    static Map<String, Formula> atTopLevel() {
        Map<String, Formula> formulas = new LinkedHashMap<>();
        formulas.put("sum over time", (b, l) -> {
            Value sum = b.apply(new Op.SumRows(Rows.BATCH), Origin.NONE, l.vector("x", Rows.SEQUENCE));
            return b.map(Function.TANH, Origin.NONE, sum);
        });
        for (Op.MaskKind kind : Op.MaskKind.values()) {
            formulas.put("steps chosen by " + kind, (b, l) -> {
                Value mask = b.apply(new Op.StepMask(kind), Origin.NONE, l.lengths());
                Value x = l.vector("x", Rows.SEQUENCE);
                return b.map(Function.SELECT, Origin.NONE, mask, x, l.vector("y", Rows.BATCH));
            });
        }
        formulas.put("mean over rows", (b, l) -> {
            Value sum = b.apply(new Op.SumRows(Rows.NONE), Origin.NONE, l.vector("x", Rows.SEQUENCE));
            Value count = b.apply(new Op.RowCount(Rows.SEQUENCE), Origin.NONE);
            return b.map(Function.DIVIDE, Origin.NONE, sum, count);
        });
        for (int index : List.of(0, 2, -1)) {
            formulas.put("time step " + index, (b, l) -> {
                Value step = b.apply(new Op.StepAt(index), Origin.NONE, l.vector("x", Rows.SEQUENCE));
                return b.map(Function.TANH, Origin.NONE, step);
            });
            formulas.put("padding to time step " + index, (b, l) -> {
                Value padded = b.apply(new Op.StepPad(index), Origin.NONE, l.vector("x", Rows.BATCH));
                return b.map(Function.MULTIPLY, Origin.NONE, padded, l.vector("y", Rows.SEQUENCE));
            });
        }
        for (boolean backward : List.of(false, true)) {
            for (Rows rows : List.of(Rows.NONE, Rows.BATCH)) {
                formulas.put("shift of a sequence, backward " + backward + " with start " + rows, (b, l) -> {
                    Op shift = new Op.Shift(backward);
                    Value shifted = b.apply(shift, Origin.NONE, l.vector("x", Rows.SEQUENCE), l.vector("y", rows));
                    return b.map(Function.TANH, Origin.NONE, shifted);
                });
            }
            formulas.put("shift of numbers, backward " + backward, (b, l) -> {
                Value x = l.scalar("x", Rows.SEQUENCE);
                Value shifted = b.apply(new Op.Shift(backward), Origin.NONE, x, b.constant(0.5));
                return b.map(Function.MULTIPLY, Origin.NONE, x, shifted);
            });
            formulas.put("look-up of shifted tokens, backward " + backward, (b, l) -> {
                Value start = b.apply(new Op.TokenConstant(3), Origin.NONE);
                Value shifted = b.apply(new Op.Shift(backward), Origin.NONE, l.tokens(), start);
                return b.apply(new Op.Lookup(), Origin.NONE, l.matrix("table", GradientCheck.VOCABULARY, 4), shifted);
            });
        }
        for (Rows rows : List.of(Rows.BATCH, Rows.SEQUENCE)) {
            formulas.put("scores of queries " + rows, (b, l) -> {
                Value scores =
                        b.apply(new Op.Scores(6), Origin.NONE, l.vector("x", rows), l.vector("keys", Rows.SEQUENCE));
                return b.map(Function.TANH, Origin.NONE, scores);
            });
            formulas.put("mix by weights " + rows, (b, l) -> {
                Value weights = l.get("weights", Type.real(rows, 5));
                return b.apply(new Op.Mix(), Origin.NONE, weights, l.vector("x", Rows.SEQUENCE));
            });
            formulas.put("mix back by weights " + rows, (b, l) -> {
                Value weights = l.get("weights", Type.real(rows, 5));
                return b.apply(new Op.MixBack(), Origin.NONE, weights, l.vector("x", rows));
            });
        }
        formulas.put("attention over valid steps", (b, l) -> {
            Value valid = b.apply(new Op.FeatureMask(5), Origin.NONE, l.lengths());
            Value keys = b.apply(
                    new Op.Concat(), Origin.NONE, l.vector("x", Rows.SEQUENCE), l.scalars("y", 3, Rows.SEQUENCE));
            Value queries = b.apply(
                    new Op.Concat(), Origin.NONE, l.scalars("y", 3, Rows.SEQUENCE), l.vector("z", Rows.SEQUENCE));
            Value scores = b.apply(new Op.Scores(5), Origin.NONE, queries, keys);
            Value e = b.map(Function.EXPONENTIAL, Origin.NONE, scores);
            Value chosen = b.map(Function.SELECT, Origin.NONE, valid, e, b.constant(0));
            Value sum = b.apply(new Op.Reduce(Op.Fold.SUM), Origin.NONE, chosen);
            Value some = b.map(Function.ADD, Origin.NONE, sum, b.constant(1));
            Value weights = b.map(Function.DIVIDE, Origin.NONE, chosen, some);
            Value context = b.apply(new Op.Mix(), Origin.NONE, weights, keys);
            return b.apply(new Op.Concat(), Origin.NONE, context, queries);
        });
        return formulas;
    }
}
