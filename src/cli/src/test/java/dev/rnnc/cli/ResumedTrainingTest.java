package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResumedTrainingTest extends CommandLineTest {
    private static final int EPOCHS = 8;

    /**
     * Trains in a JVM of its own, as the command does, and stands still when it has told a line that begins with the first
     * argument.
     */
    static final class Held {
        private Held() {}

        public static void main(String[] arguments) {
            PrintWriter out = new PrintWriter(System.out, true) {
                @Override
                public void println(String line) {
                    super.println(line);
                    if (line.startsWith(arguments[0])) {
                        waitToBeKilled();
                    }
                }
            };
            PrintWriter err = new PrintWriter(System.err, true);
            Surroundings surroundings = new Surroundings(Map.of(), Path.of(""), null, Clock.systemDefaultZone(), false);
            String[] command = Arrays.copyOfRange(arguments, 1, arguments.length);
            System.exit(Main.run(surroundings, new FakeBackend(), out, err, command));
        }

        /** Returns only where whoever shall kill it is gone. */
        private static void waitToBeKilled() {
            try {
                System.in.read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Path model;
    private Path text;
    private byte[] expected;

    @BeforeEach
    void writeModelAndText() throws IOException {
        model = file("m.rnn", "bigram 20 8 4 " + EPOCHS + " 0.5");
        text = file("m.txt", "the cat sat on the mat\n".repeat(40));
    }

    private void trainWithoutInterruption() throws IOException {
        rnnc("train", model, "--text", text, "--out", folder.resolve("whole")).succeeds();
        expected = weights("whole");
    }

    private byte[] weights(String run) throws IOException {
        return Files.readAllBytes(folder.resolve(run).resolve("weights.safetensors"));
    }

    private List<Path> files(String run) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(run))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Kills a training, as nothing it could hear of, when it has told of an epoch. */
    private void trainAndKillAfter(int epoch) throws Exception {
        Process training = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Held.class.getName(),
                        "epoch " + epoch + "/",
                        "train",
                        model.toString(),
                        "--text",
                        text.toString(),
                        "--checkpoint-every",
                        "5",
                        "--out",
                        folder.resolve("run").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = training.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.startsWith("epoch " + epoch + "/")) {
                line = out.readLine();
            }
            training.destroyForcibly();
        }
        assertThat(training.waitFor()).as("it was killed").isNotZero();
    }

    @Test
    void goesOnWhereItWasKilledAndEndsWithTheSameBits() throws Exception {
        trainWithoutInterruption();
        trainAndKillAfter(2);
        for (Path file : files("run")) {
            Path copy = folder.resolve("damaged").resolve(folder.resolve("run").relativize(file));
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }

        Outcome resumed = rnnc("train", "--resume", folder.resolve("run")).succeeds();

        assertThat(resumed.out()).contains("going on from ", "epoch " + EPOCHS + "/" + EPOCHS);
        assertThat(weights("run")).isEqualTo(expected);
        List<String> log = Files.readAllLines(folder.resolve("run/log.jsonl"));
        assertThat(log).hasSize(EPOCHS);
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            assertThat(log.get(epoch - 1)).startsWith("{\"epoch\":" + epoch + ",");
        }
        takesTheCheckpointBeforeADamagedOne();
    }

    private void takesTheCheckpointBeforeADamagedOne() throws IOException {
        Path last = files("damaged/checkpoints").stream()
                .filter(file -> file.toString().endsWith(".safetensors"))
                .toList()
                .getLast();
        Files.write(last, new byte[] {1, 2, 3});

        Outcome resumed = rnnc("train", "--resume", folder.resolve("damaged"));

        assertThat(resumed.code()).isEqualTo(ExitCode.OK);
        assertThat(resumed.err()).contains("warning: checkpoint " + last + " is damaged", "taking the one before");
        assertThat(weights("damaged")).isEqualTo(expected);
    }

    @Test
    void trainsForMoreEpochsThanBefore() throws IOException {
        trainWithoutInterruption();
        rnnc("train", model, "--text", text, "--epochs", EPOCHS - 5, "--out", folder.resolve("run"))
                .succeeds();

        rnnc("train", "--resume", folder.resolve("run"), "--epochs", EPOCHS).succeeds();

        assertThat(weights("run")).isEqualTo(expected);
    }

    @Test
    void refusesWhatIsNotTheSameTraining() throws IOException {
        trainWithoutInterruption();
        Path other = file("other.txt", "the dog sat on the mat\n".repeat(40));
        Path run = folder.resolve("whole");

        rnnc("train", model, "--text", other, "--resume", run).fails(ExitCode.FAILED, "is of other data");
        rnnc("train", "--resume", run, "--batch", 2).fails(ExitCode.FAILED, "batch was 4 and is 2");
        rnnc("train", "--resume", folder.resolve("none")).fails(ExitCode.FAILED, "is no run folder");
        rnnc("train", model, "--text", text, "--resume", folder.resolve("none"))
                .fails(ExitCode.FAILED, "does not exist");
        rnnc("train").fails(ExitCode.USAGE, "name a model file");
        assertThat(weights("whole")).isEqualTo(expected);
    }

    @Test
    void refusesLoopOptionsOutOfRange() {
        rnnc("train", model, "--text", text, "--truncate", "0").fails(ExitCode.USAGE, "--truncate 0");
        rnnc("train", model, "--text", text, "--truncate", "1,2,3").fails(ExitCode.USAGE, "not 3 numbers");
        rnnc("train", model, "--text", text, "--l1", "-1").fails(ExitCode.USAGE, "--l1 -1");
        rnnc("train", model, "--text", text, "--on-nan", "hope").fails(ExitCode.USAGE, "--on-nan");
        rnnc("train", model, "--text", text, "--batch", "7", "--threads", "2")
                .fails(ExitCode.USAGE, "a batch of 7 rows cannot be shared");
        rnnc("train", model, "--text", text, "--checkpoint-every", "0").fails(ExitCode.USAGE, "--checkpoint-every 0");
    }

    @Test
    void threadsChangeNoBit() throws IOException {
        for (int threads : new int[] {1, 2, 4}) {
            rnnc(
                            "train",
                            model,
                            "--text",
                            text,
                            "--threads",
                            threads,
                            "--epochs",
                            2,
                            "--out",
                            folder.resolve("t" + threads))
                    .succeeds();
        }
        assertThat(weights("t2")).isEqualTo(weights("t1"));
        assertThat(weights("t4")).isEqualTo(weights("t1"));
    }
}
