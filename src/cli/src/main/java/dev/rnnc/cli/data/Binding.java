package dev.rnnc.cli.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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

    /** The fields of ports that are read step by step together. */
    public Collection<Set<Field>> together(Collection<Set<String>> names) {
        List<Set<Field>> together = new ArrayList<>();
        for (Set<String> set : names) {
            Set<Field> fields = new LinkedHashSet<>();
            ports.stream().filter(port -> set.contains(port.name())).forEach(port -> fields.add(port.field()));
            together.add(fields);
        }
        return together;
    }
}
