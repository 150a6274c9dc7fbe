package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.project.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands over the compiler itself. */
class RealCompilerTest extends CommandLineTest {
    private static final String SMALL = """
            model Small {
              input  text : token(12) sequence
              target next : token(12) sequence
              layer  h = gru(embed(text, 4), 8)
              output logits = dense(h, 12)
              loss crossentropy(logits, next)
              train { steps 8 batch 4 optimizer adam(rate: 0.02) clip norm 5 epochs 3 stateful }
            }
            """;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void theSampleIsExplained() {
        Path sample = ProjectFolder.ROOT.resolve("samples/char-lm/char-lm.rnn");

        assertThat(rnnc("explain", sample).succeeds().out())
                .contains("CharLm: 249,952 parameters", "h1.weight_ih   [512, 64]   32,768", "GFLOP", "MiB");
    }

    @Test
    void whatCannotBeCompiledIsAnErrorOfTheCheck() throws IOException {
        Path tooLong = file("long.rnn", """
                // Too long.
                model Long {
                  input x : real[4] sequence
                  target g : real[4] sequence
                  output y = dense(x, 4)
                  loss mse(y, g)
                  train { steps 2147483647 batch 2 }
                }
                """);

        rnnc("check", tooLong)
                .fails(ExitCode.MODEL, "long.rnn:2:7: error: model Long is too large", "take fewer steps");
        assertThat(rnnc("check", "--json", tooLong).out())
                .contains("\"ok\" : false", "\"line\" : 2", "\"column\" : 7", "TOO_LARGE");
    }

