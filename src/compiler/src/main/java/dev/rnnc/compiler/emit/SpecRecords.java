package dev.rnnc.compiler.emit;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.ModelSpec;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** How a class builds what it says of itself: any record of the runtime's spec package, by its components. */
public final class SpecRecords {
    private SpecRecords() {}

    /**
     * What the constructor of a record takes.
     *
     * @param type the type of the constructor's parameter
     * @param value a record, an enum constant, a list of these, a text, a number, a truth value or null
     */
    public record Component(Class<?> type, Object value) {}

    /** The components of {@code record}; a model's ABI is the one that this compiler emits, whatever the record says. */
    public static List<Component> of(Record record) {
        List<Component> components = new ArrayList<>();
        try {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                boolean abi = record instanceof ModelSpec && component.getName().equals("abi");
                Object value = abi ? CompiledModel.ABI : component.getAccessor().invoke(record);
                components.add(new Component(component.getType(), value));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + record.getClass(), e);
        }
        return components;
    }
}
