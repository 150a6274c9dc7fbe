package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The names that a cell's equations give to values: {@code c'}, and {@code dc'} for its gradient. */
final class Labels {
    private final Map<Value, String> names = new IdentityHashMap<>();

    private Labels() {}

    /**
     * The names of {@code values}. Where several have the same, as contributions to one gradient do, the last is meant:
     * it is made of the others.
     */
    static Labels of(Definition.Cell cell, List<Value> values, String prefix) {
        Map<String, Set<String>> equations = new HashMap<>();
        for (CellStatement statement : cell.statements()) {
            if (statement instanceof CellStatement.Equation equation) {
                equation.targets()
                        .forEach(target -> equations
                                .computeIfAbsent(prefix + target.text(), _ -> new HashSet<>())
                                .add(equation.span().text()));
            }
        }
        Map<String, Value> last = new HashMap<>();
        for (Value value : values) {
            Origin origin = value.origin();
            boolean own = equations.getOrDefault(origin.name(), Set.of()).contains(origin.equation());
            if (own && !value.operands().isEmpty()) {
                last.put(origin.name(), value);
            }
        }
        Labels labels = new Labels();
        last.forEach((name, value) -> labels.names.put(value, name));
        return labels;
    }

    Optional<String> of(Value value) {
        return Optional.ofNullable(names.get(value));
    }

    boolean isUsed(String name) {
        return names.values().stream().anyMatch(name::equals);
    }

    void put(Value value, String name) {
        names.put(value, name);
    }
}
