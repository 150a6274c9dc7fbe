package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph in which what depends on fed-back outputs is one time step, {@code [B, ...]}, and all else whole sequences,
 * {@code [T, B, ...]}. Where the two meet, the sequence gives this step's row, which is an input of the step; only an
 * attention, and a cell that {@linkplain #keepWhole reads whole sequences}, take them whole.
 */
final class GeneratorGraph extends GraphBuilder {
    private static final String STEP = "step.";

    private final Set<Value> stepwise = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Value, Value> rows = new IdentityHashMap<>();
    private final Set<String> inputs = new LinkedHashSet<>();
    private final Map<String, Value> encoded = new LinkedHashMap<>();
    private boolean keepsWhole;

    @Override
    public Value add(Op op, List<Value> operands, Type declared, Origin origin) {
        if (operands.stream().noneMatch(stepwise::contains)) {
            return super.add(op, operands, declared, origin);
        }
        boolean whole = keepsWhole || op instanceof Op.Scores || op instanceof Op.Mix;
        List<Value> aligned =
                whole ? operands : operands.stream().map(this::atStep).toList();
        Value value = super.add(op, aligned, declared, origin);
        stepwise.add(value);
        return value;
    }

    /** Whether sequences stay whole in what is added next: within a cell they are, unless they come step by step. */
    void keepWhole(boolean whole) {
        keepsWhole = whole;
    }

    /** An input of each step, {@code [B, ...]}. */
    Value stepInput(String name, Type type, Origin origin) {
        inputs.add(name);
        Value value = leaf(new Op.Input(name), type, origin);
        stepwise.add(value);
        return value;
    }

    /** This step's row of a sequence; what has no time steps is the same at each. */
    Value atStep(Value value) {
        if (value.type().rows() != Rows.SEQUENCE) {
            return value;
        }
        return rows.computeIfAbsent(value, sequence -> {
            String name = STEP + rows.size();
            encode(name, sequence);
            return stepInput(name, sequence.type().withRows(Rows.BATCH), sequence.origin());
        });
    }

    /** Has the value computed once, before the first step, for the step input of that name. */
    void encode(String name, Value value) {
        encoded.put(name, value);
    }

    /** The names of the inputs of each step. */
    Set<String> inputs() {
        return Collections.unmodifiableSet(inputs);
    }

    /** What is computed before the first step, by the names of step inputs. */
    Map<String, Value> encoded() {
        return Collections.unmodifiableMap(encoded);
    }
}
