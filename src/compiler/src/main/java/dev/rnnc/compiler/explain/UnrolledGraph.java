package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.model.Terms;
import dev.rnnc.compiler.model.Variable;
import dev.rnnc.compiler.model.Variables;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a picture of a model shows: its inputs, layers, outputs and loss, and what flows between them.
 *
 * @param nodes each behind those it reads
 */
record UnrolledGraph(List<Node> nodes, List<Edge> edges) {
    /** What a node is. */
    enum Kind {
        INPUT,
        LAYER,
        RECURRENT,
        OUTPUT,
        LOSS,
        TARGET
    }

    /**
     * One row of the picture.
     *
     * @param text its definition
     * @param sequence whether it has a value at each time step
     * @param recurrent whether it carries a state from step to step
     * @param backward whether it runs from the last step to the first
     */
    record Node(String name, String text, Kind kind, boolean sequence, boolean recurrent, boolean backward) {}

    /** Which time steps a value flows from, and to. */
    enum Flow {
        /** From each step to the same step, or from a value without steps to each. */
        SAME,
        /** From the first step. */
        FIRST,
        /** From the last step. */
        LAST,
        /** From all steps at once. */
        ALL,
        /** The state after the last step that a layer takes. */
        FINAL,
        /** From each step to the next: data, in training targets too. */
        PREVIOUS,
        /** From each step to the next: an output that the model reads itself when it generates. */
        FEEDBACK
    }

    /**
     * An arrow.
     *
     * @param initial whether it sets a state before the first step
     */
    record Edge(String from, String to, Flow flow, boolean initial) {}

    static UnrolledGraph of(Model model) {
        return new Collector(model).collect();
    }

    private static final class Collector {
        private final Model model;
        private final Map<String, Node> nodes = new LinkedHashMap<>();
        private final Set<Edge> edges = new LinkedHashSet<>();
        private final Map<Variable, String> bindings = new IdentityHashMap<>();
        private final Map<Recurrence, String> recurrences = new IdentityHashMap<>();
        private final Generation generation;

        Collector(Model model) {
            this.model = model;
            this.generation = Generation.of(model);
        }

        UnrolledGraph collect() {
            for (PortSpec port : model.spec().ports(Role.INPUT)) {
                port(port, Kind.INPUT);
            }
            Map<String, Kind> kinds = new HashMap<>();
            model.bindings().forEach(b -> kinds.put(b.name(), b.output() ? Kind.OUTPUT : Kind.LAYER));
            List<Recurrence> open = new ArrayList<>(model.recurrences());
            for (Model.Binding binding : model.bindings()) {
                Set<Recurrence> needed = Collections.newSetFromMap(new IdentityHashMap<>());
                Term term = new Term.Use(binding.variable());
                Variables.inOrder(List.of(term))
                        .forEach(v -> Variables.walk(v.term(), t -> {
                            if (recurrence(t) != null) {
                                needed.add(recurrence(t));
                            }
                        }));
                for (Recurrence recurrence : List.copyOf(open)) {
                    if (needed.contains(recurrence) || recurrence.name().equals(binding.name())) {
                        open.remove(recurrence);
                        recurrence(recurrence, binding, kinds.getOrDefault(recurrence.name(), Kind.LAYER));
                    }
                }
                binding(binding);
            }
            model.loss().ifPresent(loss -> {
                for (PortSpec port : model.spec().ports(Role.TARGET)) {
                    port(port, Kind.TARGET);
                }
                nodes.put("loss", new Node("loss", loss.equation(), Kind.LOSS, false, false, false));
                flow(loss.term(), "loss", Flow.SAME, false);
            });
            // A target that no loss reads is not drawn.
            edges.removeIf(edge -> !nodes.containsKey(edge.from()));
            return new UnrolledGraph(List.copyOf(nodes.values()), List.copyOf(edges));
        }

        private void port(PortSpec port, Kind kind) {
            TermType type = new TermType(port.element(), port.rows(), port.shape(), port.vocabulary());
            String text = (kind == Kind.INPUT ? "input " : "target ") + port.name() + " : " + type;
            nodes.put(port.name(), new Node(port.name(), text, kind, port.rows() == Rows.SEQUENCE, false, false));
        }

