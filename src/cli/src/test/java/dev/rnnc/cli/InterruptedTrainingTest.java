package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.SafeTensors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptedTrainingTest {
    @TempDir
    Path folder;

    /** Trains in a JVM of its own, as the command does, and draws its progress. */
    static final class Training {
        private Training() {}

        public static void main(String[] arguments) {
            PrintWriter out = new PrintWriter(System.out, true);
            PrintWriter err = new PrintWriter(System.err, true);
            Surroundings surroundings = new Surroundings(Map.of(), Path.of(""), null, Clock.systemDefaultZone(), true);
            System.exit(Main.run(surroundings, new FakeBackend(), out, err, arguments));
        }
    }

    @Test
    void keepsTheBestAndTheLastWeightsWhenItIsEnded() throws Exception {
        Process training = train("bigram 20 8 4 1000000 0.01", "the cat sat on the mat\n".repeat(40));
        try (BufferedReader out = training.inputReader()) {
            readUntil(out, line -> line.matches("epoch 2/.* training .*"));
            // Unlike Process.destroy this leaves the streams open, so that the last words are heard.
            training.toHandle().destroy();
            assertThat(out.lines()).anyMatch(text -> text.startsWith("stopped; the weights of the last step are in"));
        }

        training.waitFor();
        assertThat(SafeTensors.read(folder.resolve("run/weights.safetensors")).tensors())
                .containsKey("table.weight");
        assertThat(SafeTensors.read(folder.resolve("run/last.safetensors")).tensors())
                .containsKey("table.weight");
        assertThat(folder.resolve("run/vocabulary.json")).exists();
        assertThat(Files.readAllLines(folder.resolve("run/log.jsonl"))).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void keepsTheWeightsOfAnEpochThatWasNotComplete() throws Exception {
        // With half a million parameters an epoch of this text takes many minutes.
        Process training = train("bigram 700 1 1 1 0.01", "the cat sat on the mat\n".repeat(100_000));
        try (BufferedReader out = training.inputReader()) {
            readUntil(out, line -> line.matches("epoch 1/1 .*step [1-9].*"));
            training.toHandle().destroy();
            assertThat(out.lines()).anyMatch(text -> text.contains("weights.safetensors"));
        }

        training.waitFor();
        assertThat(SafeTensors.read(folder.resolve("run/weights.safetensors")).metadata())
                .containsEntry("epoch", "1");
    }

    /** Reads up to a line of what a training tells and draws; each redrawing of its progress is a line. */
    private static void readUntil(BufferedReader out, Predicate<String> wanted) throws IOException {
        List<String> before = new ArrayList<>();
        String line = out.readLine();
        while (line != null && !wanted.test(line)) {
            before.add(line);
            line = out.readLine();
        }
        assertThat(line)
                .as("ended before, having told:\n" + String.join("\n", before))
                .isNotNull();
    }

    private Process train(String model, String text) throws IOException {
        Path file = Files.writeString(folder.resolve("m.rnn"), model);
        Path data = Files.writeString(folder.resolve("m.txt"), text);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Training.class.getName(),
                        "train",
                        file.toString(),
                        "--text",
                        data.toString(),
                        "--out",
                        folder.resolve("run").toString())
                .redirectErrorStream(true)
                .start();
    }
}
