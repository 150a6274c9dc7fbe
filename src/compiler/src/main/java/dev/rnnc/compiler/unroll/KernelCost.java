package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a kernel costs: the room it takes in HotSpot's first compiler, and about how long it runs. See
 * docs/unrolling.md for where the numbers come from.
 */
final class KernelCost {
    /**
     * The most room of a fused kernel. The first compiler refuses a method that needs more than its virtual registers; its
     * limit lies at about 1,000 in straight-line code, and at 850 with loops of many accumulators (JDK 25).
     */
    static final int MOST_ROOM = 800;

    /** Nanoseconds of an operation's result, and of its share of the units where many run side by side. */
    private static final double LATENCY = 1.1;

    private static final double THROUGHPUT = 0.25;

    /** Nanoseconds from a store to the load that reads it in the next kernel, or from the call to the first value. */
    private static final double LOAD = 1.5;

    /** Rounds assumed of a loop whose bounds the caller hands in. */
    private static final int UNKNOWN_ROUNDS = 16;

    private double work;
    private final Map<String, Double> ready = new HashMap<>();
    private double last;

    private KernelCost() {}

    /** Room in the first compiler. */
    static int room(List<Statement> statements) {
        int[] room = new int[1];
        Rewrite.visit(
                statements,
                s -> room[0] += switch (s) {
                    case Statement.Loop _ -> 10;
                    case Statement.Define define -> room(define.value());
                    case Statement.Assign assign -> room(assign.value());
                    case Statement.Store store -> 23 + room(store.value());
                    case Statement.Line _ -> 0;
                });
        return room[0];
    }

    private static int room(Expression e) {
        int[] room = new int[1];
        Rewrite.visit(
                e,
                part -> room[0] += switch (part) {
                    case Expression.Read _ -> 0;
                    case Expression.Load load -> load.shape() == Shape.VECTOR ? 22 : 40;
                    case Expression.LoadToken _ -> 40;
                    case Expression.Constant _, Expression.Broadcast _, Expression.Select _ -> 6;
                    case Expression.OfIndex _, Expression.OfToken _, Expression.FirstLane _ -> 2;
                    case Expression.Exchange _ -> 6;
                    case Expression.LaneNumbers _ -> 10;
                    case Expression.Unary unary ->
                        switch (unary.operator()) {
                            case NEGATE, ABSOLUTE, SQUARE_ROOT -> 1;
                            case POWER_OF_TWO, LOWER_HALF, UPPER_HALF, EXPONENT, MANTISSA -> 12;
                            case STRICT_EXP, STRICT_LOG, STRICT_TANH, STRICT_ERF, STRICT_EXPM1, STRICT_LOG1P -> 10;
                        };
                    case Expression.Binary _, Expression.MultiplyAdd _ -> 1;
                    case Expression.MaskValue _, Expression.Pair _ -> 40;
                });
        return room[0];
    }

    /** Memory accesses of a run of the statements. */
    static double accesses(List<Statement> statements) {
        double[] sum = new double[1];
        for (Statement statement : statements) {
            sum[0] += switch (statement) {
                case Statement.Loop loop -> rounds(loop) * accesses(loop.body());
                case Statement.Define define -> loads(define.value());
                case Statement.Assign assign -> loads(assign.value());
                case Statement.Store store -> 1 + loads(store.value());
                case Statement.Line _ -> 0;
            };
        }
        return sum[0];
    }

    private static int loads(Expression e) {
        int[] sum = new int[1];
        Rewrite.visit(e, part -> {
            if (part instanceof Expression.Load || part instanceof Expression.LoadToken) {
                sum[0]++;
            }
        });
        return sum[0];
    }

    /** How often the innermost statements run that are not part of a sum: vectors of a state, over all rows. */
    static double repeats(List<Statement> statements) {
        double most = 1;
        for (Statement statement : statements) {
            if (statement instanceof Statement.Loop loop
                    && loop.body().stream().noneMatch(Statement.Assign.class::isInstance)) {
                most = Math.max(most, rounds(loop) * repeats(loop.body()));
            }
        }
        return most;
    }

    /** About the nanoseconds of a run of the statements: their longest chain of results, and all their work. */
    static double nanos(List<Statement> statements) {
        KernelCost cost = new KernelCost();
        cost.run(statements, 1);
        return cost.last + cost.work * THROUGHPUT;
    }

    private void run(List<Statement> statements, double times) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Loop loop -> {
                    double rounds = rounds(loop);
                    double before = last;
                    run(loop.body(), times * rounds);
                    boolean carried = loop.body().stream().anyMatch(Statement.Assign.class::isInstance);
                    if (carried) {
                        last = before + rounds * LATENCY;
                        ready.replaceAll((name, at) -> Math.max(at, last));
                    }
                }
                case Statement.Define define -> ready.put(define.local().name(), done(define.value(), times));
                case Statement.Assign assign -> ready.put(assign.local().name(), done(assign.value(), times));
                case Statement.Store store -> {
                    work += times;
                    done(store.value(), times);
                }
                case Statement.Line _ -> {}
            }
        }
    }

    private double done(Expression e, double times) {
        work += e instanceof Expression.Read || e instanceof Expression.Constant ? 0 : times;
        double at = switch (e) {
            case Expression.Read read -> ready.getOrDefault(read.local().name(), 0.0);
            case Expression.Load _, Expression.LoadToken _ -> LOAD;
            case Expression.Constant _, Expression.OfIndex _, Expression.LaneNumbers _, Expression.MaskValue _ -> 0;
            case Expression.Broadcast broadcast -> done(broadcast.scalar(), times);
            case Expression.OfToken token -> LATENCY + done(token.token(), times);
            case Expression.Exchange exchange -> LATENCY + done(exchange.vector(), times);
            case Expression.FirstLane first -> LATENCY + done(first.vector(), times);
            case Expression.Unary unary -> LATENCY + done(unary.operand(), times);
            case Expression.Binary binary ->
                LATENCY + Math.max(done(binary.left(), times), done(binary.right(), times));
            case Expression.Pair pair -> LATENCY + Math.max(done(pair.low(), times), done(pair.high(), times));
            case Expression.MultiplyAdd m ->
                LATENCY + Math.max(done(m.a(), times), Math.max(done(m.b(), times), done(m.c(), times)));
            case Expression.Select s ->
                2 * LATENCY
                        + Math.max(
                                Math.max(done(s.left(), times), done(s.right(), times)),
                                Math.max(done(s.then(), times), done(s.otherwise(), times)));
        };
        last = Math.max(last, at);
        return at;
    }

    private static double rounds(Statement.Loop loop) {
        Index from = loop.from();
        Index to = loop.to();
        return from.isConstant() && to.isConstant()
                ? (double) (to.constant() - from.constant()) / loop.step()
                : UNKNOWN_ROUNDS;
    }
}
