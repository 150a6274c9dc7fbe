package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a run folder holds is enough to use what was learnt. */
class SelfContainedRunTest extends CommandLineTest {
    private static final String MODEL = """
            import "%s"
            model Own {
              input  x : real[2] sequence
              target y : real[1]
              output p = dense(last(leaky(x, 3)), 1)
              loss mse(p, y)
              train { steps 4  batch 2  optimizer sgd(rate: 0.01)  epochs 1 }
            }
            """;
    private static final String CELLS = """
            import "sub/constants.rnn"
            cell leaky(x[X]) -> h[H] {
              state h[H]
              param weight[H, X] ~ uniform(1/sqrt(X))
              h' = KEPT * h + tanh(weight @ x)
            }
            """;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Path data() throws IOException {
        Path data = folder.resolve("data.safetensors");
        float[] x = new float[4 * 8 * 2];
        float[] y = new float[8];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.sin(37.0 * i * i);
        }
        SafeTensors.write(
                data,
                Map.of("x", Tensor.ofFloats(List.of(4, 8, 2), x), "y", Tensor.ofFloats(List.of(8, 1), y)),
                Map.of());
        return data;
    }

    private static void delete(Path... files) throws IOException {
        for (Path file : files) {
            Files.delete(file);
        }
    }

    @Test
    void aModelAndItsImportsCanBeUsedFromTheRunFolderAlone() throws IOException {
        Path data = data();
        Path model = write("from/own.rnn", MODEL.formatted("cells/leaky.rnn"));
        Path cells = write("from/cells/leaky.rnn", CELLS);
        Path constants = write("from/cells/sub/constants.rnn", "const KEPT = 0.5\n");
        Path run = folder.resolve("run");
        rnnc("train", model, "--data", data, "--out", run).succeeds();
        delete(model, cells, constants);

        rnnc("eval", run.resolve("own.rnn"), "--weights", run.resolve("weights.safetensors"), "--data", data)
                .succeeds();
        assertThat(rnnc("train", "--resume", run, "--epochs", 2).succeeds().out())
                .contains("epoch 2/2");
    }

    @Test
    void importsFromAboveTheModelLieToItAsTheyDid() throws IOException {
        Path data = data();
        Path model = write("from/models/own.rnn", MODEL.formatted("../cells/leaky.rnn"));
        write("from/cells/leaky.rnn", CELLS);
        write("from/cells/sub/constants.rnn", "const KEPT = 0.5\n");
        Path run = folder.resolve("run");
        rnnc("train", model, "--data", data, "--out", run).succeeds();

        assertThat(run.resolve("cells/leaky.rnn")).hasContent(CELLS);
        rnnc("eval", run.resolve("models/own.rnn"), "--weights", run.resolve("weights.safetensors"), "--data", data)
                .succeeds();
    }
}
