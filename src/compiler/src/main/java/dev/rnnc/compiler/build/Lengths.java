package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.Rows;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Knows which inputs' lengths each sequence follows, and masks its padding. A sequence made from several is as long as
 * the shortest of them. Masks select: what stands in padding, NaN included, reaches neither values nor gradients.
 */
final class Lengths {
    private final GraphBuilder graph;
    private final boolean enabled;
    private final Map<Value, Set<String>> follows = new IdentityHashMap<>();
    private final Map<Set<String>, Value> masks = new HashMap<>();
    private final Map<String, Value> leaves = new HashMap<>();
    private final Set<Value> zeroPadded = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Value, Set<String>> told = new IdentityHashMap<>();
    private final Function<Set<String>, Value> maker;
    private int read;

    Lengths(GraphBuilder graph, boolean enabled) {
        this.graph = graph;
        this.enabled = enabled;
        this.maker = this::maskOf;
    }

    private Lengths(GraphBuilder body, Lengths outer, UnaryOperator<Value> imported) {
        this.graph = body;
        this.enabled = outer.enabled;
        this.maker = names -> {
            Value mask = imported.apply(outer.mask(names).orElseThrow());
            told.put(mask, names);
            return mask;
        };
    }

    /**
     * The lengths of the whole sequences in the body of a scan, which the body is {@linkplain #follow told}.
     *
     * @param imported makes a value of the outer graph a leaf of the body
     */
    static Lengths within(GraphBuilder body, Lengths outer, UnaryOperator<Value> imported) {
        return new Lengths(body, outer, imported);
    }

    /** Notes that a leaf of a body is a sequence of the outer graph. */
    void follow(Value leaf, Lengths outer, Value sequence) {
        told.put(leaf, outer.names(sequence));
    }

    /** 1 at the steps of a sequence, 0 at its padding, {@code real[T, B]}; empty if there is no padding. */
    Optional<Value> valid(Value sequence) {
        return mask(names(sequence));
    }

    /** 1 at the steps that all of these sequences have. */
    Optional<Value> valid(List<Value> sequences) {
        Set<String> names = new TreeSet<>();
        sequences.forEach(s -> names.addAll(names(s)));
        return mask(names);
    }

    /** The sequence with zeros at padded steps. */
    Value zeroed(Value sequence) {
        if (zeroPadded.contains(sequence)) {
            return sequence;
        }
        return valid(sequence)
                .map(mask -> markZeroPadded(select(graph, mask, sequence, graph.constant(0), sequence.origin())))
                .orElse(sequence);
    }

    /** Notes that a sequence has zeros at padded steps. */
    Value markZeroPadded(Value sequence) {
        zeroPadded.add(sequence);
        return sequence;
    }

    /** The last valid step of each row, zero for a row of no steps; empty if there is no padding. */
    Optional<Value> last(Value sequence, Origin origin) {
        Set<String> names = names(sequence);
        if (names.size() > 1) {
            return Optional.of(lastOfSeveral(sequence, origin));
        }
        return names.stream().findFirst().map(name -> {
            Value at = graph.apply(new Op.StepMask(Op.MaskKind.LAST), Origin.NONE, lengths(name));
            return graph.apply(
                    new Op.SumRows(Rows.BATCH), origin, select(graph, at, sequence, graph.constant(0), Origin.NONE));
        });
    }

    /** A scan that keeps the last valid step so far. */
    private Value lastOfSeveral(Value sequence, Origin origin) {
        Value mask = valid(sequence).orElseThrow();
        GraphBuilder body = new GraphBuilder();
        Type step = sequence.type().withRows(Rows.BATCH);
        Value kept = body.leaf(new Op.CarryIn(0), step, origin);
        Value now = body.leaf(new Op.StepInput(0), step, Origin.NONE);
        Value valid = body.leaf(new Op.StepInput(1), mask.type().withRows(Rows.BATCH), Origin.NONE);
        Value next = select(body, valid, now, kept, origin);
        Op.Body steps = body.body(List.of(next), List.of(), 2, 0);
        Value zero = graph.expand(graph.constant(0), step, Origin.NONE);
        Value scan = graph.add(new Op.Scan(steps, false), List.of(zero, sequence, mask), null, origin.named(""));
        return graph.apply(new Op.Result(0), origin, scan);
    }

    /** One or the other, by a mask. */
    static Value select(GraphBuilder builder, Value mask, Value then, Value otherwise, Origin origin) {
        return builder.map(dev.rnnc.compiler.graph.Function.SELECT, origin, mask, then, otherwise);
    }

    private Optional<Value> mask(Set<String> names) {
        return names.isEmpty() ? Optional.empty() : Optional.of(masks.computeIfAbsent(names, maker));
    }

    private Value maskOf(Set<String> names) {
        return names.stream()
                .map(name -> graph.apply(new Op.StepMask(Op.MaskKind.VALID), Origin.NONE, lengths(name)))
                .reduce((a, b) -> graph.map(dev.rnnc.compiler.graph.Function.MULTIPLY, Origin.NONE, a, b))
                .orElseThrow();
    }

    private Value lengths(String name) {
        String port = name + Model.LENGTHS;
        return leaves.computeIfAbsent(
                name, n -> graph.leaf(new Op.Input(port), Type.token(Rows.BATCH), new Origin("", port, "", 0)));
    }

    private Set<String> names(Value sequence) {
        if (!enabled) {
            return Set.of();
        }
        // Operands stand before their users, so one walk over what is new finds the inputs behind each value.
        List<Value> values = graph.values();
        for (; read < values.size(); read++) {
            follows.put(values.get(read), found(values.get(read)));
        }
        return follows.get(sequence);
    }

    private Set<String> found(Value value) {
        if (told.containsKey(value)) {
            return told.get(value);
        }
        if (value.type().rows() != Rows.SEQUENCE && !(value.op() instanceof Op.Scan)) {
            return Set.of();
        }
        if (value.op() instanceof Op.Input input) {
            return Set.of(input.name());
        }
        if (value.op() instanceof Op.StepMask) {
            String port = ((Op.Input) value.operand(0).op()).name();
            return Set.of(port.substring(0, port.length() - Model.LENGTHS.length()));
        }
        if (value.op() instanceof Op.Scores || value.op() instanceof Op.Mix) {
            return follows.get(value.operand(0));
        }
        Set<String> names = new TreeSet<>();
        stepped(value).forEach(o -> names.addAll(follows.get(o)));
        return names;
    }

    /** The operands whose steps the value goes along with: those of a scan that it reads whole do not count. */
    private static List<Value> stepped(Value value) {
        if (value.op() instanceof Op.Scan(Op.Body body, boolean _)) {
            int first = body.carries().size();
            return value.operands().subList(first, first + body.sequences());
        }
        return value.operands();
    }
}
