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
 * @param batch rows of a batch; 0 takes those of the model's {@code train} block for programs with a loss, and one row for
 *     the others
 * @param lanes the float lane counts to emit kernels for, the widest first; empty for this machine's alone
 * @param packageName package of the emitted classes, empty for the unnamed one
 * @param lengths whether sequences come with lengths, in the ports of {@link
 *     dev.rnnc.compiler.model.Model#lengthPorts}
 * @param backend what makes the classes
 * @param gradientFlow whether the training program shows the gradient of every recurrent state after every step, and
 *     what its gates gave: ports of the roles {@link dev.rnnc.runtime.spec.Role#STATE_GRADIENT} and {@link
 *     dev.rnnc.runtime.spec.Role#ACTIVATION}; without it the code is as if there were no such thing
 * @param trainingSteps most time steps of a run of the training program, which a training loop may run over parts of a
 *     window; 0 for those that the model's {@code train} block says, or {@code steps} where that is not its own number
 * @param trainingBatch rows of the training program, which may be a shard of a batch, and of the evaluation program that
 *     validates beside it; 0 likewise, where the evaluation program takes the whole batch
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
        boolean gradientFlow,
        int trainingSteps,
        int trainingBatch,
        Optional<Unroll> unroll) {
    public CompileOptions {
        programs = Set.copyOf(programs);
        lanes = List.copyOf(lanes);
    }

    /** Options for sequences that are as long as the run, and for the backend that needs no other compiler. */
    public CompileOptions(Set<ProgramKind> programs, int steps, int batch, List<Integer> lanes, String packageName) {
        this(programs, steps, batch, lanes, packageName, false, BackendKind.BYTECODE, false, 0, 0, Optional.empty());
    }

    /** Programs for this machine, with the model's own steps and batch. */
    public static CompileOptions of(ProgramKind... programs) {
        return new CompileOptions(Set.of(programs), 0, 0, List.of(), "");
    }

    /** The same for other steps and batch. */
    public CompileOptions sized(int otherSteps, int otherBatch) {
        return new CompileOptions(
                programs,
                otherSteps,
                otherBatch,
                lanes,
                packageName,
                lengths,
                backend,
                gradientFlow,
                trainingSteps,
                trainingBatch,
                unroll);
    }

    /** The same for those lane counts. */
    public CompileOptions lanes(Integer... counts) {
        return new CompileOptions(
                programs,
                steps,
                batch,
                List.of(counts),
                packageName,
                lengths,
                backend,
                gradientFlow,
                trainingSteps,
                trainingBatch,
                unroll);
    }

    /** The same for sequences that come with lengths, or for those that do not. */
    public CompileOptions withLengths(boolean present) {
        return new CompileOptions(
                programs,
                steps,
                batch,
                lanes,
                packageName,
                present,
                backend,
                gradientFlow,
                trainingSteps,
                trainingBatch,
                unroll);
    }

    /** The same for classes of that backend. */
    public CompileOptions by(BackendKind other) {
        return new CompileOptions(
                programs,
                steps,
                batch,
                lanes,
                packageName,
                lengths,
                other,
                gradientFlow,
                trainingSteps,
                trainingBatch,
                unroll);
    }

    /** The same with or without gradient flow. */
    public CompileOptions withGradientFlow(boolean shown) {
        return new CompileOptions(
                programs,
                steps,
                batch,
                lanes,
                packageName,
                lengths,
                backend,
                shown,
                trainingSteps,
                trainingBatch,
                unroll);
    }

    /** The same with a training program for parts of windows and batches, and an evaluation program for those of batches. */
    public CompileOptions training(int pieceSteps, int shardRows) {
        return new CompileOptions(
                programs,
                steps,
                batch,
                lanes,
                packageName,
                lengths,
                backend,
                gradientFlow,
                pieceSteps,
                shardRows,
                unroll);
    }

    /** The same with loops over time unrolled so, or as the model says. */
    public CompileOptions unrolled(Optional<Unroll> setting) {
        return new CompileOptions(
                programs,
                steps,
                batch,
                lanes,
                packageName,
                lengths,
                backend,
                gradientFlow,
                trainingSteps,
                trainingBatch,
                setting);
    }

    /** The same with loops over time unrolled so. */
    public CompileOptions unrolled(Unroll setting) {
        return unrolled(Optional.of(setting));
    }
}
