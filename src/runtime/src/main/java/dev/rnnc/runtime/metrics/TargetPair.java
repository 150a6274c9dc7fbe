package dev.rnnc.runtime.metrics;

import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import java.util.Arrays;
import java.util.Set;

/**
 * A target and the output that is to meet it.
 *
 * @param output with the target's rows
 * @param target a token for each row where the task is {@link Task#CLASSES}, else as many numbers as the output has
 * @param task what the output says
 * @param follows names of the inputs and targets that decide on the length of each sequence, the target's own included
 */
public record TargetPair(PortSpec output, PortSpec target, Task task, Set<String> follows) {
    private static final String LENGTHS = ".lengths";

    public TargetPair {
        follows = Set.copyOf(follows);
    }

    /**
     * What a program's last run gave.
     *
     * @param program one that has both ports, and {@code NAME.lengths} where sequences differ in length
     * @param steps time steps of the run
     * @param from the first sequence that counts: those before are there a second time
     */
    public Outcomes outcomes(Program program, int steps, int from) {
        boolean sequence = target.rows() == Rows.SEQUENCE;
        int batch = target.rows() == Rows.NONE ? 1 : program.spec().batch();
        int[] lengths = new int[batch];
        Arrays.fill(lengths, from, batch, sequence ? steps : 1);
        if (sequence) {
            for (PortSpec port : program.spec().ports()) {
                String name = port.name();
                if (name.endsWith(LENGTHS) && follows.contains(name.substring(0, name.length() - LENGTHS.length()))) {
                    double[] given = Ports.read(program, port, steps);
                    Arrays.setAll(lengths, b -> Math.min(lengths[b], (int) given[b]));
                }
            }
        }
        return new Outcomes(
                task,
                sequence ? steps : 1,
                batch,
                output.width(),
                Ports.read(program, output, steps),
                Ports.read(program, target, steps),
                lengths);
    }
}
