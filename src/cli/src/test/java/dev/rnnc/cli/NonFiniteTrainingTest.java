package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where training meets NaN or infinity, the message names the place. */
class NonFiniteTrainingTest extends CommandLineTest {
    private static final int STEPS = 6;
    private static final int ROWS = 8;

    private static final String MODEL = """
            cell growing(x[X]) -> h[X] {
              state h[X]
              param weight[X, X] ~ uniform(1/sqrt(X))
              gate = exp(h * 30)
              h' = 0.001 * gate + x + 0.001 * (weight @ x)
            }
            model Growing {
              input  x : real[2] sequence
              target wanted : real[2] sequence
              layer  first = gru(x, 2)
              layer  second = growing(x)
              output y = first + second
              loss mse(y, wanted)
              train { steps 6 batch 4 optimizer sgd(rate: 0.1) epochs 1 stateful }
            }
            """;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    private Path data(float fill, int index, float value) throws IOException {
        float[] x = new float[STEPS * ROWS * 2];
        Arrays.fill(x, fill);
        if (index >= 0) {
            x[index] = value;
        }
        float[] wanted = new float[x.length];
        Path file = folder.resolve("data.safetensors");
        SafeTensors.write(
                file,
                Map.of(
                        "x", Tensor.ofFloats(List.of(STEPS, ROWS, 2), x),
                        "wanted", Tensor.ofFloats(List.of(STEPS, ROWS, 2), wanted)),
                Map.of());
        return file;
    }

    @Test
    void namesLayerGateTimeStepAndRow() throws IOException {
        // All of x is 0 but one value of 4, so that only there h * 30 is 120 a step later: exp of it is beyond a float.
        rnnc("train", file("m.rnn", MODEL), "--data", data(0, (2 * ROWS + 1) * 2, 4))
                .fails(
                        ExitCode.FAILED,
                        "training stopped: epoch 1, step 1 (window 1 of the data)",
                        "first came Infinity in layer second in gate of 'gate = exp(h * 30)' in line 4, time step 4,"
                                + " row 2 of the batch");
    }

    @Test
    void namesTheDataThatAreNotFinite() throws IOException {
        Path model = file("m.rnn", MODEL.replace("exp(h * 30)", "tanh(h)"));

        rnnc("train", model, "--data", data(0, (3 * ROWS + 2) * 2 + 1, Float.NaN))
                .fails(ExitCode.FAILED, "first came NaN in the data of 'x', time step 4, row 3 of the batch");
    }

    @Test
    void goesOnWhereAsked() throws IOException {
        Path model = file("m.rnn", MODEL.replace("exp(h * 30)", "tanh(h)").replace("batch 4", "batch 2"));
        Path data = data(0, (3 * ROWS + 2) * 2 + 1, Float.NaN);

        for (String policy : List.of("skip", "rollback")) {
            Outcome outcome = rnnc("train", model, "--data", data, "--on-nan", policy, "--out", folder.resolve(policy));
            assertThat(outcome.code()).isEqualTo(ExitCode.OK);
            assertThat(outcome.err())
                    .contains("warning: epoch 1, step", "going on without that step, at learning rate");
        }
    }
}
