package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.generic.Leaves.Formula;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gradient of every operation and function agrees with central differences, at top level and in scans. */
class OpGradientTest {
    private static final Map<String, Formula> FORMULAS = new LinkedHashMap<>();
    /** Formulas over whole sequences, which no body can hold. */
    private static final Map<String, Formula> TOP_LEVEL = new LinkedHashMap<>();

    static {
        functions();
        rowOperations();
        products();
        overRows();
    }

    private static void functions() {
        for (Function f : Function.values()) {
            for (List<Rows> rows : combinations(f.arity())) {
                FORMULAS.put(f + " of vectors " + rows, (b, l) -> {
                    List<Value> operands = new ArrayList<>();
                    for (int i = 0; i < f.arity(); i++) {
                        operands.add(l.vector(name(f, i), rows.get(i)));
                    }
                    return smooth(b, l, f, b.add(new Op.Map(f), operands, null, Origin.NONE));
                });
            }
            if (f.arity() > 1) {
                FORMULAS.put(f + " of a scalar per row and a vector", (b, l) -> {
                    List<Value> operands = new ArrayList<>();
                    operands.add(l.scalar(name(f, 0), Rows.BATCH));
                    for (int i = 1; i < f.arity(); i++) {
                        operands.add(l.vector(name(f, i), Rows.SEQUENCE));
                    }
                    return smooth(b, l, f, b.add(new Op.Map(f), operands, null, Origin.NONE));
                });
                FORMULAS.put(f + " of vectors and a scalar parameter", (b, l) -> {
                    List<Value> operands = new ArrayList<>();
                    for (int i = 0; i < f.arity() - 1; i++) {
                        operands.add(l.vector(name(f, i), Rows.SEQUENCE));
                    }
                    operands.add(l.scalar(name(f, f.arity() - 1), Rows.NONE));
                    return smooth(b, l, f, b.add(new Op.Map(f), operands, null, Origin.NONE));
                });
            }
        }
        FORMULAS.put("a value used twice by one function", (b, l) -> {
            Value x = l.vector("x", Rows.SEQUENCE);
            return b.map(Function.MULTIPLY, Origin.NONE, x, x);
        });
        FORMULAS.put("a condition that holds for some elements", (b, l) -> {
            Value x = l.vector("x", Rows.SEQUENCE);
            Value isPositive = b.map(Function.LESS, Origin.NONE, b.constant(0), x);
            Value square = b.map(Function.MULTIPLY, Origin.NONE, x, x);
            return b.map(Function.SELECT, Origin.NONE, isPositive, square, l.vector("y", Rows.NONE));
        });
    }

