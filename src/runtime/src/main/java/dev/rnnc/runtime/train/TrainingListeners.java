package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Program;
import java.util.List;
import java.util.Map;

/** Several listeners that all hear of a training, in order. */
public final class TrainingListeners implements TrainingListener {
    private final List<TrainingListener> all;

    private TrainingListeners(List<TrainingListener> all) {
        this.all = List.copyOf(all);
    }

    /** A listener that hands on to all of {@code listeners}. */
    public static TrainingListener of(List<? extends TrainingListener> listeners) {
        return new TrainingListeners(List.copyOf(listeners));
    }

    @Override
    public void gradientsReady(List<Program> programs, int epoch, int step) {
        all.forEach(listener -> listener.gradientsReady(programs, epoch, step));
    }

    @Override
    public void stepEnded(StepResult result) {
        all.forEach(listener -> listener.stepEnded(result));
    }

    @Override
    public void validated(Program program, int steps, int repeated) {
        all.forEach(listener -> listener.validated(program, steps, repeated));
    }

    @Override
    public void stepLost(String reason, double rate) {
        all.forEach(listener -> listener.stepLost(reason, rate));
    }

    @Override
    public void saveTo(Map<String, String> checkpoint) {
        all.forEach(listener -> listener.saveTo(checkpoint));
    }

    @Override
    public void resumeFrom(Map<String, String> checkpoint) {
        all.forEach(listener -> listener.resumeFrom(checkpoint));
    }

    @Override
    public void epochEnded(EpochResult result) {
        all.forEach(listener -> listener.epochEnded(result));
    }
}