        private void recurrence(Recurrence recurrence, Model.Binding owner, Kind kind) {
            String name = recurrence.name();
            boolean own = owner.name().equals(name);
            String text =
                    own ? owner.variable().equation() : name + ", the " + recurrence.cell() + " in " + owner.name();
            nodes.put(
                    name,
                    new Node(
                            name,
                            text,
                            kind == Kind.OUTPUT ? kind : Kind.RECURRENT,
                            true,
                            true,
                            recurrence.backward()));
            recurrences.put(recurrence, name);
            recurrence.inputs().forEach(input -> flow(input.term(), name, input.whole() ? Flow.ALL : Flow.SAME, false));
            recurrence.states().forEach(state -> state.initial().ifPresent(t -> flow(t, name, Flow.SAME, true)));
        }

        private void binding(Model.Binding binding) {
            String name = binding.name();
            if (!nodes.containsKey(name)) {
                boolean sequence = binding.variable().term().type().rows() == Rows.SEQUENCE;
                Kind kind = binding.output() ? Kind.OUTPUT : Kind.LAYER;
                nodes.put(name, new Node(name, binding.variable().equation(), kind, sequence, false, false));
                flow(binding.variable().term(), name, Flow.SAME, false);
            } else if (!nodes.get(name).recurrent()) {
                throw new IllegalStateException("two nodes named " + name);
            } else {
                // What a layer does with its cell's result at each step belongs to it; what else it reads flows in.
                flow(binding.variable().term(), name, Flow.SAME, false);
            }
            bindings.put(binding.variable(), name);
        }

        /** Adds an arrow from each node that {@code term} reads. */
        private void flow(Term term, String to, Flow flow, boolean initial) {
            switch (term) {
                case Term.Use use
                when bindings.containsKey(use.variable()) -> edge(bindings.get(use.variable()), to, flow, initial);
                case Term.Use use -> flow(use.variable().term(), to, flow, initial);
                case Term.Previous previous -> previous(previous.of().name(), to);
                case Term.Attention attention -> {
                    flow(attention.query(), to, flow, initial);
                    flow(attention.keys(), to, Flow.ALL, initial);
                    flow(attention.values(), to, Flow.ALL, initial);
                }
                case Term.Input input -> edge(input.name(), to, flow, initial);
                case Term.FinalState state -> edge(recurrences.get(state.recurrence()), to, Flow.FINAL, initial);
                case Term.Step step -> flow(step.operand(), to, step.index() < 0 ? Flow.LAST : Flow.FIRST, initial);
                case Term.Fold fold when fold.axis() == Term.Axis.TIME -> flow(fold.operand(), to, Flow.ALL, initial);
                case Term.Attend attend ->
                    Terms.operands(attend).forEach(operand -> flow(operand, to, Flow.ALL, initial));
                default -> {
                    if (recurrence(term) != null) {
                        edge(recurrences.get(recurrence(term)), to, flow, initial);
                    }
                    Terms.operands(term).forEach(operand -> flow(operand, to, flow, initial));
                }
            }
        }

        private void previous(String port, String to) {
            edges.add(new Edge(port, to, Flow.PREVIOUS, false));
            if (generation.obstacle().isEmpty()) {
                generation.feeds().stream()
                        .filter(feed -> feed.port().name().equals(port))
                        .forEach(feed -> edges.add(new Edge(feed.output().name(), to, Flow.FEEDBACK, false)));
            }
        }

        private void edge(String from, String to, Flow flow, boolean initial) {
            if (from != null && !from.equals(to)) {
                boolean steps = nodes.get(from).sequence();
                edges.add(new Edge(from, to, steps ? flow : Flow.SAME, initial));
            }
        }

        private static Recurrence recurrence(Term term) {
            return switch (term) {
                case Term.CellState state -> state.recurrence();
                case Term.CellOutput output -> output.recurrence();
                case Term.FinalState state -> state.recurrence();
                default -> null;
            };
        }
    }
}
