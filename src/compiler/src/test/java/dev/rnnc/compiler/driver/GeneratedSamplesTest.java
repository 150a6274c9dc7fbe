package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sources in {@code generated/} are what the compiler makes of the samples; {@code -Drnnc.update=true} writes them. */
class GeneratedSamplesTest {
    private static final Path GENERATED = Path.of("../../generated");
    private static final String PACKAGE = "dev.rnnc.samples";

    private static final CompileOptions OPTIONS = new CompileOptions(
            EnumSet.of(ProgramKind.TRAINING, ProgramKind.EVALUATION, ProgramKind.SEQUENCE, ProgramKind.STEP),
            0,
            0,
            List.of(16, 1),
            PACKAGE);

    @Test
    void theGeneratedSourcesOfTheSampleAreUpToDate() throws IOException {
        upToDate(ModelTexts.characterModel(), OPTIONS, GENERATED.resolve("char-lm"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "full"})
    void theSourcesOfOneModelRolledAndUnrolledAreUpToDate(String unroll) throws IOException {
        CompileOptions options = new CompileOptions(EnumSet.of(ProgramKind.TRAINING), 0, 0, List.of(16), PACKAGE)
                .unrolled(Unroll.of(unroll));
        String text = Files.readString(GENERATED.resolve("unrolled/tiny.rnn"));
        upToDate(text, options, GENERATED.resolve("unrolled/" + (unroll.equals("none") ? "rolled" : unroll)));
    }

    private static void upToDate(String text, CompileOptions options, Path root) throws IOException {
        Model model = ModelTexts.model(text);
        if (Boolean.getBoolean("rnnc.update")) {
            Compiler.writeJava(model, options, root);
        }
        Map<String, String> expected = Compiler.emitJava(model, options);
        Path folder = root.resolve(PACKAGE.replace('.', '/'));
        for (Map.Entry<String, String> file : expected.entrySet()) {
            Path path = folder.resolve(file.getKey() + ".java");
            assertThat(path)
                    .as("missing: see generated/README.md for how to write it")
                    .exists();
            assertThat(Files.readString(path).equals(file.getValue()))
                    .as(
                            "%s is what the compiler emits now; if the change is meant, write it anew as"
                                    + " generated/README.md says, and read the difference",
                            path)
                    .isTrue();
        }
        try (var files = Files.list(folder)) {
            Set<String> found = files.map(f -> f.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
            assertThat(found).isEqualTo(expected.keySet());
        }
    }

    @Test
    void emittedSourcesCompileWithoutAWarning(@TempDir Path folder) throws Exception {
        String feedback = """
                model Translator {
                  input words : token(6) sequence
                  target out : token(5) sequence
                  layer e = bidirectional(gru(embed(words, 4), 3))
                  layer d = lstm(concat(embed(previous(out), 4), e), 6, initial: {h: final(e)})
                  output z = dense(concat(d, attention(d, e)), 5)
                  loss crossentropy(z, out)
                }
                """;
        for (String text : List.of(ModelTexts.characterModel(), ModelTexts.stack("gru(%s, %d)", 3, 5), feedback)) {
            Model model = ModelTexts.model(text);
            CompileOptions all = new CompileOptions(Compiler.programs(model), 0, 0, List.of(16, 8, 4, 1), PACKAGE);
            List<Path> sources = Compiler.writeJava(model, all, folder);
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            StringWriter messages = new StringWriter();
            try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
                Path runtime = Path.of(CompiledModel.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
                List<String> options = List.of(
                        "-proc:none",
                        "-Xlint:all,-incubating",
                        "-Werror",
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-classpath",
                        runtime.toString(),
                        "-d",
                        folder.toString());
                boolean fine = compiler.getTask(
                                messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                        .call();
                assertThat(fine).as(messages.toString()).isTrue();
            }
        }
    }
}
