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

/** Operations on the features of each row. */
final class RowFormulas {

    private RowFormulas() {}

    /** By a name. */
    static Map<String, Formula> all() {
        Map<String, Formula> formulas = new LinkedHashMap<>();
        for (Op.Fold fold : Op.Fold.values()) {
            for (Rows rows : Rows.values()) {
                formulas.put(fold + " of features " + rows, (b, l) -> {
                    Value folded = b.apply(new Op.Reduce(fold), Origin.NONE, l.vector("x", rows));
                    return b.map(Function.MULTIPLY, Origin.NONE, folded, l.vector("y", Rows.SEQUENCE));
                });
            }
        }
        formulas.put(
                "expand over rows",
                (b, l) -> b.add(
                        new Op.Expand(),
                        List.of(l.vector("x", Rows.NONE)),
                        rowed(l).withShape(List.of(4)),
                        Origin.NONE));
        formulas.put(
                "expand over rows and features",
                (b, l) -> b.add(
                        new Op.Expand(),
                        List.of(l.scalar("x", Rows.NONE)),
                        rowed(l).withShape(List.of(4)),
                        Origin.NONE));
        formulas.put(
                "expand of a row to features",
                (b, l) -> b.add(
                        new Op.Expand(),
                        List.of(l.scalar("x", Rows.SEQUENCE)),
                        rowed(l).withShape(List.of(4)),
                        Origin.NONE));
        formulas.put("slice", (b, l) -> b.apply(new Op.Slice(1, 2), Origin.NONE, l.vector("x", Rows.SEQUENCE)));
        formulas.put("slices that tile, overlap and leave gaps", (b, l) -> {
            Value x = l.vector("x", Rows.SEQUENCE);
            Value y = l.vector("y", Rows.BATCH);
            return b.apply(
                    new Op.Concat(),
                    Origin.NONE,
                    b.apply(new Op.Slice(0, 2), Origin.NONE, x),
                    b.apply(new Op.Slice(2, 2), Origin.NONE, x),
                    b.apply(new Op.Slice(1, 2), Origin.NONE, y),
                    b.apply(new Op.Slice(2, 1), Origin.NONE, y));
        });
        formulas.put("slice of a value that is also used whole", (b, l) -> {
            Value x = l.vector("x", Rows.SEQUENCE);
            Value part = b.apply(new Op.Slice(3, 1), Origin.NONE, x);
            return b.apply(new Op.Concat(), Origin.NONE, x, b.map(Function.TANH, Origin.NONE, part));
        });
        formulas.put(
                "concat of different rows",
                (b, l) -> b.apply(
                        new Op.Concat(),
                        Origin.NONE,
                        l.vector("x", Rows.SEQUENCE),
                        l.vector("y", Rows.BATCH),
                        l.vector("z", Rows.NONE)));
        formulas.put(
                "pick",
                (b, l) -> b.apply(
                        new Op.Pick(),
                        Origin.NONE,
                        l.get("x", Type.real(Rows.SEQUENCE, GradientCheck.VOCABULARY)),
                        l.tokens()));
        formulas.put(
                "pick from one row for all",
                (b, l) -> b.apply(
                        new Op.Pick(),
                        Origin.NONE,
                        l.get("x", Type.real(Rows.NONE, GradientCheck.VOCABULARY)),
                        l.tokens()));
        formulas.put(
                "one-hot",
                (b, l) -> b.map(
                        Function.MULTIPLY,
                        Origin.NONE,
                        b.apply(new Op.OneHot(GradientCheck.VOCABULARY), Origin.NONE, l.tokens()),
                        l.get("x", Type.real(Rows.NONE, GradientCheck.VOCABULARY))));
        formulas.put(
                "features below a length",
                (b, l) -> b.map(
                        Function.SELECT,
                        Origin.NONE,
                        b.apply(new Op.FeatureMask(4), Origin.NONE, l.lengths()),
                        l.vector("x", Rows.SEQUENCE),
                        l.vector("y", Rows.NONE)));
        formulas.put("random mask", (b, l) -> {
            Value mask = b.leaf(new Op.RandomMask(0.6, 1), rowed(l).withShape(List.of(4)), Origin.NONE);
            Value x = l.vector("x", Rows.SEQUENCE);
            return b.map(Function.MULTIPLY, Origin.NONE, mask, b.map(Function.MULTIPLY, Origin.NONE, x, x));
        });
        return formulas;
    }

    /** The type of a scalar with all rows: in a body, those of a step. */
    private static Type rowed(Leaves l) {
        return l.scalar("rowed", Rows.SEQUENCE).type();
    }
}
