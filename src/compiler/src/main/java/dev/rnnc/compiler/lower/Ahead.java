package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.lower.Account.Use;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Products over all steps that only one scan reads, step by step, are computed by its loop for some steps at once, when
 * they come up: what is read next then lies in the second cache. Over all steps of a long run they would go to main
 * memory and back, and need as much of it. Each row is computed as before.
 */
final class Ahead {
    /** Bytes of a product that are computed at once: a quarter of a second cache of 1 MiB, which holds weights too. */
    private static final int BYTES = 256 * 1024;

    /** Rows at once so that reading the weights for them takes little of the time. */
    private static final int ROWS = 64;

    private final Context context;
    private final Region region;
    private final int steps;
    private final Map<Value, View> places = new IdentityHashMap<>();
    private final Routine body = new Routine();

    /**
     * @param region what the scan stands in
     * @param operands the scan's
     */
    Ahead(Context context, Region region, List<Value> operands) {
        this.context = context;
        this.region = region;
        this.steps = operands.stream()
                .filter(context.ahead::contains)
                .mapToInt(v -> stepsAtOnce(v, context))
                .min()
                .orElse(0);
    }

    /** The products among {@code values} that are worth it: those of long runs. */
    static List<Value> products(List<Value> values, Placement placement, Context context) {
        Map<Value, List<Value>> users = new IdentityHashMap<>();
        for (Value v : values) {
            v.operands()
                    .forEach(o ->
                            users.computeIfAbsent(o, k -> new ArrayList<>()).add(v));
        }
        return values.stream()
                .filter(v -> isProductOfSteps(v) && !context.views.containsKey(v) && !placement.isResult(v))
                .filter(v -> isReadByStep(v, users.getOrDefault(v, List.of()), placement))
                .filter(v -> 2 * stepsAtOnce(v, context) <= context.steps)
                .toList();
    }

    private static boolean isProductOfSteps(Value v) {
        return (v.op() instanceof Op.Product || v.op() instanceof Op.TransposedProduct)
                && v.type().rows() == Rows.SEQUENCE
                && v.operand(1).type().rows() == Rows.SEQUENCE
                && (v.operands().size() == 2 || v.operand(2).type().rows() == Rows.NONE);
    }

    private static boolean isReadByStep(Value v, List<Value> users, Placement placement) {
        if (users.size() != 1
                || !(users.get(0).op() instanceof Op.Scan scan)
                || !placement.samePhase(v, users.get(0))) {
            return false;
        }
        int first = scan.body().carries().size();
        int operand = users.get(0).operands().indexOf(v);
        return operand >= first && operand < first + scan.body().sequences();
    }

    private static int stepsAtOnce(Value v, Context context) {
        int bytes = context.precision.padded(Buffers.width(v.type())) * context.precision.bytes() * context.batch;
        return Math.max(1, Math.max(BYTES / bytes, Math.ceilDiv(ROWS, context.batch)));
    }

    /** Where a product lies for step {@code t}. The first call for a product adds its computation. */
    View step(Value product, Index t, List<Step> out) {
        View place = places.computeIfAbsent(product, v -> compute(v, out));
        return place.fromRow(t.plus(Index.of("begin").times(-1)).times(context.batch));
    }

    private View compute(Value product, List<Step> out) {
        View place = context.buffers.scratch(
                Placement.name(product), steps * context.batch, List.of(Buffers.width(product.type())));
        context.views.put(product, place);
        Index begin = Index.of("begin");
        Index count = Index.of("end").plus(begin.times(-1));
        int first = body.steps.size();
        body.steps.addAll(region.someRows(product, begin.times(context.batch), count.times(context.batch), out));
        Value x = product.operand(1);
        body.account(product, List.of(new Use(x, context.view(x))), List.of(new Use(product, place)), first);
        return place;
    }

    /** For how many steps at once; 0 without. */
    int steps() {
        return steps;
    }

    /** What that is for. */
    List<Account.Work> accounts() {
        return body.work();
    }

    /** What the loop is to do ahead. */
    Optional<Step.Ahead> work() {
        return body.steps.isEmpty() ? Optional.empty() : Optional.of(new Step.Ahead(steps, body.steps));
    }
}
