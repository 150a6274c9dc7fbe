package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.driver.BackendKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * HotSpot takes the emitted code as it is meant: neither of its compilers refuses a method, and what is compiled boxes no
 * vector and so allocates nothing. A training program runs in a process of its own, smaller ones of a model share one.
 */
class EmittedCodeRunsCompiledTest {
    /** Every cell of the library, each behind the one before it. */
    private static final Map<String, List<String>> CELLS = Map.of(
            "PyTorch's cells",
                    List.of("rnn(%s, 64)", "rnn_relu(%s, 64)", "lstm(%s, 64)", "lstmp(%s, 32, C: 64)", "gru(%s, 64)"),
            "cells without biases",
                    List.of(
                            "rnn_nobias(%s, 64)",
                            "rnn_relu_nobias(%s, 40)",
                            "lstm_nobias(%s, 64)",
                            "lstmp_nobias(%s, 32, C: 48)",
                            "gru_nobias(%s, 33)",
                            "dense_nobias(%s, 24)"),
            "gated cells",
                    List.of("gru_reset_before(%s, 64)", "lstm_peephole(%s, 64)", "lstm_coupled(%s, 40)", "mgu(%s, 33)"),
            "light cells", List.of("indrnn(%s, 64)", "sru(%s)", "ligru(%s, 64)"),
            "normalised cells", List.of("lstm_layernorm(%s, 64)", "gru_layernorm(%s, 40)"),
            "cells with noise", List.of("lstm_zoneout(%s, 64)", "lstm_dropout(%s, 40)"));

    @TempDir
    private Path folder;

    private static String stack(List<String> calls) {
        StringBuilder layers = new StringBuilder();
        String x = "x";
        for (int i = 0; i < calls.size(); i++) {
            layers.append("  layer h%d = %s\n".formatted(i, calls.get(i).formatted(x)));
            x = "h" + i;
        }
        return """
                model M {
                  input x : real[24] sequence
                  target g : real[8] sequence
                %s  output y = dense(%s, 8)
                  loss mse(y, g)
                }
                """.formatted(layers, x);
    }

    private static Map<String, String> models() throws IOException {
        Map<String, String> models = new LinkedHashMap<>();
        models.put("char-lm", Files.readString(Path.of("../../samples/char-lm/char-lm.rnn")));
        CELLS.forEach((name, calls) -> models.put(name, stack(calls)));
        models.put("many activations", """
                cell many(x[X]) -> h[H] {
                  state h[H], c[H], n[H]
                  param w[4*H, X], u[4*H, H], b[4*H] ~ uniform(1/sqrt(H))
                  i, f, g, o = split(w @ x + u @ h + b, 4)
                  n' = softplus(i) * n + exp(min(f, 0)) * gelu(g)
                  c' = sigmoid(f) * c + silu(i) * tanh(g) + elu(n')
                  h' = sigmoid(o) * tanh(c') + gelu(n') * log(1 + abs(c'))
                }
                model M {
                  input x : real[24] sequence
                  target g : real[8] sequence
                  output y = dense(layernorm(many(x, 64)), 8)
                  loss mse(softmax(y), g)
                }
                """);
        models.put("products of several parts", """
                cell joined(a[A], b[B]) -> h[H] {
                  state h[H]
                  param u[H, A], v[H, B], w[H, H] ~ uniform(1/sqrt(H))
                  h' = tanh(u @ a + v @ b + w @ h)
                }
                model M {
                  input a : real[24] sequence
                  input b : real[40] sequence
                  target g : real[8] sequence
                  layer l = lstm(concat(a, b, a), 128)
                  layer j = joined(l, b, 128)
                  output y = dense(concat(j, l, b), 128)
                  loss sum(y) + mse(dense(y, 8), g)
                }
                """);
        models.put("a cell that attends with its state", """
                cell attentive(x[X], keys[K] sequence, notes[H] sequence) -> h[H] {
                  state h[H]
                  param w[H, X + K + H], u[H, H] ~ uniform(1/sqrt(H))
                  read = attention_additive(h, keys, A: 48)
                  h' = tanh(w @ concat(x, read, attention(h, notes)) + u @ dropout(h, 0.2, mask: sequence))
                }
                model M {
                  input x : real[24] sequence
                  target g : real[8] sequence
                  layer e = bidirectional(gru(x, 32))
                  layer h = attentive(x, e, e)
                  output y = dense(concat(h, attention_additive(h, e, A: 32)), 8)
                  loss mse(y, g)
                }
                """);
        return models;
    }

