package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.LinearModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ScheduleSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.weights.ChecksummedFile;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointsTest {
    private static final int STEPS = 2;
    private static final int BATCH = 4;

    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();
    private final LineData data = new LineData(1, 9, BATCH, STEPS);

    private static TrainSettings settings(int epochs, boolean stateful, LoopSettings loop) {
        OptimizerSpec adam = new OptimizerSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, false);
        return new TrainSettings(STEPS, BATCH, adam, new ClipSpec.Norm(1), epochs, 17, stateful, loop);
    }

    private static TrainSettings settings(int epochs) {
        return settings(epochs, false, LoopSettings.PLAIN);
    }

    /** A training that asks to be stopped after some steps, counted over all epochs; 0 for one that goes to its end. */
    private final class Training {
        final LinearModel model;
        final Parameters parameters;
        final Trainer trainer;
        private int steps;

        Training(TrainSettings settings, BatchSource source, int stopAfter) {
            model = new LinearModel(Precision.FLOAT, settings.pieceSteps(), settings.shardRows(), settings);
            parameters = new Parameters(model.spec());
            Initialization.fill(parameters, 17);
            TrainingListener listener = new TrainingListener() {
                @Override
                public void stepEnded(StepResult result) {
                    if (++steps == stopAfter) {
                        trainer.stop();
                    }
                }
            };
            trainer = new Trainer(model, parameters, settings, source, new LineData(2, 3, BATCH, STEPS), listener);
        }

        Training resume() throws IOException {
            trainer.resume(new Checkpoints(folder, 0).latest(warnings::add).orElseThrow());
            return this;
        }

        TrainingResult run() {
            return trainer.checkpoints(new Checkpoints(folder, 2)).run();
        }

        byte[] weights() {
            return parameters.data().toArray(ValueLayout.JAVA_BYTE);
        }

        byte[] best() {
            return trainer.best().data().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private Training training(TrainSettings settings, int stopAfter) {
        return new Training(settings, data, stopAfter);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    static Stream<TrainSettings> trainings() {
        ScheduleSpec plateau = new ScheduleSpec.Plateau(0.5, 0);
        return Stream.of(
                settings(2),
                settings(2, true, LoopSettings.PLAIN),
                settings(2, true, LoopSettings.PLAIN.truncated(1, 2)),
                settings(2, true, LoopSettings.PLAIN.accumulating(3).sparse(0.01)),
                settings(2, true, LoopSettings.PLAIN.threaded(2)),
                settings(2, false, LoopSettings.PLAIN.scheduled(List.of(new ScheduleSpec.Warmup(9), plateau))));
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void interruptedAnywhereItEndsWithTheSameBits(TrainSettings settings) throws IOException {
        Path own = folder;
        folder = own.resolve("whole");
        Training whole = training(settings, 0);
        TrainingResult expected = whole.trainer.run();
        for (int stop : new int[] {1, 7}) {
            folder = own.resolve("stopped-" + stop);
            assertThat(training(settings, stop).run().stopped()).isTrue();
            Training resumed = training(settings, 0).resume();
            TrainingResult result = resumed.run();
            assertThat(resumed.weights()).isEqualTo(whole.weights());
            assertThat(resumed.best()).isEqualTo(whole.best());
            assertThat(result.epochs())
                    .extracting(EpochResult::trainLoss, EpochResult::validationLoss, EpochResult::gradientNorm)
                    .isEqualTo(expected.epochs().stream()
                            .map(e -> tuple(e.trainLoss(), e.validationLoss(), e.gradientNorm()))
                            .toList());
        }
    }

    @Test
    void goesOnWithAnotherNumberOfThreadsToTheSameBits() throws IOException {
        Path own = folder;
        folder = own.resolve("one");
        Training one = training(settings(2, true, LoopSettings.PLAIN.threaded(1)), 0);
        one.run();
        folder = own.resolve("two-then-four");
        training(settings(2, true, LoopSettings.PLAIN.threaded(2)), 3).run();
        Training resumed =
                training(settings(2, true, LoopSettings.PLAIN.threaded(4)), 0).resume();
        resumed.run();
        assertThat(resumed.weights()).isEqualTo(one.weights());
        assertThat(resumed.best()).isEqualTo(one.best());
    }

    @Test
    void goesOnFromACheckpointWithinAnEpoch() throws IOException {
        training(settings(6), 0).run();
        Files.delete(files().getLast());
        Checkpoint within = new Checkpoints(folder, 0).latest(warnings::add).orElseThrow();
        assertThat(within.epoch()).isEqualTo(6);
        assertThat(within.step()).isEqualTo(4);
    }

    @Test
    void onlyTheLastTwoAreKept() throws IOException {
        training(settings(3), 0).run();
        assertThat(files())
                .extracting(path -> path.getFileName().toString())
                .containsExactly("checkpoint-000008.safetensors", "checkpoint-000009.safetensors");
    }

    @Test
    void aDamagedCheckpointGivesWayToTheOneBefore() throws IOException {
        Training whole = training(settings(3), 0);
        whole.run();
        byte[] bytes = Files.readAllBytes(files().getLast());
        bytes[bytes.length - 100] ^= 1;
        Files.write(files().getLast(), bytes);
        Training resumed = training(settings(3), 0).resume();
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("checkpoint-000009.safetensors is damaged", "checksum");
        resumed.run();
        assertThat(resumed.weights()).isEqualTo(whole.weights());
    }

    @Test
    void anyChangedBitIsSeenAndTheOneBeforeIsTaken() throws IOException {
        training(settings(3), 0).run();
        Path newest = files().getLast();
        String before = files().getFirst().toString();
        byte[] bytes = Files.readAllBytes(newest);
        int read = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= (byte) (1 << i % 8);
            Files.write(newest, changed);
            Checkpoint taken = new Checkpoints(folder, 0).latest(warnings::add).orElseThrow();
            assertThat(taken.name()).as("byte " + i).isEqualTo(before);
            assertThat(warnings).as("byte " + i).hasSize(++read);
        }
        assertThat(warnings).allMatch(w -> w.contains(newest.toString()) && w.endsWith("taking the one before"));
    }

    @Test
    void aDamagedOneNeverPushesAWholeOneOut() throws IOException {
        training(settings(3), 0).run();
        List<Path> two = files();
        byte[] bytes = Files.readAllBytes(two.getLast());
        bytes[40] ^= 1;
        Files.write(two.getLast(), bytes);
        Checkpoints checkpoints = new Checkpoints(folder, 0);
        checkpoints.write(checkpoints.latest(warnings::add).orElseThrow());
        assertThat(files()).containsExactly(two.getFirst(), folder.resolve("checkpoint-000010.safetensors"));
    }

    @Test
    void aCutCheckpointIsDamagedAndAllDamagedAreRefused() throws IOException {
        training(settings(3), 0).run();
        for (Path file : files()) {
            Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 700));
        }
        assertThatThrownBy(() -> new Checkpoints(folder, 0).latest(warnings::add))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no checkpoint in");
        assertThat(warnings).hasSize(2);
        assertThat(warnings.getLast()).endsWith("there is none before it");
        assertThat(new Checkpoints(folder.resolve("none"), 0).latest(warnings::add))
                .isEmpty();
    }

    @Test
    void aFullDiskLosesNothingOlder() throws IOException {
        training(settings(2), 0).run();
        List<Path> before = files();
        Checkpoints full = new Checkpoints(folder, 0, (file, tensors, metadata) -> {
            Path half = folder.resolve(".half.tmp");
            Files.write(half, new byte[100]);
            Files.delete(half);
            throw new FileSystemException(file.toString(), null, "No space left on device");
        });
        Training more = training(settings(4), 0).resume();
        assertThatThrownBy(() -> more.trainer.checkpoints(full).run())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cannot write checkpoint")
                .hasMessageContaining("No space left on device; the last one is " + before.getLast());
        assertThat(files()).isEqualTo(before);
        Training again = training(settings(4), 0).resume();
        again.run();
        folder = folder.resolve("other");
        Training whole = training(settings(4), 0);
        whole.run();
        assertThat(again.weights()).isEqualTo(whole.weights());
    }

    @Test
    void otherDataModelsOrSettingsAreRefused() throws IOException {
        training(settings(2), 0).run();
        Checkpoint checkpoint = new Checkpoints(folder, 0).latest(warnings::add).orElseThrow();
        Training other = new Training(settings(4), new LineData(3, 9, BATCH, STEPS), 0).resume();
        assertThatThrownBy(other::run).hasMessageContaining("is of other data");
        Training stateful = training(settings(4, true, LoopSettings.PLAIN), 0).resume();
        assertThatThrownBy(stateful::run).hasMessageContaining("stateful was false and is true");
        Training longer =
                training(settings(4, false, LoopSettings.PLAIN.patient(9)), 0).resume();
        assertThat(longer.run().epochs()).hasSize(4);
        Map<String, String> values = new HashMap<>(checkpoint.values());
        values.put("digest", "ff");
        ChecksummedFile.write(folder.resolve("checkpoint-999999.safetensors"), checkpoint.tensors(), values);
        Training changed = training(settings(4), 0).resume();
        assertThatThrownBy(changed::run).hasMessageContaining("is of another model: digest ff, and now 00");
    }
}
