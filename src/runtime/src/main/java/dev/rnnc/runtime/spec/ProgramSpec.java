package dev.rnnc.runtime.spec;

import java.util.List;

/**
 * One compiled program.
 *
 * @param kind what it computes
 * @param steps the most time steps one run can take
 * @param batch rows of a batch, fixed
 * @param ports what can be written before and read after a run
 */
public record ProgramSpec(ProgramKind kind, int steps, int batch, List<PortSpec> ports) {
    public ProgramSpec {
        ports = List.copyOf(ports);
    }
}
