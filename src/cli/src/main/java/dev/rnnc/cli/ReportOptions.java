package dev.rnnc.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What a training leaves behind apart from its weights. */
final class ReportOptions {
    @Option(
            names = "--report",
            description =
                    "Write report.html to the run folder: curves of losses and metrics, gradient flow if asked for, what the"
                            + " best weights answer on the validation data, the model's picture and the surroundings of"
                            + " the run, in one file that needs no other.")
    private boolean report;

    @Option(
            names = "--gradient-flow",
            description =
                    "Record the norm of dL/dh(t) by time step and layer, and dead and saturated units, in every epoch:"
                            + " gradient-flow.jsonl and gradient-flow.svg in the run folder. Costs some time.")
    private boolean gradientFlow;

    @Option(
            names = "--tensorboard",
            paramLabel = "DIR",
            description = "Write event files for TensorBoard to this folder, which may hold those of other runs.")
    private Path tensorboard;

    boolean report() {
        return report;
    }

    boolean gradientFlow() {
        return gradientFlow;
    }

    /** The folder for event files, or null. */
    Path tensorboard() {
        return tensorboard;
    }
}