    @Test
    void aFileOfCellsIsCheckedAndExplainedWithoutAModel() throws IOException {
        Path cells = file("cells.rnn", """
                activation twice(x) = 2 * x
                cell leaky(x[X]) -> h[H] {
                  state h[H]
                  param w[H, X] ~ constant(1)
                  h' = 0.5 * h + twice(w @ x)
                }
                """);

        assertThat(rnnc("check", cells).succeeds().out())
                .contains("cells.rnn: no errors; no model, but what others import");
        assertThat(rnnc("check", "--json", cells).succeeds().out()).contains("\"ok\" : true");
        assertThat(rnnc("explain", "--gradient", "leaky", cells).succeeds().out())
                .contains("dw");
        rnnc("explain", cells).fails(ExitCode.MODEL, "the file defines no model");
        rnnc("check", file("nothing.rnn", "// nothing yet")).fails(ExitCode.MODEL, "the file defines no model");
        rnnc("check", file("wrong.rnn", "cell c(x[X]) -> y { y = x + }")).fails(ExitCode.MODEL, "wrong.rnn:1:");
        rnnc("check", file("unknown.rnn", "cell c(x[X]) -> y[X] { y = x + z }"))
                .fails(ExitCode.MODEL, "unknown.rnn:1:", "unknown name 'z'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"syntax", "model", "graph", "gradient", "optimized", "loop", "java"})
    void stagesArePrinted(String stage) throws IOException {
        assertThat(rnnc("explain", file("small.rnn", SMALL), "--stage", stage)
                        .succeeds()
                        .out())
                .hasSizeGreaterThan(100);
    }

    @Test
    void diagnosticsShowPlaceLineCaretAndHint() throws IOException {
        Path bad = file("bad.rnn", SMALL.replace("dense(h, 12)", "dens(h, 12)"));

        Outcome outcome = rnnc("check", bad);
        assertThat(outcome.code()).isEqualTo(ExitCode.MODEL);
        assertThat(outcome.err())
                .contains("bad.rnn:5:19: error: ", "  output logits = dens(h, 12)", "^", "did you mean 'dense'?");
        assertThat(rnnc("check", "--json", bad).out()).contains("\"line\" : 5", "\"column\" : 19");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "model", "model M { }", "{{{{", "\u0000\u0001", "model M { output y = 1/0 }", "// only"})
    void brokenModelsAreErrorsOfTheModel(String text) throws IOException {
        rnnc("check", file("broken.rnn", text)).fails(ExitCode.MODEL, "broken.rnn:", "error: ");
    }

    @Test
    void aModelFileThatIsNotTextIsNamed() throws IOException {
        Path file = Files.write(folder.resolve("m.rnn"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0});

        rnnc("check", file).fails(ExitCode.FAILED, "m.rnn' is not UTF-8 text");
    }

    @Test
    void trainsEvaluatesAndGenerates() throws IOException {
        Path model = file("small.rnn", SMALL);
        Path text = file("t.txt", "the cat sat on the mat\n".repeat(60));
        Path run = folder.resolve("run");

        rnnc("train", model, "--text", text, "--epochs", 12, "--out", run).succeeds();

        Path weights = run.resolve("weights.safetensors");
        String score = rnnc("eval", model, "--weights", weights, "--text", text)
                .succeeds()
                .out();
        assertThat(Double.parseDouble(score.replaceAll("(?s)loss ([0-9.]+).*", "$1")))
                .isLessThan(1.0);
        assertThat(rnnc("generate", model, "--weights", weights, "--prime", "the c", "--length", 30)
                        .succeeds()
                        .out())
                .startsWith("the c")
                .hasSize(35 + System.lineSeparator().length());
    }

    @Test
    void trainingByEitherBackendLeavesTheSameWeights() throws IOException {
        Path model = file("small.rnn", SMALL);
        Path text = file("t.txt", "the cat sat on the mat\n".repeat(20));
        for (String backend : List.of("java", "bytecode")) {
            Path run = folder.resolve(backend);
            rnnc("train", model, "--text", text, "--epochs", 2, "--out", run, "--backend", backend)
                    .succeeds();
        }

        assertThat(folder.resolve("java/weights.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("bytecode/weights.safetensors"));
    }

    @Test
    void theMethodsOfTheClassesAreListed() throws IOException {
        Path model = file("small.rnn", SMALL);

        for (String backend : List.of("java", "bytecode")) {
            assertThat(rnnc("explain", model, "--bytecode", "--backend", backend)
                            .succeeds()
                            .out())
                    .contains("budget 4,000 bytes a method", "$Training.backward", "Tiles of ", "line ");
        }
        rnnc("explain", model, "--backend", "java").fails(ExitCode.USAGE, "--backend is for --bytecode");
        rnnc("explain", model, "--bytecode", "--json").fails(ExitCode.USAGE, "exclude one another");
    }

    @Test
    void namesTheDataAModelNeedsIfTextWillNotDo() throws IOException {
        Path model = file("reals.rnn", """
                model Reals {
                  input  x : real[3] sequence
                  target y : real[2] sequence
                  output z = dense(gru(x, 4), 2)
                  loss mse(z, y)
                  train { steps 8 batch 4 optimizer sgd(rate: 0.1) epochs 1 }
                }
                """);

        rnnc("train", model, "--text", file("t.txt", "abc"))
                .fails(
                        ExitCode.FAILED,
                        "cannot be used with text",
                        "token(N) sequence",
                        "'input x : real[3] sequence'");
    }

    @Test
    void refusesToTrainWithoutALoss() throws IOException {
        Path model = file("bare.rnn", SMALL.replaceAll("loss .*\n", "").replaceAll("target .*\n", ""));

        rnnc("train", model, "--text", file("t.txt", "abc")).fails(ExitCode.FAILED, "has no loss");
    }

    @Test
    void writesJavaThatNamesTheModel() throws IOException {
        rnnc("compile", file("small.rnn", SMALL), "-d", folder.resolve("out"), "--package", "com.acme")
                .succeeds();

        assertThat(folder.resolve("out/com/acme/Small.java")).content().contains("package com.acme;", "class Small");
    }

    @Test
    void saysWhyAModelHasNoStepProgram() throws IOException {
        Path model = file(
                "both.rnn",
                "model Both { input x : real[3] sequence  output y = dense(bidirectional(gru(x, 4)), 2)"
                        + "  train { steps 8 batch 4 } }");

        Outcome outcome = rnnc("compile", model, "-d", folder.resolve("both"), "--backend", "java")
                .succeeds();

        assertThat(outcome.err()).contains("no step program", "runs backward");

        assertThat(folder.resolve("both/Both.java"))
                .content()
                .contains("ProgramKind.SEQUENCE")
                .doesNotContain("ProgramKind.STEP");
    }
}