    private static void rowOperations() {
        for (Op.Fold fold : Op.Fold.values()) {
            for (Rows rows : Rows.values()) {
                FORMULAS.put(fold + " of features " + rows, (b, l) -> {
                    Value folded = b.apply(new Op.Reduce(fold), Origin.NONE, l.vector("x", rows));
                    return b.map(Function.MULTIPLY, Origin.NONE, folded, l.vector("y", Rows.SEQUENCE));
                });
            }
        }
        FORMULAS.put(
                "expand over rows",
                (b, l) -> b.add(
                        new Op.Expand(),
                        List.of(l.vector("x", Rows.NONE)),
                        rowed(l).withShape(List.of(4)),
                        Origin.NONE));
        FORMULAS.put(
                "expand over rows and features",
                (b, l) -> b.add(
                        new Op.Expand(),
                        List.of(l.scalar("x", Rows.NONE)),
                        rowed(l).withShape(List.of(4)),
                        Origin.NONE));
        FORMULAS.put(
                "expand of a row to features",
                (b, l) -> b.add(
                        new Op.Expand(),
                        List.of(l.scalar("x", Rows.SEQUENCE)),
                        rowed(l).withShape(List.of(4)),
                        Origin.NONE));
        FORMULAS.put("slice", (b, l) -> b.apply(new Op.Slice(1, 2), Origin.NONE, l.vector("x", Rows.SEQUENCE)));
        FORMULAS.put("slices that tile, overlap and leave gaps", (b, l) -> {
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
        FORMULAS.put("slice of a value that is also used whole", (b, l) -> {
            Value x = l.vector("x", Rows.SEQUENCE);
            Value part = b.apply(new Op.Slice(3, 1), Origin.NONE, x);
            return b.apply(new Op.Concat(), Origin.NONE, x, b.map(Function.TANH, Origin.NONE, part));
        });
        FORMULAS.put(
                "concat of different rows",
                (b, l) -> b.apply(
                        new Op.Concat(),
                        Origin.NONE,
                        l.vector("x", Rows.SEQUENCE),
                        l.vector("y", Rows.BATCH),
                        l.vector("z", Rows.NONE)));
        FORMULAS.put(
                "pick",
                (b, l) -> b.apply(
                        new Op.Pick(),
                        Origin.NONE,
                        l.get("x", Type.real(Rows.SEQUENCE, GradientCheck.VOCABULARY)),
                        l.tokens()));
        FORMULAS.put(
                "pick from one row for all",
                (b, l) -> b.apply(
                        new Op.Pick(),
                        Origin.NONE,
                        l.get("x", Type.real(Rows.NONE, GradientCheck.VOCABULARY)),
                        l.tokens()));
        FORMULAS.put(
                "one-hot",
                (b, l) -> b.map(
                        Function.MULTIPLY,
                        Origin.NONE,
                        b.apply(new Op.OneHot(GradientCheck.VOCABULARY), Origin.NONE, l.tokens()),
                        l.get("x", Type.real(Rows.NONE, GradientCheck.VOCABULARY))));
        FORMULAS.put(
                "features below a length",
                (b, l) -> b.map(
                        Function.SELECT,
                        Origin.NONE,
                        b.apply(new Op.FeatureMask(4), Origin.NONE, l.lengths()),
                        l.vector("x", Rows.SEQUENCE),
                        l.vector("y", Rows.NONE)));
        FORMULAS.put("random mask", (b, l) -> {
            Value mask = b.leaf(new Op.RandomMask(0.6, 1), rowed(l).withShape(List.of(4)), Origin.NONE);
            Value x = l.vector("x", Rows.SEQUENCE);
            return b.map(Function.MULTIPLY, Origin.NONE, mask, b.map(Function.MULTIPLY, Origin.NONE, x, x));
        });
    }

    private static void products() {
        for (Rows rows : Rows.values()) {
            FORMULAS.put(
                    "product " + rows,
                    (b, l) -> spread(
                            b, l, b.apply(new Op.Product(), Origin.NONE, l.matrix("w", 3, 4), l.vector("x", rows))));
            FORMULAS.put(
                    "product with initial " + rows,
                    (b, l) -> b.apply(
                            new Op.Product(),
                            Origin.NONE,
                            l.matrix("w", 3, 4),
                            l.vector("x", rows),
                            l.get("initial3", Type.real(Rows.SEQUENCE, 3))));
            FORMULAS.put(
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
            FORMULAS.put(
                    "transposed product " + rows,
                    (b, l) -> b.apply(
                            new Op.TransposedProduct(),
                            Origin.NONE,
                            l.matrix("w", 4, 3),
                            l.vector("x", rows),
                            l.get("initial3", Type.real(Rows.SEQUENCE, 3))));
            FORMULAS.put(
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
        FORMULAS.put(
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
        FORMULAS.put("slices of a matrix's rows", (b, l) -> {
            Value w = l.matrix("w", 5, 4);
            Value x = l.vector("x", Rows.SEQUENCE);
            Value upper = b.apply(new Op.Product(), Origin.NONE, b.apply(new Op.Slice(0, 2), Origin.NONE, w), x);
            Value lower = b.apply(new Op.Product(), Origin.NONE, b.apply(new Op.Slice(3, 2), Origin.NONE, w), x);
            return b.map(Function.MULTIPLY, Origin.NONE, upper, lower);
        });
        FORMULAS.put("matrices on top of each other", (b, l) -> {
            Value stacked = b.apply(new Op.Concat(), Origin.NONE, l.matrix("w", 3, 4), l.matrix("v", 2, 4));
            return b.apply(new Op.Product(), Origin.NONE, stacked, l.vector("x", Rows.SEQUENCE));
        });
        FORMULAS.put("scaled matrix", (b, l) -> {
            Value scaled = b.map(Function.MULTIPLY, Origin.NONE, l.matrix("w", 3, 4), l.scalar("k", Rows.NONE));
            return b.apply(new Op.Product(), Origin.NONE, scaled, l.vector("x", Rows.SEQUENCE));
        });
        FORMULAS.put("lookup", (b, l) -> {
            Value row =
                    b.apply(new Op.Lookup(), Origin.NONE, l.matrix("table", GradientCheck.VOCABULARY, 4), l.tokens());
            return b.map(Function.TANH, Origin.NONE, row);
        });
        FORMULAS.put(
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
        FORMULAS.put(
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
    }

    private static void overRows() {
        FORMULAS.put("sum over all rows", (b, l) -> {
            Value sum = b.apply(new Op.SumRows(Rows.NONE), Origin.NONE, l.vector("x", Rows.SEQUENCE));
            return b.map(Function.MULTIPLY, Origin.NONE, sum, l.vector("y", Rows.SEQUENCE));
        });
        FORMULAS.put("sum over rows of a batch", (b, l) -> {
            Value sum = b.apply(new Op.SumRows(Rows.NONE), Origin.NONE, l.vector("x", Rows.BATCH));
            return b.map(Function.MULTIPLY, Origin.NONE, sum, l.vector("y", Rows.SEQUENCE));
        });
        TOP_LEVEL.put("sum over time", (b, l) -> {
            Value sum = b.apply(new Op.SumRows(Rows.BATCH), Origin.NONE, l.vector("x", Rows.SEQUENCE));
            return b.map(Function.TANH, Origin.NONE, sum);
        });
        for (Op.MaskKind kind : Op.MaskKind.values()) {
            TOP_LEVEL.put("steps chosen by " + kind, (b, l) -> {
                Value mask = b.apply(new Op.StepMask(kind), Origin.NONE, l.lengths());
                Value x = l.vector("x", Rows.SEQUENCE);
                return b.map(Function.SELECT, Origin.NONE, mask, x, l.vector("y", Rows.BATCH));
            });
        }
        TOP_LEVEL.put("mean over rows", (b, l) -> {
            Value sum = b.apply(new Op.SumRows(Rows.NONE), Origin.NONE, l.vector("x", Rows.SEQUENCE));
            Value count = b.apply(new Op.RowCount(Rows.SEQUENCE), Origin.NONE);
            return b.map(Function.DIVIDE, Origin.NONE, sum, count);
        });
        for (int index : List.of(0, 2, -1)) {
            TOP_LEVEL.put("time step " + index, (b, l) -> {
                Value step = b.apply(new Op.StepAt(index), Origin.NONE, l.vector("x", Rows.SEQUENCE));
                return b.map(Function.TANH, Origin.NONE, step);
            });
            TOP_LEVEL.put("padding to time step " + index, (b, l) -> {
                Value padded = b.apply(new Op.StepPad(index), Origin.NONE, l.vector("x", Rows.BATCH));
                return b.map(Function.MULTIPLY, Origin.NONE, padded, l.vector("y", Rows.SEQUENCE));
            });
        }
    }

    @TestFactory
    Stream<DynamicTest> atTopLevel() {
        return Stream.of(FORMULAS, TOP_LEVEL)
                .flatMap(m -> m.entrySet().stream())
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> Leaves.checkAtTop(e.getValue())));
    }

    @TestFactory
    Stream<DynamicTest> inAScan() {
        return FORMULAS.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
                    for (Op.Collect collect : Op.Collect.values()) {
                        for (boolean backward : List.of(false, true)) {
                            Leaves.checkInScan(e.getValue(), collect, backward);
                        }
                    }
                }));
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

    /** In a scan a value that is the same for all rows is multiplied with one that is not. */
    private static Value spread(GraphBuilder b, Leaves l, Value y) {
        return b.map(Function.MULTIPLY, Origin.NONE, y, l.scalar("factor1", Rows.SEQUENCE));
    }

    /** The type of a scalar with all rows: in a body, those of a step. */
    private static Type rowed(Leaves l) {
        return l.scalar("rowed", Rows.SEQUENCE).type();
    }

    private static String name(Function f, int index) {
        boolean positive = f == Function.LOGARITHM || f == Function.SQUARE_ROOT || f == Function.DIVIDE && index == 1;
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
