package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Archives as Keras 3 saves whole models, sound and not. */
class KerasArchiveTest extends CommandLineTest {
    private static final String CONFIGURATION = """
            {"class_name": "Sequential", "config": {"name": "s", "layers": [
              {"class_name": "Dense", "config": {"name": "y", "units": 2, "activation": "%s"}}]}}
            """;

    private Path model;
    private Path weights;
    private Path out;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @BeforeEach
    void writeModelAndWeights() throws IOException {
        model = file("dense.rnn", "model Dense { input x : real[3] output y = tanh(dense(x, 2)) }");
        out = folder.resolve("out.safetensors");
        weights = folder.resolve("model.weights.h5");
        try (WritableHdfFile hdf = HdfFile.write(weights)) {
            var variables = hdf.putGroup("layers").putGroup("dense").putGroup("vars");
            variables.putDataset("0", new float[3][2]);
            variables.putDataset("1", new float[2]);
        }
    }

    @Test
    void anArchiveIsReadWithItsConfiguration() throws IOException {
        String map = rnnc("import", model, "--weights", archive(CONFIGURATION.formatted("tanh")), "--out", out)
                .succeeds()
                .out();

        assertThat(map).contains("y.weight = layers/dense/vars/0 | transpose", "y.bias = layers/dense/vars/1");
        refused(archive(CONFIGURATION.formatted("relu")), "layer 'y' (Dense) has activation = relu", "applies tanh");
    }

    @Test
    void whatUnpacksToMoreThanItCanHoldIsRefusedByItsSize() throws IOException {
        refused(archive(" ".repeat(5_000_000)), "whole.keras", "config.json unpacks to 5,000,000 bytes");

        try (OutputStream zeros = Files.newOutputStream(weights, StandardOpenOption.APPEND)) {
            byte[] some = new byte[1 << 20];
            for (int i = 0; i < 70; i++) {
                zeros.write(some);
            }
        }
        refused(archive(CONFIGURATION.formatted("tanh")), "model.weights.h5 unpacks to more than 67,108,864 bytes");
    }

    @Test
    void whatIsNoArchiveOfKerasIsSaidToBeNone() throws IOException {
        byte[] whole = Files.readAllBytes(archive(CONFIGURATION.formatted("tanh")));
        Path cut = folder.resolve("cut.keras");
        Files.write(cut, Arrays.copyOf(whole, whole.length * 2 / 3));
        refused(cut, "cut.keras' is a zip archive", "damaged or truncated");

        refused(archive("{"), "whole.keras', config.json: ");
        refused(archive("[1]"), "config.json: it names no class of a model");

        Path torch = folder.resolve("model.pt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(torch))) {
            zip.putNextEntry(new ZipEntry("model/data.pkl"));
        }
        refused(torch, "model.pt' is a zip archive, as PyTorch's .pt and .pth are", "save_file");
        refused(file("lfs.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "git lfs pull");
    }

    private void refused(Path file, String... words) {
        rnnc("import", model, "--weights", file, "--out", folder.resolve("no.safetensors"))
                .fails(ExitCode.FAILED, words);
        assertThat(folder.resolve("no.safetensors")).doesNotExist();
    }

    private Path archive(String configuration) throws IOException {
        Path archive = folder.resolve("whole.keras");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            zip.putNextEntry(new ZipEntry("metadata.json"));
            zip.write("{\"keras_version\": \"3.15.1\"}".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("config.json"));
            zip.write(configuration.getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("model.weights.h5"));
            Files.copy(weights, zip);
        }
        return archive;
    }
}
