package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.lower.Account.Use;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lowers a scan to a loop over time. A carry whose value is stacked lives in a history of {@code T + 1} steps, where each
 * step reads one slot and writes the next: no copies. Any other carry is one slot, written in place where no later
 * reader of the old value exists, and through a copy at the end of the step otherwise.
 */
final class Scans {
    private static final String STEP = "t";

    private final Context context;
    private final Packing packing;
    private final Copies copies;
    private final Region outside;

    /** @param outside what the scans stand in */
    Scans(Context context, Packing packing, Copies copies, Region outside) {
        this.context = context;
        this.packing = packing;
        this.copies = copies;
        this.outside = outside;
    }

    /** Where a carry is read and written within a step, where it starts and where it ends. */
    private record Carry(View in, View out, View start, View end, boolean history) {}

    /** A copy at the end of a step, repeated to {@code rows}. */
    private record Copy(View from, View to, Type type, Rows rows, Comment comment) {}

    /**
     * @param results the values that read the scan's results, by index; those without a place get one
     */
    void lower(Value scan, Op.Scan op, Map<Integer, Value> results, Routine routine) {
        List<Step> out = routine.steps;
        Op.Body body = op.body();
        int carries = body.carries().size();
        Index t = Index.of(STEP);
        Index row = t.times(context.batch);
        List<Value> wanted = new ArrayList<>(body.carries());
        body.outputs().forEach(o -> wanted.add(o.value()));
        Routine step = new Routine();
        Region region = new Region(context, packing, body.values(), wanted, v -> "step", Map.of("step", step), t);
        Ahead ahead = new Ahead(context, outside, scan.operands());
        for (Value v : body.values()) {
            switch (v.op()) {
                case Op.StepInput s -> {
                    Value sequence = scan.operand(carries + s.index());
                    context.views.put(
                            v,
                            context.ahead.contains(sequence)
                                    ? ahead.step(sequence, t, out)
                                    : context.view(sequence).fromRow(row));
                }
                case Op.Invariant i -> {
                    Value outer = scan.operand(carries + body.sequences() + i.index());
                    context.views.put(v, context.view(outer));
                    if (context.fixed.contains(outer)) {
                        context.fixed.add(v);
                    }
                }
                default -> {}
            }
        }
        List<Copy> collect = new ArrayList<>();
        List<Carry> places = new ArrayList<>();
        for (int i = 0; i < carries; i++) {
            places.add(carry(scan, op, i, region, collect));
        }
        for (int i = 0; i < carries; i++) {
            Type type = body.carries().get(i).type();
            View initial = context.view(scan.operand(i));
            Origin origin = body.carries().get(i).origin();
            if (!initial.equals(places.get(i).start)) {
                Step copy = copies.copy(initial, places.get(i).start, type, Comments.of("start of " + origin, origin));
                Value start = scan.operand(i);
                routine.add(scan, List.of(new Use(start, initial)), List.of(new Use(start, places.get(i).start)), copy);
            }
            if (results.containsKey(i)) {
                context.views.put(results.get(i), places.get(i).end);
            }
        }
        outputs(op, results, region, places, collect, routine);
        context.beforeLoop = out;
        region.lower();
        context.beforeLoop = null;
        finish(collect, step);
        String name = body.carries().isEmpty()
                ? scan.origin().toString()
                : body.carries().get(0).origin().layer();
        Origin origin = scan.origin().line() > 0 || body.carries().isEmpty()
                ? scan.origin()
                : body.carries().get(0).origin();
        routine.accounts.add(new Account.Loop(scan, op, ahead.steps(), ahead.accounts(), step.work()));
        out.add(new Step.TimeLoop(
                name,
                op.backward(),
                ahead.work(),
                step.steps,
                Optional.empty(),
                Comments.of(scan.origin().toString(), origin)));
    }

    private Carry carry(Value scan, Op.Scan op, int index, Region region, List<Copy> collect) {
        Op.Body body = op.body();
        Value next = body.carries().get(index);
        Value in = body.values().stream()
                .filter(v -> v.op() instanceof Op.CarryIn c && c.index() == index)
                .findFirst()
                .orElse(null);
        boolean stacked = body.outputs().stream()
                .anyMatch(o -> o.collect() == Op.Collect.STACK
                        && (o.value() == next && placeHere(next, region) || o.value() == in));
        Type type = next.type();
        String name = next.origin().toString().replace("'", "") + (op.backward() ? "_back" : "");
        Carry carry;
        if (stacked && type.rows() == Rows.BATCH) {
            List<Integer> pieces = type.isScalar() ? List.of() : List.of(Buffers.width(type));
            View all = context.buffers.scratch(name + "_history", (context.steps + 1) * context.batch, pieces);
            Index now = Index.of(STEP).times(context.batch);
            Index after = now.plus(context.batch);
            Index end = context.buffers.steps().times(context.batch);
            carry = op.backward()
                    ? new Carry(all.fromRow(after), all.fromRow(now), all.fromRow(end), all, true)
                    : new Carry(all.fromRow(now), all.fromRow(after), all, all.fromRow(end), true);
        } else {
            View slot = scan.operand(index).op() instanceof Op.State state && context.states.contains(state.name())
                    ? context.buffers.state(state.name())
                    : context.buffers.scratch(name + "_carry", type);
            carry = new Carry(slot, slot, slot, slot, false);
        }
        if (in != null) {
            context.views.put(in, carry.in);
        }
        boolean inPlace = placeHere(next, region) && (carry.history || isLastReader(next, in, body, region));
        if (inPlace) {
            context.views.put(next, carry.out);
        } else {
            collect.add(new Copy(null, carry.out, type, type.rows(), Comments.of("", next.origin())));
            pending.put(carry.out, next);
        }
        return carry;
    }

