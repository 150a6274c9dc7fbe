package dev.rnnc.compiler.autodiff;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The gradient of one time step: the body of the scan that runs the other way. Its carries are the gradients of the
 * forward carries; what it needs of the forward step comes in as sequences that the forward scan must collect.
 */
final class ReverseBody {
    private final Value scan;
    private final Op.Body body;
    private final GraphBuilder builder = new GraphBuilder();
    private final Adjoints adjoints;
    private final Set<Value> watched;
    private final Map<Value, Value> available = new IdentityHashMap<>();
    private final Map<Value, Value> outerSequences = new IdentityHashMap<>();
    private final Map<Value, Value> outerInvariants = new IdentityHashMap<>();

    /** The sequences this body reads. */
    final List<Sequence> sequences = new ArrayList<>();
    /** The outer values this body reads as invariants. */
    final List<Value> invariants = new ArrayList<>();
    /** Gradients of the carries at the start of the step, by carry. */
    final TreeMap<Integer, Value> carryGradients = new TreeMap<>();
    /** Gradients of the step inputs, by sequence. */
    final TreeMap<Integer, Value> stepGradients = new TreeMap<>();
    /** This step's contributions to the gradients of the invariants, by invariant. */
    final TreeMap<Integer, Value> invariantGradients = new TreeMap<>();
    /** This step's gradients of the watched values, in the order of the walk. */
    final Map<Value, Value> watchedGradients = new LinkedHashMap<>();

    /** Where a sequence comes from. */
    sealed interface Sequence {
        /** A value of the outer graph. */
        record Outer(Value value) implements Sequence {}

        /** A value of the forward body, which the forward scan must stack. */
        record Saved(Value value) implements Sequence {}
    }

    private ReverseBody(Value scan, Set<Value> active, Set<Value> watched) {
        this.scan = scan;
        this.watched = watched;
        this.body = ((Op.Scan) scan.op()).body();
        this.adjoints = new Adjoints(builder, active);
    }

    /**
     * Differentiates the body of {@code scan}.
     *
     * @param active the body's active values
     * @param carried the carries whose gradient is carried, in order the carries of the new body
     * @param incoming the gradients of the scan's results, by index
     * @param watched values of the body whose gradients the new body collects
     */
    static ReverseBody of(
            Value scan,
            Set<Value> active,
            SortedSet<Integer> carried,
            Map<Integer, Value> incoming,
            Set<Value> watched) {
        ReverseBody reverse = new ReverseBody(scan, active, watched);
        reverse.seed(carried, incoming);
        reverse.walk();
        return reverse;
    }

    /** The finished body; it collects step gradients, invariant gradients, watched ones. */
    Op.Body finish(SortedSet<Integer> carried) {
        List<Value> carries = carried.stream()
                .map(i -> carryGradients.getOrDefault(i, null) instanceof Value gradient
                        ? gradient
                        : adjoints.zeros(scan.operand(i).type(), Origin.NONE))
                .toList();
        List<Op.Output> outputs = new ArrayList<>();
        stepGradients.values().forEach(v -> outputs.add(new Op.Output(v, Op.Collect.STACK)));
        invariantGradients.values().forEach(v -> outputs.add(new Op.Output(v, Op.Collect.SUM)));
        watchedGradients.values().forEach(v -> outputs.add(new Op.Output(v, Op.Collect.STACK)));
        return builder.body(carries, outputs, sequences.size(), invariants.size());
    }

    private void seed(SortedSet<Integer> carried, Map<Integer, Value> incoming) {
        int next = 0;
        for (int i : carried) {
            Value carry = body.carries().get(i);
            adjoints.add(carry, builder.leaf(new Op.CarryIn(next++), carry.type(), Adjoints.origin(carry, scan)));
        }
        int carries = body.carries().size();
        for (int i = 0; i < body.outputs().size(); i++) {
            Op.Output output = body.outputs().get(i);
            Value gradient = incoming.get(carries + i);
            if (gradient != null) {
                adjoints.add(
                        output.value(),
                        switch (output.collect()) {
                            case STACK -> outerSequence(gradient, Adjoints.origin(output.value(), scan));
                            case SUM -> outerInvariant(gradient, Adjoints.origin(output.value(), scan));
                        });
            }
        }
    }

    private void walk() {
        Rules rules = new Rules(builder, adjoints, this::forward);
        for (Value v : body.values().reversed()) {
            Optional<Value> gradient = adjoints.take(v);
            if (gradient.isPresent()) {
                if (watched.contains(v)) {
                    watchedGradients.put(v, gradient.get());
                }
                switch (v.op()) {
                    case Op.CarryIn c -> merge(carryGradients, c.index(), gradient.get(), v);
                    case Op.StepInput s -> merge(stepGradients, s.index(), gradient.get(), v);
                    case Op.Invariant i -> merge(invariantGradients, i.index(), gradient.get(), v);
                    default -> rules.apply(v, gradient.get());
                }
            }
        }
    }

