package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.DType;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that would not fit into the heap. */
class LargeDataTest {
    private static final int ROWS = 1_500_000;

    @TempDir
    Path folder;

    /** What the child process runs. */
    static final class Training {
        private Training() {}

        public static void main(String[] arguments) {
            Surroundings surroundings = new Surroundings(Map.of(), Path.of("."), null, Clock.systemUTC(), false);
            PrintWriter out = new PrintWriter(System.out, true);
            PrintWriter err = new PrintWriter(System.err, true);
            System.exit(Main.run(surroundings, new CompilerBackend(), out, err, arguments));
        }
    }

    @Test
    void areReadWithASmallHeapAndLeaveNothingBehind() throws Exception {
        Path csv = folder.resolve("large.csv");
        try (BufferedWriter writer = Files.newBufferedWriter(csv)) {
            writer.write("a,b,c,d\n");
            for (int i = 0; i < ROWS; i++) {
                writer.write(i % 7 + ",1,2,3\n");
            }
        }
        Path model = Files.writeString(folder.resolve("m.rnn"), """
                model Large {
                  input  x : real[4] sequence
                  target y : real[1]
                  output z = dense(last(rnn(x, 2)), 1)
                  loss mse(z, y)
                  train { steps 2 batch 16 optimizer sgd(0.01) epochs 1 }
                }
                """);
        Path cache = Files.createDirectory(folder.resolve("cache"));

        // 1.5 million rows of four numbers are 48 MB.
        Process training = start(
                "train",
                model,
                "--csv",
                csv,
                "--input",
                "x=a..d",
                "--target",
                "a",
                "--stride",
                1000,
                "--normalize",
                "standard",
                "--cache",
                cache,
                "--out",
                folder.resolve("run"));
        String out = new String(training.getInputStream().readAllBytes());

        assertThat(out).contains("1,350 examples of 2 steps for training", "best validation loss");
        assertThat(training.waitFor()).isZero();
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void tensorsAreReadFromTheFileBatchByBatch() throws Exception {
        // A sequence of 3 steps of 500 numbers for each of 16,000 examples are 96 MB.
        int steps = 3;
        int examples = 16_000;
        int features = 500;
        Path data = folder.resolve("large.safetensors");
        Path numbers = folder.resolve("numbers");
        try (FileChannel channel = FileChannel.open(
                numbers, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            List<Integer> shape = List.of(steps, examples, features);
            MemorySegment x = channel.map(
                    FileChannel.MapMode.READ_WRITE,
                    0,
                    (long) steps * examples * features * Float.BYTES,
                    Arena.ofAuto());
            int[] lengths = new int[examples];
            Arrays.setAll(lengths, i -> 1 + i % steps);
            SafeTensors.write(
                    data,
                    Map.of(
                            "x",
                            new Tensor(DType.F32, shape, x),
                            "x.lengths",
                            Tensor.ofInts(List.of(examples), lengths),
                            "y",
                            Tensor.ofFloats(List.of(examples, 1), new float[examples])),
                    Map.of());
        }
        Path model = Files.writeString(folder.resolve("m.rnn"), """
                model Large {
                  input  x : real[500] sequence
                  target y : real[1]
                  output z = dense(last(rnn(x, 2)), 1)
                  loss mse(z, y)
                  train { steps 3 batch 500 optimizer sgd(0.01) epochs 1 }
                }
                """);

        Process training = start("train", model, "--data", data, "--out", folder.resolve("run"));
        String out = new String(training.getInputStream().readAllBytes());

        assertThat(out).contains("14,400 examples of up to 3 steps for training", "best validation loss");
        assertThat(training.waitFor()).isZero();
    }

    private static Process start(Object... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx40m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Training.class.getName());
        for (Object argument : arguments) {
            builder.command().add(argument.toString());
        }
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
