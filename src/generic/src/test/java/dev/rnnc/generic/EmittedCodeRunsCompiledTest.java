package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Stepwise;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * HotSpot takes the emitted code as it is meant: neither of its compilers refuses a method, and what is compiled boxes no
 * vector and so allocates nothing. A training program is the first of its process, so that it finds HotSpot as a user's
 * program does; smaller programs of a model, and the models of a sample, share a process.
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
                  param p[H] ~ constant(0.7)
                  i, f, g, o = split(w @ x + u @ h + b, 4)
                  n' = softplus(i) * abs(n)^1.5 + exp(min(f, 0)) * gelu(g)
                  c' = sigmoid(f) * c + silu(i) * tanh(g) + elu(n')
                  h' = sigmoid(o) * tanh(c') + gelu(n') * log(1 + abs(c'))^p
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

    /** Trained with the batch that the model states, run with one sequence at a time, as users compile them. */
    @TestFactory
    Stream<DynamicTest> noMethodOfASampleIsRefusedAndNoRunAllocates() throws IOException {
        Map<String, List<Path>> samples = samples();
        return Stream.of(BackendKind.values())
                .flatMap(backend -> samples.entrySet().stream()
                        .map(e -> DynamicTest.dynamicTest(
                                "sample " + e.getKey() + ", " + backend, () -> check(e.getValue(), backend))));
    }

    /** The model files of each sample but char-lm, whose programs run in processes of their own. */
    private static Map<String, List<Path>> samples() throws IOException {
        Path folder = Path.of("../../samples");
        Map<String, List<Path>> samples = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.toString().endsWith(".rnn"))
                    .sorted()
                    .forEach(file -> samples.computeIfAbsent(
                                    folder.relativize(file).getName(0).toString(), _ -> new ArrayList<>())
                            .add(file));
        }
        assertThat(samples.remove("char-lm")).isNotNull();
        return samples;
    }

    /** With barriers of its own for every reference, ZGC asks more of HotSpot's first compiler than other collectors. */
    @ParameterizedTest
    @EnumSource
    void noKernelIsRefusedUnderAnotherCollector(BackendKind backend) throws Exception {
        check(models().get("char-lm"), "TRAINING", backend, 9, "-XX:+UseZGC");
    }

    /**
     * The smaller programs of variants follow their training program, with which they share forward kernels; those of what
     * every model is made of begin a process too.
     */
    private static Stream<String> kinds(String model, BackendKind backend) {
        boolean common = model.equals("char-lm") || model.equals("PyTorch's cells");
        if (CELLS.containsKey(model) && !common) {
            return Stream.of("TRAINING,STEP,SEQUENCE");
        }
        if (backend == BackendKind.BYTECODE) {
            return Stream.of("TRAINING", "EVALUATION", "STEP,SEQUENCE");
        }
        return common ? Stream.of("TRAINING", "STEP,SEQUENCE") : Stream.of("TRAINING,STEP,SEQUENCE");
    }

    /**
     * Training, and what a trained model is run with; evaluation and counting have the same forward kernels. Java's smaller
     * programs are those of the cells.
     */
    private static String kinds(Model model, BackendKind backend) {
        Set<ProgramKind> kinds = Compiler.programs(model);
        kinds.removeAll(EnumSet.of(
                ProgramKind.EVALUATION, ProgramKind.OBSERVATION, ProgramKind.INSPECTION, ProgramKind.COUNTING));
        boolean stepwise = model.spec().ports().stream().anyMatch(port -> port.rows() == Rows.SEQUENCE)
                && model.spec().ports(Role.OUTPUT).stream()
                        .allMatch(port -> Stepwise.obstacle(model, port.name()).isEmpty());
        if (!stepwise) {
            kinds.remove(ProgramKind.STEP);
        }
        if (backend == BackendKind.JAVA) {
            kinds.retainAll(EnumSet.of(ProgramKind.TRAINING));
        }
        return kinds.stream()
                .sorted(Comparator.comparing(kind -> kind != ProgramKind.TRAINING))
                .map(ProgramKind::name)
                .collect(Collectors.joining(","));
    }

    private void check(List<Path> files, BackendKind backend) throws Exception {
        SequencedMap<Path, String> kinds = new LinkedHashMap<>();
        for (Path file : files) {
            SourceText text = new SourceText(file.toString(), Files.readString(file));
            kinds.put(file, kinds(FrontEnd.check(text).model().orElseThrow(), backend));
        }
        check(kinds, backend, 0);
    }

    private void check(String text, String kinds, BackendKind backend, int batch, String... flags) throws Exception {
        Path file = Files.writeString(folder.resolve("test.rnn"), text);
        check(new LinkedHashMap<>(Map.of(file, kinds)), backend, batch, flags);
    }

    private void check(SequencedMap<Path, String> kinds, BackendKind backend, int batch, String... flags)
            throws Exception {
        List<String> report = run(kinds, backend, batch, flags);
        assertThat(report).as("methods HotSpot refused").noneMatch(line -> line.startsWith("refused"));
        assertThat(report).hasSameSizeAs(String.join(",", kinds.values()).split(","));
        assertThat(report)
                .as("bytes allocated by %d runs", CompiledRuns.RUNS)
                .allSatisfy(line -> assertThat(allocated(line)).isLessThan(CompiledRuns.BYTES));
    }

    private static long allocated(String line) {
        return Long.parseLong(line.split(" ")[1]);
    }

    private List<String> run(SequencedMap<Path, String> kinds, BackendKind backend, int batch, String... flags)
            throws Exception {
        Map.Entry<Path, String> first = kinds.firstEntry();
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(flags));
        command.addAll(List.of(
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                CompiledRuns.class.getName(),
                first.getKey().toString(),
                first.getValue(),
                folder.toString(),
                backend.name(),
                String.valueOf(batch)));
        kinds.entrySet().stream().skip(1).forEach(model -> {
            command.add(model.getKey().toString());
            command.add(model.getValue());
        });
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