    /** Models so small that kernels are fused and steps share them; their batch is one row. */
    private static final Map<String, List<String>> SMALL = Map.of(
            "small cells", List.of("rnn(%s, 4)", "lstm(%s, 16)", "gru(%s, 8)"),
            "recurrences without products", List.of("indrnn(%s, 16)", "sru(%s)", "indrnn(%s, 40)"));

    @TestFactory
    Stream<DynamicTest> noEmittedMethodIsRefusedAndNoRunAllocates() throws IOException {
        Map<String, String> models = models();
        return Stream.of(BackendKind.values())
                .flatMap(backend -> models.entrySet().stream()
                        .flatMap(e -> kinds(e.getKey(), backend)
                                .map(kinds -> DynamicTest.dynamicTest(
                                        e.getKey() + ", " + kinds + ", " + backend,
                                        () -> check(e.getValue(), kinds, backend, 9)))));
    }

    @TestFactory
    Stream<DynamicTest> noFusedKernelIsRefusedAndNoneAllocates() {
        return SMALL.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(
                        e.getKey(),
                        () -> check(stack(e.getValue()), "TRAINING,SEQUENCE,STEP", BackendKind.BYTECODE, 1)));
    }

    /** With barriers of its own for every reference, ZGC asks more of HotSpot's first compiler than other collectors. */
    @ParameterizedTest
    @EnumSource
    void noKernelIsRefusedUnderAnotherCollector(BackendKind backend) throws Exception {
        check(models().get("char-lm"), "TRAINING", backend, 9, "-XX:+UseZGC");
    }

    /**
     * Variants share their forward kernels with the training program: what it alone has is the larger part. Both backends
     * emit the same kernels, so that Java's smaller programs are run for what every model is made of.
     */
    private static Stream<String> kinds(String model, BackendKind backend) {
        boolean variant = CELLS.containsKey(model) && !model.equals("PyTorch's cells");
        boolean sample = model.equals("char-lm") || model.equals("PyTorch's cells");
        if (variant || backend == BackendKind.JAVA && !sample) {
            return Stream.of("TRAINING");
        }
        return backend == BackendKind.JAVA
                ? Stream.of("TRAINING", "STEP,SEQUENCE")
                : Stream.of("TRAINING", "EVALUATION", "STEP,SEQUENCE");
    }

    private void check(String text, String kinds, BackendKind backend, int batch, String... flags) throws Exception {
        List<String> report = run(text, kinds, backend, batch, flags);
        assertThat(report).as("methods HotSpot refused").noneMatch(line -> line.startsWith("refused"));
        assertThat(report).hasSameSizeAs(kinds.split(","));
        assertThat(report)
                .as("bytes allocated by %d runs", CompiledRuns.RUNS)
                .allSatisfy(line -> assertThat(allocated(line)).isLessThan(CompiledRuns.BYTES));
    }

    private static long allocated(String line) {
        return Long.parseLong(line.substring("allocated ".length()));
    }

    private List<String> run(String text, String kinds, BackendKind backend, int batch, String... flags)
            throws Exception {
        Path model = Files.writeString(folder.resolve("test.rnn"), text);
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(flags));
        command.addAll(List.of(
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                CompiledRuns.class.getName(),
                model.toString(),
                kinds,
                folder.toString(),
                backend.name(),
                String.valueOf(batch)));
        Path errors = folder.resolve("errors.txt");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        List<String> lines;
        try (BufferedReader output = process.inputReader()) {
            lines = output.lines()
                    .filter(line -> line.startsWith("refused") || line.startsWith("allocated"))
                    .toList();
        }
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return lines;
    }
}
