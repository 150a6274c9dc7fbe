package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;

/** What the JDK's flight recorder hears of a training. */
class FlightRecorderTest {
    @Test
    void hearsOfEveryStepAndEpoch() {
        ConcurrentLinkedQueue<RecordedEvent> heard = new ConcurrentLinkedQueue<>();
        try (RecordingStream stream = new RecordingStream()) {
            stream.setReuse(false);
            stream.enable("dev.rnnc.Step");
            stream.enable("dev.rnnc.Epoch");
            stream.onEvent("dev.rnnc.Step", heard::add);
            stream.onEvent("dev.rnnc.Epoch", heard::add);
            stream.startAsync();
            TrainingListener recorder = TrainingListeners.of(List.of(new FlightRecorder()));
            recorder.stepEnded(new StepResult(3, 4, 1, 2, 0.5, 2.5, 640));
            recorder.stepEnded(new StepResult(3, 4, 2, 2, 0.25, 1.5, 640));
            recorder.epochEnded(new EpochResult(3, 0.375, 0.4, 0.5, 2, 1, 1000));
            stream.stop();
        }
        assertThat(heard)
                .extracting(event -> event.getEventType().getName())
                .containsExactly("dev.rnnc.Step", "dev.rnnc.Step", "dev.rnnc.Epoch");
        RecordedEvent step = heard.remove();
        assertThat(step.getInt("epoch")).isEqualTo(3);
        assertThat(step.getInt("step")).isEqualTo(1);
        assertThat(step.getDouble("loss")).isEqualTo(0.5);
        assertThat(step.getDouble("gradientNorm")).isEqualTo(2.5);
        assertThat(step.getDouble("elementsPerSecond")).isPositive();
        heard.remove();
        RecordedEvent epoch = heard.remove();
        assertThat(epoch.getDouble("trainingLoss")).isEqualTo(0.375);
        assertThat(epoch.getDouble("validationLoss")).isEqualTo(0.4);
        assertThat(epoch.getDouble("clipRate")).isEqualTo(0.5);
        assertThat(epoch.getDouble("elementsPerSecond")).isEqualTo(1000);
    }
}
