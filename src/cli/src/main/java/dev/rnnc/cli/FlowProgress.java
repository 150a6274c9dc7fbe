package dev.rnnc.cli;

import dev.rnnc.runtime.train.StepResult;
import java.io.PrintWriter;
import java.util.function.Consumer;

/** Shows how a short training gets on: a line on a terminal, redrawn, or nothing. */
final class FlowProgress implements Consumer<StepResult>, AutoCloseable {
    private final PrintWriter terminal;
    private final String name;
    private final int updates;
    private ProgressLine line;
    private int made;

    /**
     * @param terminal where to draw, or null
     * @param name the model's
     * @param updates updates of the training, or {@link Integer#MAX_VALUE} where its epochs end it
     */
    FlowProgress(PrintWriter terminal, String name, int updates) {
        this.terminal = terminal;
        this.name = name;
        this.updates = updates;
    }

    @Override
    public void accept(StepResult step) {
        made++;
        if (terminal == null) {
            return;
        }
        if (line == null) {
            long all = Math.min(updates, (long) step.steps() * step.epochs());
            terminal.println(name);
            line = new ProgressLine(
                    terminal, 1, 1, (int) Math.min(all, Integer.MAX_VALUE), step.elements(), "targets/s");
        }
        line.update(made, step.loss());
    }

    @Override
    public void close() {
        if (line != null) {
            line.close();
        }
    }
}
