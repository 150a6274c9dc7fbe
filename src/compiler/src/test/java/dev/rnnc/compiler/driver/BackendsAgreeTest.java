package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
    private static final OptimizerSpec ADAM = new OptimizerSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, false);

    /** Some models for every lane count, all others for this machine's: javac takes a second for each. */
    @TestFactory
    Stream<DynamicTest> bothBackendsGiveTheSameBits() throws IOException {
        return models().entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
                    Model model = ModelTexts.model(e.getValue());
                    if (model.spec().precision() == Precision.DOUBLE) {
                        agree(model, List.of(1));
                    } else if (e.getKey().matches("char-lm|(lstm|gru).*17.*")) {
                        agree(
                                model,
                                LANES.stream().filter(n -> n <= Lanes.count()).toList());
                    } else {
                        agree(model, List.of(Lanes.count()));
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
                assertThat(results(bytecode, kind))
                        .as("%s with %d lanes", kind, lanes)
                        .isEqualTo(results(java, kind));
            }
        }
    }

    /** Whatever two runs leave behind, the second after a step of an optimiser where there are gradients. */
    private static List<String> results(CompiledModel model, ProgramKind kind) {
        List<String> results = new ArrayList<>();
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 3);
        Optimizer optimizer = Optimizer.create(ADAM, model.spec());
        try (Program program = model.newProgram(kind, parameters)) {
            Random random = new Random(5);
            assertThat(program.spec().kind()).isEqualTo(kind);
            for (int steps : new int[] {program.spec().steps(), 1}) {
                program.seed(11);
                program.refresh();
                program.spec().ports().forEach(port -> write(program, port, steps, random));
                program.run(steps);
                results.add("loss " + Double.doubleToRawLongBits(program.loss()));
                for (PortSpec port : program.spec().ports()) {
                    results.add(port.name() + " " + bits(Ports.read(program, port, steps)));
                }
                if (program.gradients() != null) {
                    model.spec()
                            .parameters()
                            .forEach(p -> results.add(p.name() + " " + bits(Ports.gradient(program, p.name()))));
                    optimizer.step(parameters, program.gradients());
                }
            }
        }
        return results;
    }

    private static void write(Program program, PortSpec port, int steps, Random random) {
        if (port.role() != Role.INPUT && port.role() != Role.TARGET) {
            return;
        }
        int length = Ports.length(program, port, steps);
        if (port.element() == Element.TOKEN) {
            Ports.write(program, port, random.ints(length, 0, port.vocabulary()).toArray(), steps);
        } else {
            Ports.write(program, port, random.doubles(length, -1, 1).toArray(), steps);
        }
    }

    private static List<Long> bits(double[] values) {
        List<Long> bits = new ArrayList<>();
        for (double value : values) {
            bits.add(Double.doubleToRawLongBits(value));
        }
        return bits;
    }
}
