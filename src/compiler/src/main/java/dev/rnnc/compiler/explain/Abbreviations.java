package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.syntax.SyntaxPrinter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Names for values of the forward step that gradients read more than once and that are long to write out. */
final class Abbreviations {
    /** Characters that may be repeated. */
    private static final int SHORT = 32;

    private final UnaryOperator<Value> resolved;
    private final Predicate<Value> ends;
    private final Map<Value, Integer> uses = new IdentityHashMap<>();
    private final List<Value> order = new ArrayList<>();

    /**
     * @param resolved what a leaf of a body stands for
     * @param ends whether a value is a gradient, or has a name
     */
    Abbreviations(UnaryOperator<Value> resolved, Predicate<Value> ends) {
        this.resolved = resolved;
        this.ends = ends;
    }

    /** Notes what a gradient reads. */
    void read(Value gradient) {
        gradient.operands().forEach(this::visit);
    }

    private void visit(Value operand) {
        Value value = resolved.apply(operand);
        if (ends.test(value) || value.operands().isEmpty()) {
            return;
        }
        if (uses.merge(value, 1, Integer::sum) == 1) {
            value.operands().forEach(this::visit);
            order.add(value);
        }
    }

    /** What gives a value a name. */
    interface Namer {
        String name(Value value, String same);
    }

    /**
     * The lines that define the names, each before its uses.
     *
     * @param namer names a value: as it was named before where a value of the same text was, else anew
     */
    List<String> lines(ValueText text, Namer namer) {
        Map<String, String> names = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>();
        for (Value value : order) {
            String written = SyntaxPrinter.print(text.operation(value));
            boolean read = uses.get(value) > 1 || names.containsKey(written);
            if (read && written.length() > SHORT) {
                String known = names.get(written);
                String name = namer.name(value, known);
                if (known == null) {
                    names.put(written, name);
                    lines.add(name + " = " + written);
                }
            }
        }
        return lines;
    }
}
