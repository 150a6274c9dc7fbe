package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.SyntaxPrinter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Prints the gradient of one step of a cell, as the compiler derived it, in the names of its equations: one line for
 * the gradient of each value that has a name or is used more than once.
 */
public final class BackwardEquations {
    private final Definition.Cell cell;
    private final Probe probe;
    private final Step step;
    private final Labels forward;
    private final Labels reverse;
    private final ValueText text;
    private final Map<Value, Integer> uses = new IdentityHashMap<>();
    private final Map<Value, Boolean> gradients = new IdentityHashMap<>();
    private final Map<String, Value> lines = new LinkedHashMap<>();

    /**
     * A model that is one call of a cell.
     *
     * @param graph its gradient graph; the loss is {@code sum(result * seed)}
     * @param layer the name of the call
     * @param prefix what the names of the model's inputs have in front of the cell's
     * @param seed the input that is the gradient of the cell's result
     * @param states the names of the cell's states
     * @param sizes the names of the sizes
     */
    public record Probe(
            Graph graph, String layer, String prefix, String seed, List<String> states, Map<Integer, String> sizes) {
        public Probe {
            states = List.copyOf(states);
            sizes = Map.copyOf(sizes);
        }
    }

    /**
     * What is printed.
     *
     * @param shorthand names for what of the forward step is long and read more than once: {@code u = ...}
     * @param equations the gradients
     */
    public record Lines(List<String> shorthand, List<String> equations) {
        public Lines {
            shorthand = List.copyOf(shorthand);
            equations = List.copyOf(equations);
        }
    }

    private BackwardEquations(Definition.Cell cell, Probe probe) {
        this.cell = cell;
        this.probe = probe;
        this.step = Step.of(probe.graph());
        this.forward = Labels.of(cell, step.forwardValues(), "");
        this.reverse = Labels.of(cell, step.reverseValues(), "d");
        this.text = new ValueText(this::known, new Sizes(probe.sizes()));
    }

    /**
     * The equations, one a line: {@code dc' = ...} for this step's value, {@code dc = ...} for what is handed to the
     * step before, {@code dweight += ...} for what is summed over the steps.
     */
    public static Lines of(Definition.Cell cell, Probe probe) {
        return new BackwardEquations(cell, probe).equations();
    }

    private Lines equations() {
        Map<String, Value> roots = new LinkedHashMap<>();
        step.reverse().ifPresent(scan -> {
            for (int i = 0; i < Step.body(scan).carries().size(); i++) {
                roots.put("d" + state(i) + " =", Step.body(scan).carries().get(i));
            }
        });
        List<Graph.Root> parameters = new ArrayList<>();
        for (Graph.Root root : step.gradients()) {
            if (root.kind() == RootKind.INPUT_GRADIENT) {
                roots.put("d" + root.name().substring(probe.prefix().length()) + " =", step.ofStep(root.value()));
            } else {
                parameters.add(root);
            }
        }
        parameters.forEach(root -> roots.put("d" + parameter(root.name()) + " +=", step.ofStep(root.value())));

        List<Value> needed = needed(roots.values());
        label(needed);
        List<String> shorthand = abbreviate(needed);
        List<String> printed = new ArrayList<>();
        for (Value value : needed) {
            reverse.of(value)
                    .filter(_ -> isGradient(value) && !value.operands().isEmpty())
                    .ifPresent(name -> printed.add(name + " = " + SyntaxPrinter.print(text.operation(value))));
        }
        roots.forEach((head, value) -> printed.add(root(head, value)));
        return new Lines(shorthand, printed);
    }

    private String root(String head, Value value) {
        Value rows = value.op() instanceof Op.SumRows ? value.operand(0) : value;
        if (reverse.of(rows).isEmpty() && rows.op() instanceof Op.TableSum) {
            String name = head.substring(0, head.indexOf(' '));
            return name + "[" + print(rows.operand(1)) + "] += " + print(rows.operand(0));
        }
        return head + " " + print(value);
    }

    private String print(Value value) {
        return SyntaxPrinter.print(text.text(value));
    }

