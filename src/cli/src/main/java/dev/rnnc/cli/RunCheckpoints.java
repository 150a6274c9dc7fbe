package dev.rnnc.cli;

import dev.rnnc.runtime.train.Checkpoint;
import dev.rnnc.runtime.train.CheckpointException;
import dev.rnnc.runtime.train.Checkpoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/** The checkpoints of a run folder. */
final class RunCheckpoints {
    private static final String FOLDER = "checkpoints";

    private RunCheckpoints() {}

    static Checkpoints in(RunFolder folder, LoopOptions options) {
        return new Checkpoints(folder.resolve(FOLDER), options.checkpointEvery());
    }

    /**
     * The checkpoint to go on from.
     *
     * @throws CommandFailure if there is none that is whole
     */
    static Checkpoint latest(Checkpoints checkpoints, Path run, PrintWriter err) {
        try {
            return checkpoints
                    .latest(warning -> err.println("warning: " + warning))
                    .orElseThrow(() -> CommandFailure.job("run folder '" + run + "' has no checkpoint: its training"
                            + " ended before the first; start it anew, without --resume"));
        } catch (CheckpointException e) {
            throw CommandFailure.job(e.getMessage(), e);
        } catch (IOException e) {
            throw InputFile.failure("cannot read", run.resolve(FOLDER), e);
        }
    }
}
