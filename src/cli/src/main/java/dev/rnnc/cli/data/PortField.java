package dev.rnnc.cli.data;

import dev.rnnc.runtime.spec.PortSpec;

/**
 * What an input or target of a model is read from.
 *
 * @param span steps of the field that make up one value of the port; more than 1 for a forecast of several steps
 */
public record PortField(PortSpec port, Field field, int span) {
    /** The name of the port. */
    public String name() {
        return port.name();
    }
}
