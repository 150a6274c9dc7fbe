package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code check}, {@code explain}, {@code compile}, and what all commands share. */
class ModelCommandsTest extends CommandLineTest {
    @Test
    void helpAndVersionGoToStandardOutput() {
        assertThat(rnnc("--help").succeeds().out())
                .contains("check", "explain", "compile", "train", "eval", "run", "generate", "Exit codes");
        assertThat(rnnc("-V").succeeds().out()).startsWith("rnnc ").doesNotContain("${");
        assertThat(rnnc("train", "-h").succeeds().out()).contains("--text", "--epochs", "--out");
        assertThat(rnnc("help", "train").succeeds().out()).contains("--text", "--epochs", "--out");
    }

    @Test
    void wrongUsageIsToldOnStandardError() {
        rnnc().fails(ExitCode.USAGE, "name a command", "Usage: rnnc");
        rnnc("chek", "a.rnn").fails(ExitCode.USAGE, "chek");
        rnnc("check").fails(ExitCode.USAGE, "FILE");
        rnnc("check", "--nonsense", "a.rnn").fails(ExitCode.USAGE, "--nonsense");
    }

    @Test
    void checkTellsEveryFilesErrors() throws IOException {
        Path good = file("good.rnn", "bigram 4");
        Path bad = file("bad.rnn", "trigram 4");

        assertThat(rnnc("check", good).succeeds().out()).contains("good.rnn: no errors");
        Outcome both = rnnc("check", bad, good);
        assertThat(both.code()).isEqualTo(ExitCode.MODEL);
        assertThat(both.err()).contains("bad.rnn:1:1: error: 'bigram' expected");
        assertThat(both.out()).contains("good.rnn: no errors");
    }

    @Test
    void checkWritesJsonForEditors() throws IOException {
        Outcome outcome = rnnc("check", "--json", file("bad.rnn", "trigram"));

        assertThat(outcome.code()).isEqualTo(ExitCode.MODEL);
        assertThat(outcome.out()).contains("\"line\" : 1", "\"severity\" : \"error\"", "\"ok\" : false");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        rnnc("check", folder.resolve("none.rnn")).fails(ExitCode.FAILED, "none.rnn' does not exist");
        rnnc("explain", folder).fails(ExitCode.FAILED, "is a folder; name a file");
    }

    @Test
    void aModelWithErrorsEndsEveryCommandWithExitCode3() throws IOException {
        Path bad = file("bad.rnn", "trigram");

        rnnc("explain", bad).fails(ExitCode.MODEL, "bad.rnn:1:1: error:");
        rnnc("compile", bad, "-d", folder).fails(ExitCode.MODEL, "bad.rnn:1:1: error:");
        rnnc("train", bad).fails(ExitCode.MODEL, "bad.rnn:1:1: error:");
    }

    @Test
    void aBugNamesStageAndModelAndKeepsItsTraceForDebugging() throws IOException {
        Path model = file("m.rnn", "crash");

        rnnc("check", model).fails(ExitCode.FAILED, "internal error: stage driver, model", "--debug");
        assertThat(rnnc("check", model, "--debug").err()).contains("AssertionError: boom", "\tat ");
        assertThat(rnnc(Map.of("RNNC_DEBUG", "1"), "check", model).err()).contains("\tat ");
    }

    @Test
    void explainShowsShapesParametersAndCosts() throws IOException {
        Path model = file("m.rnn", "bigram 4 8 2 3 0.5");

        assertThat(rnnc("explain", model).succeeds().out())
                .contains(
                        "Bigram: 16 parameters, 64 B, float",
                        "text    input   token(4)  [T, B]",
                        "table.weight  [4, 4]  16  uniform(0.1000)  from lookup.weight",
                        "8 steps x 2 sequences, sgd(rate: 0.5), no clipping, 3 epochs, seed 1, stateful",
                        "1.50 MFLOP");
        assertThat(rnnc("explain", "--json", model).succeeds().out())
                .contains("\"parameter_elements\" : 16", "\"shape\" : [ 4, 4 ]");
    }

    @Test
    void explainPrintsAnyStage() throws IOException {
        Path model = file("m.rnn", "bigram 4");

        assertThat(rnnc("explain", model, "--stage", "gradient").succeeds().out())
                .isEqualTo("stage GRADIENT\n");
        rnnc("explain", model, "--stage", "magic").fails(ExitCode.USAGE, "--stage");
        rnnc("explain", model, "--stage", "loop", "--json").fails(ExitCode.USAGE, "--json");
    }

    @Test
    void compileWritesJavaBelowTheFolder() throws IOException {
        Path model = file("m.rnn", "bigram 4");
        Path target = folder.resolve("out");

        assertThat(rnnc("compile", model, "-d", target, "--package", "com.acme")
                        .succeeds()
                        .out())
                .contains("Bigram.java");
        assertThat(target.resolve("com/acme/Bigram.java")).exists();
    }

    @Test
    void compileRefusesWhatItCannotDo() throws IOException {
        Path model = file("m.rnn", "bigram 4");
        Path taken = file("taken", "");

        rnnc("compile", model, "-d", folder, "--backend", "native")
                .fails(ExitCode.USAGE, "'--backend': expected one of [JAVA, BYTECODE]");
        rnnc("compile", model, "-d", folder, "--package", "1st").fails(ExitCode.USAGE, "not a Java package name");
        rnnc("compile", model, "-d", folder, "--lanes", "16,3").fails(ExitCode.USAGE, "--lanes 3");
        rnnc("compile", model, "-d", folder, "--steps", 0).fails(ExitCode.USAGE, "at least 1");
        rnnc("compile", model).fails(ExitCode.USAGE, "-d");
        rnnc("compile", model, "-d", taken).fails(ExitCode.FAILED, "is a file; name a folder");
        assertThat(Files.size(taken)).isZero();
    }
}