    /** What the copies whose source is not known yet will copy. */
    private final Map<View, Value> pending = new LinkedHashMap<>();

    private boolean placeHere(Value v, Region region) {
        return region.placement().isPlaceable(v) && !context.views.containsKey(v);
    }

    /**
     * Whether nothing reads the old value once the first number of the new one is written, other than element by element
     * together with its making.
     */
    private static boolean isLastReader(Value next, Value in, Op.Body body, Region region) {
        if (in == null) {
            return true;
        }
        int place = firstWrite(next, region);
        for (Value v : body.values()) {
            if (v.operands().stream().anyMatch(o -> isPartOf(o, in)) && !Context.isAlias(v.op())) {
                boolean together = Context.isElementwise(v)
                        && region.units().sameUnit(v, next)
                        && v.operands().stream().allMatch(o -> o == in || !isPartOf(o, in));
                if (!(region.units().place(v) < place || together)) {
                    return false;
                }
            }
        }
        return body.outputs().stream().noneMatch(o -> isPartOf(o.value(), in))
                && body.carries().stream().noneMatch(c -> isPartOf(c, in));
    }

    /** The unit that writes the first part of {@code v}: what a concatenation is made of may be written in its place. */
    private static int firstWrite(Value v, Region region) {
        int place = region.units().place(v);
        if (v.op() instanceof Op.Concat) {
            for (Value part : v.operands()) {
                if (region.placement().isPlaceable(part)) {
                    place = Math.min(place, firstWrite(part, region));
                }
            }
        }
        return place;
    }

    /** Whether {@code v} is {@code whole}, or is read where that lies. */
    private static boolean isPartOf(Value v, Value whole) {
        return v == whole || Context.isAlias(v.op()) && isPartOf(v.operand(0), whole);
    }

    private void outputs(
            Op.Scan op,
            Map<Integer, Value> results,
            Region region,
            List<Carry> places,
            List<Copy> collect,
            Routine before) {
        Op.Body body = op.body();
        int carries = body.carries().size();
        for (int k = 0; k < body.outputs().size(); k++) {
            Op.Output output = body.outputs().get(k);
            Value result = results.get(carries + k);
            Value v = output.value();
            if (output.collect() == Op.Collect.SUM) {
                View sum = context.views.computeIfAbsent(
                        result, r -> region.placement().stack(v, v.origin() + "_sum", r.type()));
                Step zero = copies.zero(sum, result.type(), Comments.of("", v.origin()));
                before.add(result, List.of(), List.of(new Use(result, sum)), zero);
                pendingSums.put(new Use(result, sum), v);
                continue;
            }
            View stacked = stackedCarry(v, body, places, op.backward());
            if (stacked != null) {
                context.views.put(result, stacked);
                continue;
            }
            View all = context.views.computeIfAbsent(
                    result, r -> region.placement().stack(v, name(r), r.type()));
            View slot = all.fromRow(Index.of(STEP).times(context.batch));
            if (placeHere(v, region) && v.type().rows() == Rows.BATCH) {
                context.views.put(v, slot);
            } else {
                collect.add(new Copy(null, slot, v.type(), Rows.BATCH, Comments.of("", v.origin())));
                pending.put(slot, v);
            }
        }
    }

    private final Map<Use, Value> pendingSums = new LinkedHashMap<>();

    /** The stack of a value that is a carry with a history, as part of that history. */
    private View stackedCarry(Value v, Op.Body body, List<Carry> places, boolean backward) {
        for (int i = 0; i < places.size(); i++) {
            Carry carry = places.get(i);
            if (!carry.history) {
                continue;
            }
            View all = backward ? carry.end : carry.start;
            if (v.op() instanceof Op.CarryIn c && c.index() == i) {
                return backward ? all.fromRow(Index.of(context.batch)) : all;
            }
            if (body.carries().get(i) == v && carry.out.equals(context.views.get(v))) {
                return backward ? all : all.fromRow(Index.of(context.batch));
            }
        }
        return null;
    }

    /** Copies at the end of a step: stacks first; carries in two phases where one still reads what another overwrites. */
    private void finish(List<Copy> moves, Routine step) {
        pendingSums.forEach((sum, v) -> {
            View from = context.view(v);
            Step add = copies.accumulate(from, sum.view(), v.type(), Comments.of("", v.origin()));
            step.add(v, List.of(new Use(v, from), sum), List.of(sum), add);
        });
        List<Copy> second = new ArrayList<>();
        for (Copy copy : moves) {
            View source = context.view(pending.get(copy.to));
            if (moves.stream().anyMatch(other -> other.to.overlaps(source))) {
                View temporary = context.buffers.scratch("moved", copy.type);
                move(
                        pending.get(copy.to),
                        new Copy(source, temporary, copy.type, copy.type.rows(), copy.comment),
                        step);
                second.add(new Copy(temporary, copy.to, copy.type, copy.rows, copy.comment));
            } else {
                second.add(new Copy(source, copy.to, copy.type, copy.rows, copy.comment));
            }
        }
        second.forEach(c -> move(pending.get(c.to), c, step));
    }

    private void move(Value v, Copy copy, Routine step) {
        Step call = copies.copy(copy.from, copy.to, copy.type, copy.rows, copy.comment);
        step.add(v, List.of(new Use(v, copy.from)), List.of(new Use(v, copy.to, copy.rows)), call);
    }

    private static String name(Value v) {
        String name = v.origin().toString().replace("'", "");
        return (name.isEmpty() ? "stack" : name) + "_steps";
    }
}
