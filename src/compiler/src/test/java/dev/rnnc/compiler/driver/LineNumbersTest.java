package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Whoever looks at emitted bytecode from outside, at a stack trace or a profile, sees the model's file. */
class LineNumbersTest {
    private static final String TEXT = """
            cell gated(x[X]) -> h[H] {
              state h[H]
              param w[2*H, X], u[2*H, H] ~ uniform(1/sqrt(H))
              z, n = split(w @ x + u @ h, 2)
              keep = sigmoid(z)
              h' = keep * h + (1 - keep) * tanh(n)
            }
            model Lines {
              input x : real[3] sequence
              target wanted : real[5] sequence
              layer a = gated(x, 5)
              layer b = lstm(a, 5)
              output y = dense(b, 5)
              loss mse(y, wanted)
            }
            """;

    private final Model model = ModelTexts.model(TEXT);

    @Test
    void everyEquationOfTheFileHasCodeAndNoCodeStandsForAnotherLine() {
        Set<Integer> lines = new TreeSet<>();
        Compiler.classes(model, CompileOptions.of(ProgramKind.TRAINING).sized(4, 3))
                .values()
                .forEach(bytes -> lines(bytes).values().forEach(lines::addAll));
        // The equations of the cell, the layers, the output and the loss.
        assertThat(lines).containsExactly(4, 5, 6, 11, 12, 13, 14);
    }

    @Test
    void aStackTraceNamesTheEquation() {
        CompiledModel compiled =
                Compiler.load(model, CompileOptions.of(ProgramKind.SEQUENCE).sized(4, 3));
        Program program = compiled.newProgram(ProgramKind.SEQUENCE, new Parameters(compiled.spec()));
        program.close();
        List<StackTraceElement> trace =
                Arrays.asList(catchThrowable(() -> program.run(4)).getStackTrace());
        StackTraceElement kernel = trace.stream()
                .filter(e -> e.getClassName().startsWith("Lines"))
                .findFirst()
                .orElseThrow();
        assertThat(kernel.getFileName()).isEqualTo("test.rnn");
        assertThat(TEXT.lines().toList().get(kernel.getLineNumber() - 1)).contains("w @ x");
    }

    @Test
    void aKernelThatSeveralLinesShareLeavesTheLineToItsCallers() {
        Model two = ModelTexts.model("""
                model Two {
                  input x : real[5] sequence
                  layer a = lstm(x, 5)
                  output b = lstm(a, 5)
                }
                """);
        CompileOptions options =
                CompileOptions.of(ProgramKind.SEQUENCE).sized(4, 3).lanes(1);
        List<String> shared = Compiler.plan(two, options).lanes().getFirst().kernels().stream()
                .filter(k -> k.line() == 0)
                .map(k -> k.kernel().name())
                .toList();
        Map<String, byte[]> classes = Compiler.classes(two, options);

        assertThat(shared).anyMatch(name -> name.startsWith("compute_h"));
        assertThat(lines(classes.get("TwoScalar"))).doesNotContainKeys(shared.toArray(String[]::new));
        assertThat(lines(classes.get("TwoScalar$Sequence")).get("aForward")).containsExactly(3);
        assertThat(lines(classes.get("TwoScalar$Sequence")).get("bForward")).containsExactly(4);
    }

    /** The lines of each method that has some. */
    private static Map<String, Set<Integer>> lines(byte[] bytes) {
        Map<String, Set<Integer>> lines = new TreeMap<>();
        new ClassReader(bytes)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public void visitSource(String source, String debug) {
                                assertThat(source).isEqualTo("test.rnn");
                            }

                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] thrown) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    @Override
                                    public void visitLineNumber(int line, Label start) {
                                        lines.computeIfAbsent(name, n -> new TreeSet<>())
                                                .add(line);
                                    }
                                };
                            }
                        },
                        0);
        return lines;
    }
}