    /** A leaf may stand in a body more than once. */
    private void merge(Map<Integer, Value> gradients, int index, Value gradient, Value leaf) {
        gradients.merge(index, gradient, (a, b) -> builder.map(Function.ADD, Adjoints.origin(leaf, leaf), a, b));
    }

    /** A value of the forward step, in this body. */
    private Value forward(Value v) {
        Value known = available.get(v);
        if (known == null) {
            known = fetch(v);
            available.put(v, known);
        }
        return known;
    }

    private Value fetch(Value v) {
        int carries = body.carries().size();
        return switch (v.op()) {
            case Op.StepInput s -> outerSequence(scan.operand(carries + s.index()), v.origin());
            case Op.Invariant i -> outerInvariant(scan.operand(carries + body.sequences() + i.index()), v.origin());
            case Op.Constant c -> builder.constant(c.value());
            case Op.Scan _, Op.Result _ ->
                throw new UnsupportedOperationException(
                        "cannot differentiate a scan inside the body of a scan (" + v.origin() + ")");
            // Cheaper to repeat than to keep; the memory of a one-hot row would be the vocabulary's size.
            case Op.Expand _, Op.Detach _, Op.OneHot _, Op.FeatureMask _ -> again(v);
            case Op.Map map when isCheap(v, map.function()) -> again(v);
            default ->
                switch (v.type().rows()) {
                    case NONE -> withoutRows(v);
                    case BATCH -> saved(v);
                    // Made of a whole sequence: to keep it for each step would take the square of the steps.
                    case SEQUENCE -> again(v);
                };
        };
    }

    /** A value without rows does not fit in a sequence, which has rows; it is computed again from what it is made of. */
    private Value withoutRows(Value v) {
        if (v.op() instanceof Op.CarryIn) {
            throw new UnsupportedOperationException(
                    "cannot differentiate a scan that carries a value without a batch axis (" + v.origin() + ")");
        }
        return again(v);
    }

    /**
     * Whether one operation makes {@code v} from what this body reads anyway. To keep {@code v} would cost memory traffic:
     * it is written in one pass and read in the other, by when it has left the caches.
     */
    private boolean isCheap(Value v, Function function) {
        return switch (function) {
            // The gradient of a product reads both factors.
            case MULTIPLY -> v.operands().stream().allMatch(o -> isRead(o) || adjoints.wants(o));
            case ADD, SUBTRACT, NEGATE, ABSOLUTE, MINIMUM, MAXIMUM, LESS, LESS_EQUAL, EQUAL, SELECT ->
                v.operands().stream().allMatch(this::isRead);
            case DIVIDE, SQUARE_ROOT, EXPONENTIAL, LOGARITHM, SIGMOID, TANH, ERF, EXPM1, LOG1P, POWER -> false;
        };
    }

    /** Whether this body reads {@code v} whatever else it needs: from outside, or as the output that gives a slope. */
    private boolean isRead(Value v) {
        return switch (v.op()) {
            case Op.Constant _, Op.StepInput _, Op.Invariant _ -> true;
            case Op.Expand _ -> isRead(v.operand(0));
            case Op.Map(Function function) ->
                adjoints.wants(v)
                        && switch (function) {
                            case SIGMOID, TANH, EXPONENTIAL, SQUARE_ROOT -> true;
                            default -> false;
                        };
            default -> false;
        };
    }

    private Value again(Value v) {
        return builder.add(v.op(), v.operands().stream().map(this::forward).toList(), v.type(), v.origin());
    }

    private Value saved(Value v) {
        sequences.add(new Sequence.Saved(v));
        return builder.leaf(new Op.StepInput(sequences.size() - 1), v.type(), v.origin());
    }

    private Value outerSequence(Value outer, Origin origin) {
        return outerSequences.computeIfAbsent(outer, _ -> {
            sequences.add(new Sequence.Outer(outer));
            Type type = outer.type().withRows(Rows.BATCH);
            return builder.leaf(new Op.StepInput(sequences.size() - 1), type, origin);
        });
    }

    private Value outerInvariant(Value outer, Origin origin) {
        return outerInvariants.computeIfAbsent(outer, _ -> {
            invariants.add(outer);
            return builder.leaf(new Op.Invariant(invariants.size() - 1), outer.type(), origin);
        });
    }
}
