package dev.rnnc.runtime.train;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Percentage;
import jdk.jfr.StackTrace;

/**
 * Tells the JDK's flight recorder of a training: an event {@code dev.rnnc.Step} for each step and {@code dev.rnnc.Epoch}
 * for each epoch. Where nothing records they cost next to nothing.
 */
public final class FlightRecorder implements TrainingListener {
    private long last = System.nanoTime();

    /** One step of training. */
    @Name("dev.rnnc.Step")
    @Label("Training step")
    @Category("rnnc")
    @Description("A forward and a backward pass and an update of the parameters")
    @StackTrace(false)
    static final class Step extends Event {
        @Label("Epoch")
        int epoch;

        @Label("Step of the epoch")
        int step;

        @Label("Loss")
        double loss;

        @Label("Gradient norm")
        @Description("Global L2 norm before clipping")
        double gradientNorm;

        @Label("Targets per second")
        @Description("Since the step before")
        double elementsPerSecond;
    }

    /** One epoch of training, with its validation. */
    @Name("dev.rnnc.Epoch")
    @Label("Training epoch")
    @Category("rnnc")
    @StackTrace(false)
    static final class Epoch extends Event {
        @Label("Epoch")
        int epoch;

        @Label("Training loss")
        double trainingLoss;

        @Label("Validation loss")
        double validationLoss;

        @Label("Mean gradient norm")
        double gradientNorm;

        @Label("Clip rate")
        @Description("Share of steps whose gradients were clipped")
        @Percentage
        double clipRate;

        @Label("Targets per second")
        double elementsPerSecond;
    }

    @Override
    public void stepEnded(StepResult result) {
        long now = System.nanoTime();
        Step event = new Step();
        if (event.shouldCommit()) {
            event.epoch = result.epoch();
            event.step = result.step();
            event.loss = result.loss();
            event.gradientNorm = result.gradientNorm();
            event.elementsPerSecond = result.elements() / Math.max(1e-9, (now - last) * 1e-9);
            event.commit();
        }
        last = now;
    }

    @Override
    public void epochEnded(EpochResult result) {
        Epoch event = new Epoch();
        if (event.shouldCommit()) {
            event.epoch = result.epoch();
            event.trainingLoss = result.trainLoss();
            event.validationLoss = result.validationLoss();
            event.gradientNorm = result.gradientNorm();
            event.clipRate = result.clipRate();
            event.elementsPerSecond = result.elementsPerSecond();
            event.commit();
        }
        last = System.nanoTime();
    }
}
