package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
    private final Map<String, List<Slot<A>>> inputs = new LinkedHashMap<>();
    private final Map<String, List<Slot<A>>> parameters = new LinkedHashMap<>();
    private final Map<String, List<Slot<A>>> states = new LinkedHashMap<>();
    /** Inputs and parameters that were never given. */
    private final Set<String> missing = new LinkedHashSet<>();

    private final List<Carry<A>> carries = new ArrayList<>();

    /** A state's value after a run and its place before the next; {@code moved} keeps exchanged states apart. */
    private record Carry<A>(Slot<A> after, Slot<A> before, A moved) {}

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
                case Op.Input input -> leaf(inputs, input.name(), v);
                case Op.Parameter parameter -> leaf(parameters, parameter.name(), v);
                case Op.State state -> leaf(states, state.name(), v);
                default -> {}
            }
        }
        // What a caller may say of the parts of a loss is 0 unless it is said.
        inputs.keySet().stream()
                .filter(name -> !name.startsWith(PortSpec.LOSS_TOTAL) && !name.equals(PortSpec.UNCOUNTED_ROWS))
                .forEach(name -> missing.add("input " + name));
        parameters.keySet().forEach(name -> missing.add("parameter " + name));
        for (Graph.Root root : graph.roots()) {
            if (root.kind() == RootKind.STATE) {
                Slot<A> after = frame.slot(root.value());
                for (Slot<A> before : states.getOrDefault(root.name(), List.of())) {
                    carries.add(new Carry<>(after, before, kernels.allocate(before.size)));
                }
            }
        }
    }

    private void leaf(Map<String, List<Slot<A>>> leaves, String name, Value v) {
        leaves.computeIfAbsent(name, _ -> new ArrayList<>()).add(frame.slot(v));
    }

    /** Gives a real-valued input. */
    public void bind(String input, double[] values) {
        real("input", inputs, input, values);
    }

    /** Gives a real-valued input; allocates nothing. */
    public void bind(String input, float[] values) {
        List<Slot<A>> slots = slots("input", inputs, input, Element.REAL, values.length);
        for (int i = 0; i < slots.size(); i++) {
            kernels.copy(values, slots.get(i).reals);
        }
    }

    /** Gives an input of tokens, {@code [T, B]} or {@code [B]}. */
    public void bindTokens(String input, int[] tokens) {
        for (Slot<A> slot : slots("input", inputs, input, Element.TOKEN, tokens.length)) {
            System.arraycopy(tokens, 0, slot.tokens, 0, tokens.length);
        }
    }

    /** Gives a parameter. */
    public void parameter(String name, double[] values) {
        real("parameter", parameters, name, values);
    }

    /** Gives all parameters; once more after they changed. */
    public void parameters(Parameters values) {
        for (ParameterSpec parameter : values.slices()) {
            List<Slot<A>> slots = parameters.get(parameter.name());
            if (slots == null) {
                continue;
            }
            for (Slot<A> slot : slots) {
                kernels.load(values.data(), values.spec().precision(), parameter.offset(), slot.reals, slot.size);
            }
            if (!missing.isEmpty()) {
                missing.remove("parameter " + parameter.name());
            }
        }
    }

    /** Copies the gradients of the last run into memory that is laid out like {@link Parameters#data}. */
    public void gradients(MemorySegment to, ModelSpec model) {
        for (ParameterSpec parameter : model.parameters()) {
            Slot<A> slot = frame.slot(graph.root(RootKind.GRADIENT, parameter.name()));
            kernels.store(slot.reals, slot.offset, slot.size, to, model.precision(), parameter.offset());
        }
    }

    /** Gives the value a state has before the first step; zeros if never given. */
    public void state(String name, double[] values) {
        real("state", states, name, values);
    }

    /** Makes the states after the last run those before the next one. */
    public void carryStates() {
        for (int i = 0; i < carries.size(); i++) {
            Carry<A> carry = carries.get(i);
            System.arraycopy(carry.after.reals, carry.after.offset, carry.moved, 0, carry.before.size);
        }
        for (int i = 0; i < carries.size(); i++) {
            Carry<A> carry = carries.get(i);
            System.arraycopy(carry.moved, 0, carry.before.reals, carry.before.offset, carry.before.size);
        }
    }

    /** Sets the states before the next run to zero. */
    public void resetStates() {
        for (List<Slot<A>> slots : states.values()) {
            for (Slot<A> slot : slots) {
                kernels.fill(slot.reals, slot.offset, slot.size, 0);
            }
        }
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
        if (!missing.isEmpty()) {
            throw new IllegalStateException(missing.iterator().next() + " was never given");
        }
        frame.run();
    }

    /**
     * Computes all values like {@link #run}, and says where the first came from that is not finite. An infinity that the
     * model states itself is none.
     *
     * @return empty if all values are finite
     */
    public Optional<NonFiniteValue> runToNonFinite() {
        NonFiniteWatch<A> watch = new NonFiniteWatch<>(context);
        inputs.forEach((name, slots) -> slots.forEach(slot -> watch.input(name, slot)));
        context.watch = watch;
        try {
            run();
        } finally {
            context.watch = null;
        }
        return watch.found();
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

    /** A result of one number, such as the loss. */
    public double number(RootKind kind, String name) {
        Slot<A> slot = frame.slot(graph.root(kind, name));
        return kernels.get(slot.reals, slot.offset);
    }

    private void real(String what, Map<String, List<Slot<A>>> leaves, String name, double[] values) {
        for (Slot<A> slot : slots(what, leaves, name, Element.REAL, values.length)) {
            for (int i = 0; i < values.length; i++) {
                kernels.set(slot.reals, i, values[i]);
            }
        }
    }

    private List<Slot<A>> slots(
            String what, Map<String, List<Slot<A>>> leaves, String name, Element element, int size) {
        List<Slot<A>> slots = leaves.get(name);
        if (slots == null) {
            throw new IllegalArgumentException("the graph has no " + what + " " + name + "; it has " + leaves.keySet());
        }
        for (int i = 0; i < slots.size(); i++) {
            Slot<A> slot = slots.get(i);
            if (slot.type.element() != element || slot.size != size) {
                throw new IllegalArgumentException(what + " " + name + " is " + slot.type + ", " + slot.size
                        + " elements; given " + size + " " + element);
            }
        }
        if (!missing.isEmpty()) {
            missing.remove(what + " " + name);
        }
        return slots;
    }
}
