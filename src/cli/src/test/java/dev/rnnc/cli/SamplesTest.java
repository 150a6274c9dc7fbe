package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.project.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in {@code samples/} is as its papers say. */
class SamplesTest extends CommandLineTest {
    private static final Path SAMPLES = ProjectFolder.ROOT.resolve("samples");

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    static List<Path> models() throws IOException {
        try (Stream<Path> files = Files.walk(SAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".rnn"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyModelChecksWithoutErrors(Path model) {
        assertThat(rnnc("check", model).succeeds().err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-to-one", "one-to-many", "many-to-one", "many-to-many", "encoder-decoder"})
    void everyTopologyTrainsOnItsDataAndHasItsPicture(String name) {
        Path folder = SAMPLES.resolve("topologies");
        Path model = folder.resolve(name + ".rnn");
        Path run = this.folder.resolve("run");

        rnnc("train", model, "--data", folder.resolve(name + ".safetensors"), "--epochs", 1, "--out", run)
                .succeeds();

        assertThat(rnnc(
                                "eval",
                                model,
                                "--weights",
                                run.resolve("weights.safetensors"),
                                "--data",
                                folder.resolve(name + "-test.safetensors"))
                        .succeeds()
                        .out())
                .contains("accuracy ", "(250 examples)");
        assertThat(rnnc("explain", model, "--graph").succeeds().out()).isEqualTo(read(folder.resolve(name + ".svg")));
    }

    @Test
    void oneToOneLearnsWhatItsReadmeSays() {
        Path folder = SAMPLES.resolve("topologies");
        Path model = folder.resolve("one-to-one.rnn");
        Path run = this.folder.resolve("run");

        rnnc("train", model, "--data", folder.resolve("one-to-one.safetensors"), "--out", run)
                .succeeds();

        assertThat(rnnc(
                                "eval",
                                model,
                                "--weights",
                                run.resolve("weights.safetensors"),
                                "--data",
                                folder.resolve("one-to-one-test.safetensors"))
                        .succeeds()
                        .out())
                .contains("accuracy 100.00 %");
    }

    @ParameterizedTest
    @CsvSource({"adding-problem, adding-150, 150 200", "temporal-order, order, 200"})
    void everyTaskWithALongLagMakesItsDataAndTrains(String name, String data, String sizes) throws Exception {
        Path sample = SAMPLES.resolve(name);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                sample.resolve("MakeData.java").toString()));
        command.addAll(List.of(sizes.split(" ")));
        command.add(folder.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        Path model = sample.resolve("gru.rnn");
        Path run = folder.resolve("run");

        rnnc("train", model, "--data", folder.resolve(data + ".safetensors"), "--epochs", 1, "--out", run)
                .succeeds();

        Path test = folder.resolve(data + "-test.safetensors");
        assertThat(rnnc("eval", model, "--weights", run.resolve("weights.safetensors"), "--data", test)
                        .succeeds()
                        .out())
                .contains("loss ");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }
}
