package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.CheckClassAdapter;

/** Java source and bytecode made of one model are the same program: every result has the same bits. */
class BackendsAgreeTest {
    private static final List<Integer> LANES = List.of(16, 8, 4, 1);
    private static final List<List<String>> LIBRARY = List.of(
            List.of("rnn_nobias(x, 3)", "rnn_relu_nobias(x, 3)", "lstm_nobias(x, 3)", "lstmp_nobias(x, 3, C: 5)"),
            List.of("gru_nobias(x, 3)", "dense_nobias(x, 3)", "gru_reset_before(x, 3)", "lstm_peephole(x, 3)"),
            List.of("lstm_coupled(x, 3)", "mgu(x, 3)", "indrnn(x, 3)", "sru(dense(x, 3))", "ligru(x, 3)"),
            List.of("lstm_layernorm(x, 3)", "gru_layernorm(x, 3)", "lstm_zoneout(x, 3, zone_h: 0.3)"),
            List.of("lstm_dropout(x, 3)", "backward(gru(x, 3))", "dense(bidirectional(lstm(x, 2)), 3)"),
            List.of(
                    "attention(rnn(x, 3), dense(x, 3))",
                    "attention_general(rnn(x, 5), dense(x, 3))",
                    "attention_projected(rnn(x, 5), x, A: 3)"));

    /**
     * Every model for one lane count, each for the next one in turn, and some for all, because javac takes a second for
     * each; {@code -Drnnc.all=true} takes all for all.
     */
    @TestFactory
    Stream<DynamicTest> bothBackendsGiveTheSameBits() throws IOException {
        List<Integer> here = LANES.stream().filter(n -> n <= Lanes.count()).toList();
        List<Map.Entry<String, String>> models = List.copyOf(models().entrySet());
        return IntStream.range(0, models.size())
                .mapToObj(i -> DynamicTest.dynamicTest(models.get(i).getKey(), () -> {
                    Model model = ModelTexts.model(models.get(i).getValue());
                    boolean all = Boolean.getBoolean("rnnc.all")
                            || models.get(i).getKey().matches("char-lm|(lstm|gru).*17.*");
                    if (model.spec().precision() == Precision.DOUBLE) {
                        agree(model, List.of(1));
                    } else {
                        agree(model, all ? here : List.of(here.get(i % here.size())));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyEmittedClassPassesTheVerifier() throws IOException {
        return models().entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> verify(ModelTexts.model(e.getValue()))));
    }

    /** The models of other tests, the samples, and every cell of the library, several to a model. */
    private static Map<String, String> models() throws IOException {
        Map<String, String> models = new LinkedHashMap<>(ModelTexts.all());
        try (Stream<Path> files = Files.walk(Path.of("../../samples"))) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".rnn")).sorted().toList()) {
                models.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        for (int i = 0; i < LIBRARY.size(); i++) {
            models.put("library " + i, library(LIBRARY.get(i)));
        }
        models.put(
                "lstm of 17 units with weights in bfloat16",
                "model M { precision weights bf16 input x : real[5] sequence target g : real[3] sequence"
                        + " layer h = lstm(x, 17) output y = dense(h, 3) loss mse(y, g) }");
        models.put("library in double", library(LIBRARY.get(1)).replace("{ input", "{ precision double input"));
        return models;
    }

    private static String library(List<String> calls) {
        StringBuilder text =
                new StringBuilder("model Library { input x : real[5] sequence target g : real[3] sequence\n");
        StringBuilder sum = new StringBuilder();
        for (int i = 0; i < calls.size(); i++) {
            text.append("layer l%d = %s\n".formatted(i, calls.get(i)));
            sum.append(i == 0 ? "" : " + ").append("l" + i);
        }
        return text + "output y = " + sum + " loss mse(y, g) }";
    }

    private static void verify(Model model) {
        CompileOptions options = CompileOptions.of(ModelTexts.kinds(model)).lanes(16, 8, 4, 1);
        Map<String, byte[]> classes = Compiler.classes(model, options);
        ClassLoader loader = InMemoryClasses.loader(classes);
        classes.forEach((name, bytes) -> {
            StringWriter problems = new StringWriter();
            CheckClassAdapter.verify(new ClassReader(bytes), loader, false, new PrintWriter(problems));
            assertThat(problems.toString()).as(name).isEmpty();
        });
    }

    private static void agree(Model model, List<Integer> laneCounts) {
        ProgramKind[] kinds = ModelTexts.kinds(model);
        for (int lanes : laneCounts) {
            CompileOptions options = CompileOptions.of(kinds).sized(4, 3).lanes(lanes);
            CompiledModel java = Compiler.load(model, options.by(BackendKind.JAVA));
            CompiledModel bytecode = Compiler.load(model, options.by(BackendKind.BYTECODE));
            assertThat(bytecode.spec()).isEqualTo(java.spec());
            assertThat(bytecode.programs()).isEqualTo(java.programs());
            for (ProgramKind kind : kinds) {
                assertThat(Runs.results(bytecode, kind, 4, 1))
                        .as("%s with %d lanes", kind, lanes)
                        .isEqualTo(Runs.results(java, kind, 4, 1));
            }
        }
    }
}
