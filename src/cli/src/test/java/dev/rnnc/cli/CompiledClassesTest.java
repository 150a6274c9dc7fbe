package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.CompiledModel;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Classes written by {@code rnnc compile --backend bytecode} run where there is nothing but them and the runtime. */
class CompiledClassesTest extends CommandLineTest {
    private static final String USER = """
            import dev.rnnc.runtime.session.LoadedModel;
            import dev.rnnc.runtime.session.Session;
            import dev.rnnc.runtime.spec.ProgramKind;

            class User {
                public static void main(String[] arguments) throws Exception {
                    for (String name : new String[] {"dev.rnnc.compiler.driver.Rnnc", "org.objectweb.asm.ClassWriter"}) {
                        try {
                            Class.forName(name);
                            throw new AssertionError(name + " is on the class path");
                        } catch (ClassNotFoundException expected) {
                            // As it should be.
                        }
                    }
                    LoadedModel model = LoadedModel.of(User.class.getClassLoader(), "com.acme.Small").initialize(5);
                    try (Session session = model.open(ProgramKind.SEQUENCE)) {
                        float[] y = session.set("x", 1f, 2f, 3f, 4f).run().floats("y");
                        System.out.println("steps " + y.length / 3 + ", in range " + (Math.abs(y[5]) < 1));
                    }
                }
            }
            """;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void runWithTheRuntimeAlone() throws Exception {
        Path model = file("small.rnn", "model Small { input x : real[2] sequence  output y = gru(x, 3) }");
        Path classes = folder.resolve("classes");
        rnnc("compile", model, "-d", classes, "--backend", "bytecode", "--package", "com.acme", "--batch", 1)
                .succeeds();
        assertThat(classes.resolve("com/acme/Small.class")).exists();
        assertThat(classes.resolve("com/acme/SmallScalar$Sequence.class")).exists();

        for (boolean vectors : new boolean[] {true, false}) {
            assertThat(runUser(classes, vectors)).contains("steps 2, in range true");
        }
    }

    private String runUser(Path classes, boolean vectors) throws Exception {
        Path runtime = Path.of(CompiledModel.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path output = folder.resolve("output.txt");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                vectors ? "jdk.incubator.vector" : "java.base",
                "-cp",
                runtime + File.pathSeparator + classes,
                file("User.java", USER).toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }
}
