package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.generic.Leaves.Formula;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every function of elements, of operands with all kinds of rows. */
final class FunctionFormulas {

    private FunctionFormulas() {}

    /** By a name. */
    static Map<String, Formula> all() {
        Map<String, Formula> formulas = new LinkedHashMap<>();
        for (Function f : Function.values()) {
            for (List<Rows> rows : combinations(f.arity())) {
                formulas.put(f + " of vectors " + rows, (b, l) -> {
                    List<Value> operands = new ArrayList<>();
                    for (int i = 0; i < f.arity(); i++) {
                        operands.add(l.vector(name(f, i), rows.get(i)));
                    }
                    return smooth(b, l, f, b.add(new Op.Map(f), operands, null, Origin.NONE));
                });
            }
            if (f.arity() > 1) {
                formulas.put(f + " of a scalar per row and a vector", (b, l) -> {
                    List<Value> operands = new ArrayList<>();
                    operands.add(l.scalar(name(f, 0), Rows.BATCH));
                    for (int i = 1; i < f.arity(); i++) {
                        operands.add(l.vector(name(f, i), Rows.SEQUENCE));
                    }
                    return smooth(b, l, f, b.add(new Op.Map(f), operands, null, Origin.NONE));
                });
                formulas.put(f + " of vectors and a scalar parameter", (b, l) -> {
                    List<Value> operands = new ArrayList<>();
                    for (int i = 0; i < f.arity() - 1; i++) {
                        operands.add(l.vector(name(f, i), Rows.SEQUENCE));
                    }
                    operands.add(l.scalar(name(f, f.arity() - 1), Rows.NONE));
                    return smooth(b, l, f, b.add(new Op.Map(f), operands, null, Origin.NONE));
                });
            }
        }
        formulas.put("a value used twice by one function", (b, l) -> {
            Value x = l.vector("x", Rows.SEQUENCE);
            return b.map(Function.MULTIPLY, Origin.NONE, x, x);
        });
        formulas.put("a condition that holds for some elements", (b, l) -> {
            Value x = l.vector("x", Rows.SEQUENCE);
            Value isPositive = b.map(Function.LESS, Origin.NONE, b.constant(0), x);
            Value square = b.map(Function.MULTIPLY, Origin.NONE, x, x);
            return b.map(Function.SELECT, Origin.NONE, isPositive, square, l.vector("y", Rows.NONE));
        });
        return formulas;
    }

    /** Comparisons have gradient zero: multiplied by a vector there is something to differentiate. */
    private static Value smooth(GraphBuilder b, Leaves l, Function f, Value y) {
        return switch (f) {
            case LESS, LESS_EQUAL, EQUAL -> {
                Value factor = l.vector("factor", Rows.SEQUENCE);
                yield b.map(Function.MULTIPLY, Origin.NONE, b.map(Function.ADD, Origin.NONE, y, b.constant(1)), factor);
            }
            default -> y;
        };
    }

    private static String name(Function f, int index) {
        boolean positive = switch (f) {
            case LOGARITHM, SQUARE_ROOT, LOG1P -> true;
            case POWER -> index == 0;
            case DIVIDE -> index == 1;
            default -> false;
        };
        return (positive ? "positive" : "x") + index;
    }

    private static List<List<Rows>> combinations(int arity) {
        List<List<Rows>> all = List.of(List.of());
        for (int i = 0; i < arity; i++) {
            List<List<Rows>> longer = new ArrayList<>();
            for (List<Rows> some : all) {
                for (Rows rows : Rows.values()) {
                    List<Rows> more = new ArrayList<>(some);
                    more.add(rows);
                    longer.add(more);
                }
            }
            all = longer;
        }
        return all;
    }
}
