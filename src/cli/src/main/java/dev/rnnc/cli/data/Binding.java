package dev.rnnc.cli.data;

import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which columns go to which ports, and how rows become examples.
 *
 * @param ports in the order of the model
 */
public record Binding(List<PortField> ports, Layout layout) {
    public Binding {
        ports = List.copyOf(ports);
    }

    /** All fields, each once. */
    public Set<Field> fields() {
        Set<Field> fields = new LinkedHashSet<>();
        ports.forEach(port -> fields.add(port.field()));
        return fields;
    }

    /**
     * The fields of ports that are read step by step together; where windows are cut, all that have steps.
     *
     * @param names the ports that the model reads together
     */
    public Collection<Set<Field>> together(Collection<Set<String>> names) {
        List<Set<Field>> together = new ArrayList<>();
        List<Set<String>> sets = new ArrayList<>(names);
        if (layout.windowed()) {
            sets.add(ports.stream()
                    .filter(port -> port.port().rows() == Rows.SEQUENCE)
                    .map(PortField::name)
                    .collect(Collectors.toSet()));
        }
        for (Set<String> set : sets) {
            Set<Field> fields = new LinkedHashSet<>();
            ports.stream().filter(port -> set.contains(port.name())).forEach(port -> fields.add(port.field()));
            together.add(fields);
        }
        return together;
    }
}
