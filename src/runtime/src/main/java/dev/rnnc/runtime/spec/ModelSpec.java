package dev.rnnc.runtime.spec;

import java.util.List;

/**
 * What a model is, apart from its code.
 *
 * @param name the model's name, also the generated class's
 * @param digest SHA-256 of the model's source text and imports, in hexadecimal
 * @param abi version of the contract between generated code and runtime
 * @param precision element type of all real values
 * @param parameters in the order of the flat array
 * @param parameterElements length of the flat array, padding included
 * @param ports inputs, targets, outputs, layers and states
 * @param train the training settings, or null where the model has none
 */
public record ModelSpec(
        String name,
        String digest,
        int abi,
        Precision precision,
        List<ParameterSpec> parameters,
        long parameterElements,
        List<PortSpec> ports,
        TrainSettings train) {
    public ModelSpec {
        parameters = List.copyOf(parameters);
        ports = List.copyOf(ports);
    }

    /** The ports of one role, in declaration order. */
    public List<PortSpec> ports(Role role) {
        return ports.stream().filter(p -> p.role() == role).toList();
    }
}
