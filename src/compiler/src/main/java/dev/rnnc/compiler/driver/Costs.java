package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Precision;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The work and memory of a program, counted on its optimised graph and its planned buffers. A multiplication and an
 * addition are two FLOP; an element-wise function is one.
 */
public final class Costs {
    private final int steps;
    private final int batch;

    private Costs(int steps, int batch) {
        this.steps = steps;
        this.batch = batch;
    }

    /** FLOP of one run of {@code graph} over {@code steps} time steps of {@code batch} sequences. */
    public static double flops(Graph graph, int steps, int batch) {
        return new Costs(steps, batch).flops(graph.values());
    }

    /**
     * Bytes of all matrices that products read, each counted once; of a table only the row that is looked up. A weight
     * that is rounded to bfloat16 has 2 bytes, any other as many as the precision says.
     */
    public static double weightBytes(Graph graph, Precision precision) {
        return weightBytes(graph.values(), precision, new HashSet<>());
    }

    /** Bytes of a program's own memory. The parameters, which all programs share, are not counted. */
    public static double bytes(LoopProgram program) {
        double bytes = 0;
        for (Buffer buffer : program.buffers()) {
            if (buffer.storage() != Buffer.Storage.PARAMETERS) {
                int size = buffer.element() == Element.TOKEN
                        ? Integer.BYTES
                        : program.precision().bytes();
                bytes += (double) buffer.elements() * size;
            }
        }
        return bytes;
    }

    private double flops(Collection<Value> values) {
        double sum = 0;
        for (Value value : values) {
            sum += switch (value.op()) {
                case Op.Product _, Op.TransposedProduct _ ->
                    2.0 * value.operand(0).type().width() * rows(value);
                case Op.OuterSum _ ->
                    2.0 * value.type().width() * Math.max(rows(value.operand(0)), rows(value.operand(1)));
                case Op.Scores _ -> 2.0 * steps * value.operand(0).type().width() * rows(value);
                case Op.Mix _ -> 2.0 * steps * value.type().width() * rows(value);
                case Op.MixBack _ -> 2.0 * steps * value.type().width() * rows(value.operand(0));
                case Op.Map _ -> (double) value.type().width() * rows(value);
                case Op.Reduce _, Op.SumRows _ ->
                    (double) value.operand(0).type().width() * rows(value.operand(0));
                case Op.TableSum _ ->
                    IntStream.range(0, value.operands().size() / 2)
                            .mapToObj(i -> value.operand(2 * i))
                            .mapToDouble(rows -> (double) rows.type().width() * rows(rows))
                            .sum();
                case Op.Scan scan -> steps * flops(scan.body().values());
                case Op.Input _,
                        Op.State _,
                        Op.Parameter _,
                        Op.Constant _,
                        Op.RowCount _,
                        Op.RandomMask _,
                        Op.CarryIn _,
                        Op.StepInput _,
                        Op.Invariant _,
                        Op.Detach _,
                        Op.FeatureMask _,
                        Op.StepMask _,
                        Op.TokenConstant _,
                        Op.Shift _,
                        Op.Expand _,
                        Op.Slice _,
                        Op.Concat _,
                        Op.Pick _,
                        Op.OneHot _,
                        Op.Lookup _,
                        Op.StepAt _,
                        Op.StepPad _,
                        Op.Result _ -> 0;
            };
        }
        return sum;
    }

    private static double weightBytes(Collection<Value> values, Precision precision, Set<Value> seen) {
        double sum = 0;
        for (Value value : values) {
            switch (value.op()) {
                case Op.Product _, Op.TransposedProduct _ -> {
                    if (seen.add(value.operand(0))) {
                        boolean rounded = value.op() instanceof Op.Product product && product.rounded();
                        sum += (rounded ? Short.BYTES : precision.bytes())
                                * (double) value.operand(0).type().width();
                    }
                }
                case Op.Lookup _ ->
                    sum += (double) precision.bytes() * value.type().width();
                case Op.Scan scan -> sum += weightBytes(scan.body().values(), precision, seen);
                default -> {}
            }
        }
        return sum;
    }

    private double rows(Value value) {
        return switch (value.type().rows()) {
            case NONE -> 1;
            case BATCH -> batch;
            case SEQUENCE -> (double) steps * batch;
        };
    }
}
