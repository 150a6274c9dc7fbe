package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code rnnc gradients}, and what {@code rnnc train} reports. */
class GradientsCommandTest extends CommandLineTest {
    private static final int STEPS = 24;
    private static final int EXAMPLES = 40;
    private static final String MODEL = """
            model %s {
              input  x : real[2] sequence
              target y : real[1]
              layer  h = %s(x, 6)
              output p = dense(last(h), 1)
              loss mse(p, y)
              train { steps 24  batch 8  optimizer adam(rate: 0.01)  clip norm 0.5  epochs 2  seed 3 }
            }
            """;

    private Path vanilla;
    private Path gated;
    private Path data;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @BeforeEach
    void writeModelsAndData() throws IOException {
        vanilla = file("vanilla.rnn", MODEL.formatted("Vanilla", "rnn"));
        gated = file("gated.rnn", MODEL.formatted("Gated", "lstm"));
        data = folder.resolve("data.safetensors");
        float[] x = new float[STEPS * EXAMPLES * 2];
        float[] y = new float[EXAMPLES];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.sin(37.0 * i * i);
            y[i / 2 % EXAMPLES] += x[i] / STEPS;
        }
        SafeTensors.write(
                data,
                Map.of(
                        "x", Tensor.ofFloats(List.of(STEPS, EXAMPLES, 2), x),
                        "y", Tensor.ofFloats(List.of(EXAMPLES, 1), y)),
                Map.of());
    }

    @Test
    void takesTheDataThatTrainingTakes() throws IOException {
        StringBuilder rows = new StringBuilder("a,b\n");
        for (int i = 0; i < 400; i++) {
            rows.append("%d,%d\n".formatted(i % 13, i % 7));
        }
        Path csv = file("rows.csv", rows.toString());

        assertThat(rnnc(
                                "gradients",
                                vanilla,
                                "--csv",
                                csv,
                                "--target",
                                "a",
                                "--features",
                                "a,b",
                                "--ahead",
                                1,
                                "--normalize",
                                "standard",
                                "--updates",
                                2,
                                "--out",
                                folder.resolve("rows"))
                        .succeeds()
                        .out())
                .contains("before training", "after training", "2 updates took the loss");
        rnnc("gradients", vanilla, "--csv", csv, "--data", data).fails(ExitCode.USAGE, "exclude one another");
        rnnc("gradients", vanilla, "--data", data, "--normalize", "standard")
                .fails(ExitCode.USAGE, "--normalize have no use with --data");
        rnnc("gradients", vanilla, "--csv", csv, "--target", "c").fails(ExitCode.FAILED, "has no column 'c'");
    }

    @Test
    void drawsSeveralModelsAndSaysWhatItSees() throws IOException {
        Path out = folder.resolve("flow");

        Outcome outcome = rnnc("gradients", vanilla, gated, "--data", data, "--updates", 3, "--out", out)
                .succeeds();

        assertThat(outcome.out())
                .contains("Vanilla (", "Gated (", "before training", "after training")
                .contains("Before training, h: vanishing. |dL/dh| goes from", "23 steps back")
                .contains("By the equations of h a step back multiplies the gradient by at most")
                .contains("h.c to itself past all matrices at most 1.000", "assumed: h.c within [-1, 1]")
                .contains("3 updates took the loss from", "% were clipped")
                .contains("try: Gates, which let gradients pass unchanged");
        assertThat(out.toFile().list())
                .containsExactlyInAnyOrder("gradients.png", "gradients.svg", "gradients.html", "gradients.json");
        assertThat(Files.readString(out.resolve("gradients.svg")))
                .contains("Gradient flow before training", "Vanilla h", "Gated h, bound", "<polyline");
        assertThat(Files.readString(out.resolve("gradients.html")))
                .contains("<h1>Gradient flow</h1>", "src=\"data:image/svg+xml;base64,", "vanishing")
                .doesNotContain("http");
        assertThat(Files.readString(out.resolve("gradients.json")))
                .contains("\"verdict\" : \"vanishing\"", "\"h.c\" : [", "\"clip_rate\"", "\"h.i.sigmoid\"");
    }

    @Test
    void measuresGivenWeightsWithoutTraining() throws IOException {
        Path run = folder.resolve("run");
        rnnc("train", vanilla, "--data", data, "--out", run).succeeds();
        Path weights = run.resolve("weights.safetensors");
        Path out = folder.resolve("flow");

        String json = rnnc("gradients", vanilla, "--weights", weights, "--data", data, "--json", "--out", out)
                .succeeds()
                .out();

        assertThat(json).contains("\"weights\" : \"with the given weights\"").doesNotContain("updates", "training\"");
        rnnc("gradients", gated, "--weights", weights, "--data", data).fails(ExitCode.FAILED, "h.weight_hh");
    }

    @Test
    void refusesWhatMakesNoSense() throws IOException {
        rnnc("gradients", vanilla, gated, "--weights", data, "--data", data)
                .fails(ExitCode.USAGE, "2 model files and 1 of --weights");
        rnnc("gradients", vanilla, "--weights", data, "--updates", 3).fails(ExitCode.USAGE, "leave out --updates");
        rnnc("gradients", vanilla, "--epochs", 1, "--updates", 3).fails(ExitCode.USAGE, "exclude one another");
        rnnc("gradients", vanilla, "--updates", 0, "--data", data).fails(ExitCode.USAGE, "--updates 0");
        rnnc("gradients", vanilla, "--data", folder.resolve("none")).fails(ExitCode.FAILED, "does not exist");
        Path plain = file("plain.rnn", "model Plain { input x : real[2]  output y = dense(x, 2) }");
        rnnc("gradients", plain, "--data", data).fails(ExitCode.FAILED, "no training settings");
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void saysThatWithoutRecurrenceNothingFlows() throws IOException {
        Path plain = file("plain.rnn", """
                model Plain {
                  input  x : real[2] sequence
                  target y : real[1]
                  output p = dense(tanh(dense(mean(x), 4)), 1)
                  loss mse(p, y)
                  train { steps 24 batch 8 optimizer sgd(rate: 0.1) epochs 1 }
                }
                """);
        assertThat(rnnc("gradients", plain, "--data", data, "--updates", 2)
                        .succeeds()
                        .out())
                .contains("There is no recurrent layer");
    }

    @Test
    void trainingLeavesAReportAndItsEvents() throws IOException {
        Path run = folder.resolve("run");
        Path events = folder.resolve("events");

        rnnc("train", gated, "--data", data, "--out", run, "--report", "--gradient-flow", "--tensorboard", events)
                .succeeds();

        assertThat(run.toFile().list()).contains("report.html", "gradient-flow.jsonl", "gradient-flow.svg");
        assertThat(Files.readAllLines(run.resolve("gradient-flow.jsonl")))
                .hasSize(2)
                .allMatch(line -> line.contains("\"h.h\":[") && line.contains("\"h.f.sigmoid\""));
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("Gated on ", "Best validation loss", "Gradient flow", "h.f.sigmoid", "model digest")
                .contains("rnnc train ", "--report", "unrolled over time", "</html>")
                .doesNotContain("http");
        var written = dev.rnnc.cli.report.EventFileTest.read(events);
        // 32 examples to train on are 4 steps, twice; a version before, an epoch after each.
        assertThat(written).hasSize(1 + 2 * (4 + 1));
        assertThat(written.get(1).scalars()).containsKeys("step/loss", "step/gradient_norm", "step/targets_per_second");
        assertThat(written.getLast().step()).isEqualTo(8);
        assertThat(written.getLast().scalars())
                .containsKeys("epoch/training_loss", "epoch/validation_loss", "gradient_flow/h.c/first_step");
    }

    @Test
    void aTrainingThatGoesOnHasTheGradientFlowOfOneThatNeverEnded() throws IOException {
        Path whole = folder.resolve("whole");
        Path run = folder.resolve("run");
        rnnc("train", gated, "--data", data, "--out", whole, "--gradient-flow", "--epochs", 3)
                .succeeds();
        // Two checkpoints, the one before the last within the second epoch.
        rnnc("train", gated, "--data", data, "--out", run, "--gradient-flow", "--checkpoint-every", 3)
                .succeeds();
        Files.delete(run.resolve("checkpoints/checkpoint-000004.safetensors"));
        Files.writeString(run.resolve("gradient-flow.jsonl"), "{\"epoch\":3,\"no", StandardOpenOption.APPEND);

        rnnc("train", "--resume", run, "--epochs", 3).succeeds();

        assertThat(run.resolve("gradient-flow.jsonl")).hasSameTextualContentAs(whole.resolve("gradient-flow.jsonl"));
        assertThat(run.resolve("gradient-flow.svg")).hasSameTextualContentAs(whole.resolve("gradient-flow.svg"));
    }

    @Test
    void picturesThatCannotBeWrittenAreAWarning() throws IOException {
        Path run = folder.resolve("run");
        rnnc("train", gated, "--data", data, "--out", run, "--gradient-flow").succeeds();
        for (String picture : List.of("losses.png", "gradient-flow.svg")) {
            Files.delete(run.resolve(picture));
            Files.createDirectories(run.resolve(picture));
        }

        Outcome resumed = rnnc("train", "--resume", run, "--epochs", 4).succeeds();

        assertThat(resumed.err()).containsOnlyOnce("no losses.png").containsOnlyOnce("no gradient-flow.svg");
        assertThat(Files.readAllLines(run.resolve("log.jsonl"))).hasSize(4);
    }

    @Test
    void aTrainingThatFailsLeavesItsReportToo() throws IOException {
        Path wild = file(
                "wild.rnn",
                MODEL.formatted("Wild", "rnn_relu").replace("adam(rate: 0.01)  clip norm 0.5", "sgd(rate: 1e30)"));
        Path run = folder.resolve("run");

        rnnc("train", wild, "--data", data, "--out", run, "--report").fails(ExitCode.FAILED, "training stopped");
        assertThat(Files.readString(run.resolve("report.html"))).contains("No epoch was complete");

        Path flow = folder.resolve("flow");
        assertThat(rnnc("gradients", wild, "--data", data, "--out", flow)
                        .succeeds()
                        .out())
                .contains("Training stopped: epoch 1, step");
    }

    @Test
    void doesNotClaimThatGradientsComeFromFarWhereEveryStepHasALoss() throws IOException {
        Path tagger = file("tagger.rnn", """
                model Tagger {
                  input  x : real[2] sequence
                  target x_next : real[2] sequence
                  layer  h = gru(x, 4)
                  output p = dense(h, 2)
                  loss mse(p, x_next)
                  train { steps 24 batch 8 optimizer sgd(rate: 0.1) epochs 1 }
                }
                """);
        Path both = folder.resolve("both.safetensors");
        Tensor x = Tensor.ofFloats(List.of(STEPS, EXAMPLES, 2), new float[STEPS * EXAMPLES * 2]);
        float[] ones = new float[STEPS * EXAMPLES * 2];
        Arrays.fill(ones, 1);
        SafeTensors.write(both, Map.of("x", x, "x_next", Tensor.ofFloats(List.of(STEPS, EXAMPLES, 2), ones)), Map.of());
        Path out = folder.resolve("flow");

        assertThat(rnnc("gradients", tagger, "--data", both, "--updates", 1, "--out", out)
                        .succeeds()
                        .out())
                .contains("Before training, h: level.", "The loss compares every time step")
                .doesNotContain("healthy");
        assertThat(Files.readString(out.resolve("gradients.svg"))).doesNotContain("bound");
    }
}