    /** The gradients that {@code roots} need, operands before users. */
    private List<Value> needed(Iterable<Value> roots) {
        Set<Value> reached = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Value root : roots) {
            reach(root, reached);
            uses.merge(root, 1, Integer::sum);
        }
        return step.reverseValues().stream().filter(reached::contains).toList();
    }

    private void reach(Value root, Set<Value> reached) {
        List<Value> open = new ArrayList<>(List.of(root));
        while (!open.isEmpty()) {
            Value value = open.removeLast();
            if (reached.add(value)) {
                value.operands().forEach(operand -> uses.merge(operand, 1, Integer::sum));
                open.addAll(value.operands());
            }
        }
    }

    /** Names what is used more than once and has no name of its own: dz, dz2 and so on; da where the cell has a z. */
    private void label(List<Value> needed) {
        int next = 1;
        String base = reverse.isUsed("dz") || forward.isUsed("z") ? "da" : "dz";
        for (Value value : needed) {
            boolean plain = value.operands().isEmpty()
                    || value.op() instanceof Op.Expand
                    || value.op() instanceof Op.SumRows
                    || value.op() instanceof Op.Slice;
            if (uses.getOrDefault(value, 0) > 1
                    && !plain
                    && isGradient(value)
                    && reverse.of(value).isEmpty()) {
                String name;
                do {
                    name = next == 1 ? base : base + next;
                    next++;
                } while (reverse.isUsed(name) || forward.isUsed(name));
                reverse.put(value, name);
            }
        }
    }

    /** Names for what of the forward step is long and read more than once: u, u2 and so on. */
    private List<String> abbreviate(List<Value> needed) {
        Abbreviations abbreviations = new Abbreviations(
                this::behind, v -> isGradient(v) || forward.of(v).isPresent());
        needed.stream().filter(this::isGradient).forEach(abbreviations::read);
        return abbreviations.lines(text, (value, same) -> {
            String name = same;
            for (int i = 1; name == null || same == null && isTaken(name); i++) {
                name = i == 1 ? "u" : "u" + i;
            }
            forward.put(value, name);
            return name;
        });
    }

    private Value behind(Value leaf) {
        Value value = leaf;
        Optional<Value> next = step.behind(value);
        while (next.isPresent()) {
            value = next.get();
            next = step.behind(value);
        }
        return value;
    }

    private boolean isTaken(String name) {
        return forward.isUsed(name)
                || reverse.isUsed(name)
                || cell.inputs().stream().anyMatch(i -> i.name().text().equals(name))
                || cell.statements().stream().anyMatch(s -> s.span().text().matches("(?s).*\\b" + name + "\\b.*"));
    }

    /** Whether a value depends on a gradient that comes in, rather than on the forward step alone. */
    private boolean isGradient(Value value) {
        if (gradients.isEmpty()) {
            for (Value v : step.reverseValues()) {
                gradients.put(
                        v, isIncoming(v) || v.operands().stream().anyMatch(o -> gradients.getOrDefault(o, false)));
            }
        }
        return gradients.getOrDefault(value, false);
    }

    private boolean isIncoming(Value value) {
        return switch (value.op()) {
            case Op.CarryIn _ -> true;
            case Op.Input input -> input.name().equals(probe.seed());
            case Op.StepInput _, Op.Invariant _ ->
                step.behind(value)
                        .filter(v -> v.op() instanceof Op.Input && isIncoming(v))
                        .isPresent();
            default -> false;
        };
    }

    private Optional<Expression> known(Value value) {
        if (isReverse(value)) {
            Optional<String> name = reverse.of(value);
            if (name.isPresent() && isGradient(value)) {
                return name.map(Sizes::name);
            }
        }
        return switch (value.op()) {
            case Op.CarryIn carry ->
                Optional.of(Sizes.name(
                        isReverse(value)
                                ? "d" + state(carry.index()) + "_next"
                                : probe.states().get(carry.index())));
            case Op.StepInput _, Op.Invariant _ -> step.behind(value).map(text::text);
            case Op.Input input
            when input.name().equals(probe.seed()) ->
                Optional.of(Sizes.name("d" + cell.result().text() + "_loss"));
            case Op.Input input ->
                Optional.of(Sizes.name(input.name().substring(probe.prefix().length())));
            case Op.Parameter parameter -> Optional.of(Sizes.name(parameter(parameter.name())));
            default -> isGradient(value) ? Optional.empty() : forward.of(value).map(Sizes::name);
        };
    }

    private boolean isReverse(Value value) {
        return gradients.containsKey(value) && step.reverse().isPresent()
                || step.reverse().isEmpty();
    }

    /** The state whose gradient a carry of the reverse scan is. */
    private String state(int reverseCarry) {
        List<Value> carries = Step.body(step.forward().orElseThrow()).carries();
        int count = Step.body(step.reverse().orElseThrow()).carries().size();
        if (count == carries.size()) {
            return probe.states().get(reverseCarry);
        }
        Set<String> names = Step.body(step.reverse().get()).values().stream()
                .filter(v -> v.op() instanceof Op.CarryIn c && c.index() == reverseCarry)
                .map(v -> v.origin().name())
                .collect(Collectors.toSet());
        for (int i = 0; i < carries.size(); i++) {
            if (names.contains("d" + carries.get(i).origin().name())) {
                return probe.states().get(i);
            }
        }
        return probe.states().get(reverseCarry);
    }

    private String parameter(String name) {
        return name.startsWith(probe.layer() + ".")
                ? name.substring(probe.layer().length() + 1)
                : name;
    }
}
