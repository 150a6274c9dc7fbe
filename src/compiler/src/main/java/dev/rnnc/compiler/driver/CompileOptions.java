package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What to compile a model to.
 *
 * @param programs the programs the class will hold
 * @param steps most time steps of a run; 0 takes those of the model's {@code train} block
 * @param batch rows of a batch; 0 takes those of the model's {@code train} block
 * @param lanes the float lane counts to emit kernels for, the widest first; empty for this machine's alone
 * @param packageName package of the emitted classes, empty for the unnamed one
 * @param lengths whether sequences come with lengths, in the ports of {@link
 *     dev.rnnc.compiler.model.Model#lengthPorts}
 * @param backend what makes the classes
 * @param unroll how to unroll loops over time; empty for what the model says
 */
public record CompileOptions(
        Set<ProgramKind> programs,
        int steps,
        int batch,
        List<Integer> lanes,
        String packageName,
        boolean lengths,
        BackendKind backend,
        Optional<Unroll> unroll) {
    public CompileOptions {
        programs = Set.copyOf(programs);
        lanes = List.copyOf(lanes);
    }

    /** Options for sequences that are as long as the run, and for the backend that needs no other compiler. */
    public CompileOptions(Set<ProgramKind> programs, int steps, int batch, List<Integer> lanes, String packageName) {
        this(programs, steps, batch, lanes, packageName, false, BackendKind.BYTECODE, Optional.empty());
    }

    /** Programs for this machine, with the model's own steps and batch. */
    public static CompileOptions of(ProgramKind... programs) {
        return new CompileOptions(Set.of(programs), 0, 0, List.of(), "");
    }

    /** The same for other steps and batch. */
    public CompileOptions sized(int steps, int batch) {
        return new CompileOptions(programs, steps, batch, lanes, packageName, lengths, backend, unroll);
    }

    /** The same for those lane counts. */
    public CompileOptions lanes(Integer... counts) {
        return new CompileOptions(programs, steps, batch, List.of(counts), packageName, lengths, backend, unroll);
    }

    /** The same for sequences that come with lengths, or for those that do not. */
    public CompileOptions withLengths(boolean present) {
        return new CompileOptions(programs, steps, batch, lanes, packageName, present, backend, unroll);
    }

    /** The same for classes of that backend. */
    public CompileOptions by(BackendKind other) {
        return new CompileOptions(programs, steps, batch, lanes, packageName, lengths, other, unroll);
    }

    /** The same with loops over time unrolled so, or as the model says. */
    public CompileOptions unrolled(Optional<Unroll> setting) {
        return new CompileOptions(programs, steps, batch, lanes, packageName, lengths, backend, setting);
    }

    /** The same with loops over time unrolled so. */
    public CompileOptions unrolled(Unroll setting) {
        return unrolled(Optional.of(setting));
    }
}
