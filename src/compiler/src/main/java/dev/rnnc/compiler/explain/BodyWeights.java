package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.Optional;

/** The values of the parameters that a scan's body reads. */
final class BodyWeights {
    private final Value scan;
    private final java.util.function.Function<String, double[]> parameters;

    /** @param parameters the values of a parameter by its name, dense and row by row */
    BodyWeights(Value scan, java.util.function.Function<String, double[]> parameters) {
        this.scan = scan;
        this.parameters = parameters;
    }

    /** The values of a leaf of the body that is a parameter. */
    Optional<double[]> of(Value leaf) {
        return name(leaf).map(parameters);
    }

    /** The parameter that a leaf of the body is. */
    Optional<String> name(Value leaf) {
        if (leaf.op() instanceof Op.Invariant(int index)) {
            Op.Body body = ((Op.Scan) scan.op()).body();
            Value outer = scan.operand(body.carries().size() + body.sequences() + index);
            if (outer.op() instanceof Op.Parameter(String name)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /** The library's relu: {@code where(x <= 0, 0, x)}. */
    static boolean isRelu(Value v) {
        Value condition = v.operand(0);
        return condition.op() instanceof Op.Map(Function compared)
                && compared == Function.LESS_EQUAL
                && condition.operand(0) == v.operand(2)
                && isZero(condition.operand(1))
                && isZero(v.operand(1));
    }

    private static boolean isZero(Value v) {
        return v.op() instanceof Op.Constant(double number) && number == 0;
    }
}
