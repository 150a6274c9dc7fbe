package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.generic.Leaves.Formula;
import dev.rnnc.runtime.spec.Rows;
import java.util.LinkedHashMap;
import java.util.Map;

/** Products, outer sums and tables. */
final class ProductFormulas {

    private ProductFormulas() {}

    /** By a name. */
    static Map<String, Formula> all() {
        Map<String, Formula> formulas = new LinkedHashMap<>();
        for (Rows rows : Rows.values()) {
            formulas.put(
                    "product " + rows,
                    (b, l) -> spread(
                            b, l, b.apply(new Op.Product(), Origin.NONE, l.matrix("w", 3, 4), l.vector("x", rows))));
            formulas.put(
                    "product with initial " + rows,
                    (b, l) -> b.apply(
                            new Op.Product(),
                            Origin.NONE,
                            l.matrix("w", 3, 4),
                            l.vector("x", rows),
                            l.get("initial3", Type.real(Rows.SEQUENCE, 3))));
            formulas.put(
                    "product with bias " + rows,
                    (b, l) -> spread(
                            b,
                            l,
                            b.apply(
                                    new Op.Product(),
                                    Origin.NONE,
                                    l.matrix("w", 3, 4),
                                    l.vector("x", rows),
                                    l.get("bias", Type.real(Rows.NONE, 3)))));
            formulas.put(
                    "transposed product " + rows,
                    (b, l) -> b.apply(
                            new Op.TransposedProduct(),
                            Origin.NONE,
                            l.matrix("w", 4, 3),
                            l.vector("x", rows),
                            l.get("initial3", Type.real(Rows.SEQUENCE, 3))));
            formulas.put(
                    "outer sum " + rows,
                    (b, l) -> b.apply(
                            new Op.Product(),
                            Origin.NONE,
                            b.apply(
                                    new Op.OuterSum(),
                                    Origin.NONE,
                                    l.get("a", Type.real(rows, 3)),
                                    l.vector("x", Rows.SEQUENCE)),
                            l.vector("y", Rows.SEQUENCE)));
        }
        formulas.put(
                "outer product of parameters",
                (b, l) -> b.apply(
                        new Op.Product(),
                        Origin.NONE,
                        b.apply(
                                new Op.OuterSum(),
                                Origin.NONE,
                                l.get("a", Type.real(Rows.NONE, 3)),
                                l.vector("x", Rows.NONE)),
                        l.vector("y", Rows.SEQUENCE)));
        formulas.put("slices of a matrix's rows", (b, l) -> {
            Value w = l.matrix("w", 5, 4);
            Value x = l.vector("x", Rows.SEQUENCE);
            Value upper = b.apply(new Op.Product(), Origin.NONE, b.apply(new Op.Slice(0, 2), Origin.NONE, w), x);
            Value lower = b.apply(new Op.Product(), Origin.NONE, b.apply(new Op.Slice(3, 2), Origin.NONE, w), x);
            return b.map(Function.MULTIPLY, Origin.NONE, upper, lower);
        });
        formulas.put("matrices on top of each other", (b, l) -> {
            Value stacked = b.apply(new Op.Concat(), Origin.NONE, l.matrix("w", 3, 4), l.matrix("v", 2, 4));
            return b.apply(new Op.Product(), Origin.NONE, stacked, l.vector("x", Rows.SEQUENCE));
        });
        formulas.put("scaled matrix", (b, l) -> {
            Value scaled = b.map(Function.MULTIPLY, Origin.NONE, l.matrix("w", 3, 4), l.scalar("k", Rows.NONE));
            return b.apply(new Op.Product(), Origin.NONE, scaled, l.vector("x", Rows.SEQUENCE));
        });
        formulas.put("lookup", (b, l) -> {
            Value row =
                    b.apply(new Op.Lookup(), Origin.NONE, l.matrix("table", GradientCheck.VOCABULARY, 4), l.tokens());
            return b.map(Function.TANH, Origin.NONE, row);
        });
        formulas.put(
                "table sum",
                (b, l) -> b.apply(
                        new Op.Product(),
                        Origin.NONE,
                        b.apply(
                                new Op.TableSum(GradientCheck.VOCABULARY),
                                Origin.NONE,
                                l.vector("x", Rows.SEQUENCE),
                                l.tokens()),
                        l.vector("y", Rows.SEQUENCE)));
        formulas.put(
                "one row added to a table for all tokens",
                (b, l) -> b.apply(
                        new Op.Product(),
                        Origin.NONE,
                        b.apply(
                                new Op.TableSum(GradientCheck.VOCABULARY),
                                Origin.NONE,
                                l.vector("x", Rows.NONE),
                                l.tokens()),
                        l.vector("y", Rows.SEQUENCE)));
        return formulas;
    }

    /** In a scan a value that is the same for all rows is multiplied with one that is not. */
    private static Value spread(GraphBuilder b, Leaves l, Value y) {
        return b.map(Function.MULTIPLY, Origin.NONE, y, l.scalar("factor1", Rows.SEQUENCE));
    }
}
