package dev.rnnc.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressState;

/**
 * The line that is redrawn while an epoch runs: epoch, step, loss, speed and the time left of the whole
 * training. It wipes itself out when closed, so that a log of epochs stays.
 */
final class ProgressLine implements AutoCloseable {
    private static final int WIDTH = 79;
    private static final int REDRAW_MILLISECONDS = 200;

    private final PrintWriter terminal;
    private final int epoch;
    private final int epochs;
    private final int stepsPerEpoch;
    private final long elementsPerStep;
    private final String rateUnit;
    private final ProgressBar bar;
    private volatile double loss = Double.NaN;

    /**
     * Starts the line of one epoch.
     *
     * @param epoch counted from 1
     * @param elementsPerStep what a step counts towards the speed
     * @param rateUnit the unit of the speed
     */
    ProgressLine(
            PrintWriter terminal, int epoch, int epochs, int stepsPerEpoch, long elementsPerStep, String rateUnit) {
        this.terminal = terminal;
        this.epoch = epoch;
        this.epochs = epochs;
        this.stepsPerEpoch = stepsPerEpoch;
        this.elementsPerStep = elementsPerStep;
        this.rateUnit = rateUnit;
        this.bar = new ProgressBarBuilder()
                .setInitialMax(stepsPerEpoch)
                .setUpdateIntervalMillis(REDRAW_MILLISECONDS)
                .setConsumer(new RedrawnLine(terminal))
                .setRenderer(this::render)
                .build();
    }

    /** Tells that {@code step} steps of the epoch are done, the last with {@code loss}. */
    void update(int step, double loss) {
        this.loss = loss;
        bar.stepTo(step);
    }

    @Override
    public void close() {
        bar.close();
        terminal.print("\r" + " ".repeat(WIDTH) + "\r");
        terminal.flush();
    }

    private String render(ProgressState state, int width) {
        return line(state.getCurrent(), state.getElapsedAfterStart(), width);
    }

    /** The text after {@code step} steps that took {@code elapsed}. */
    String line(long step, Duration elapsed, int width) {
        double seconds = elapsed.toNanos() * 1e-9;
        double rate = seconds > 0 ? step / seconds : 0;
        long stepsLeft = (long) (epochs - epoch + 1) * stepsPerEpoch - step;
        String left = step == 0 ? "" : "  " + Numbers.clock(stepsLeft / rate) + " left";
        String current = Double.isNaN(loss) ? "" : "  loss " + Numbers.loss(loss);
        String speed = step == 0 ? "" : "  " + Numbers.grouped(Math.round(rate * elementsPerStep)) + " " + rateUnit;
        String head = String.format(Locale.ROOT, "epoch %d/%d ", epoch, epochs);
        String tail = " step " + step + "/" + stepsPerEpoch + current + speed + left;
        int room = Math.min(24, width - head.length() - tail.length() - 2);
        return room < 4 ? head + tail : head + gauge(step, room) + tail;
    }

    private String gauge(long step, int room) {
        int filled = (int) (room * step / Math.max(1, stepsPerEpoch));
        return "[" + "#".repeat(filled) + ".".repeat(room - filled) + "]";
    }

    /** Draws over one line of a terminal. */
    private record RedrawnLine(PrintWriter terminal) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String text) {
            String visible = text.length() > WIDTH ? text.substring(0, WIDTH) : text;
            terminal.print("\r" + visible + " ".repeat(WIDTH - visible.length()));
            terminal.flush();
        }

        @Override
        public void close() {
            terminal.flush();
        }
    }
}
