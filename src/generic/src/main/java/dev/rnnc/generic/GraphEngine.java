package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Element;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Interprets a graph, forward or with gradients, before or after optimisation. All memory is allocated by the
 * constructor; arrays given and taken are dense and row-major, {@code [T, B, features]}. For one thread at a time.
 *
 * @param <A> {@code double[]} or {@code float[]}
 */
public abstract sealed class GraphEngine<A> permits GenericEngine, GenericFloatEngine {
    private final Graph graph;
    private final Kernels<A> kernels;
    private final RunContext<A> context;
    private final Frame<A> frame;
    private final Map<String, List<Slot<A>>> leaves = new HashMap<>();
    private final Map<String, Boolean> bound = new HashMap<>();

    GraphEngine(Graph graph, int steps, int batch, Kernels<A> kernels) {
        if (steps < 1 || batch < 1) {
            throw new IllegalArgumentException("steps and batch must be positive, not " + steps + " and " + batch);
        }
        this.graph = graph;
        this.kernels = kernels;
        this.context = new RunContext<>(kernels, steps, batch);
        this.frame = Frame.ofGraph(graph, context);
        for (Value v : graph.values()) {
            switch (v.op()) {
                case Op.Input input -> leaf("input " + input.name(), v, false);
                case Op.Parameter parameter -> leaf("parameter " + parameter.name(), v, false);
                case Op.State state -> leaf("state " + state.name(), v, true);
                default -> {}
            }
        }
    }

    private void leaf(String name, Value v, boolean optional) {
        leaves.computeIfAbsent(name, _ -> new ArrayList<>()).add(frame.slot(v));
        bound.put(name, optional);
    }

    /** Gives a real-valued input. */
    public void bind(String input, double[] values) {
        real("input " + input, values);
    }

    /** Gives an input of tokens, {@code [T, B]} or {@code [B]}. */
    public void bindTokens(String input, int[] tokens) {
        for (Slot<A> slot : slots("input " + input, Element.TOKEN, tokens.length)) {
            System.arraycopy(tokens, 0, slot.tokens, 0, tokens.length);
        }
    }

    /** Gives a parameter. */
    public void parameter(String name, double[] values) {
        real("parameter " + name, values);
    }

    /** Gives the value a state has before the first step; zeros if never given. */
    public void state(String name, double[] values) {
        real("state " + name, values);
    }

    /** Sets the seed of the dropout masks; 0 at first. */
    public void seed(long seed) {
        context.seed = seed;
    }

    /**
     * Computes all values of the graph.
     *
     * @throws IllegalStateException if an input or parameter was never given
     * @throws IndexOutOfBoundsException if a token lies outside its vocabulary
     */
    public void run() {
        bound.forEach((name, given) -> {
            if (!given) {
                throw new IllegalStateException(name + " was never given");
            }
        });
        frame.run();
    }

    /** A result of the last run. */
    public double[] result(RootKind kind, String name) {
        Slot<A> slot = frame.slot(graph.root(kind, name));
        double[] values = new double[slot.size];
        for (int i = 0; i < values.length; i++) {
            values[i] = slot.tokens != null ? slot.tokens[i] : kernels.get(slot.reals, i);
        }
        return values;
    }

    private void real(String name, double[] values) {
        for (Slot<A> slot : slots(name, Element.REAL, values.length)) {
            for (int i = 0; i < values.length; i++) {
                kernels.set(slot.reals, i, values[i]);
            }
        }
    }

    private List<Slot<A>> slots(String name, Element element, int size) {
        List<Slot<A>> slots = leaves.get(name);
        if (slots == null) {
            throw new IllegalArgumentException("the graph has no " + name + "; it has " + leaves.keySet());
        }
        for (Slot<A> slot : slots) {
            int expected = slot.size;
            if (slot.type.element() != element || expected != size) {
                throw new IllegalArgumentException(
                        name + " is " + slot.type + ", " + expected + " elements; given " + size + " " + element);
            }
        }
        bound.put(name, true);
        return slots;
    }
}
