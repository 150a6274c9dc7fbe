package dev.rnnc.compiler.sema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.SourceText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The catalogue of wrong models: for each file below {@code wrong}, all that is said of it stands in {@code
 * wrong/expected.txt}. With {@code -Drnnc.goldens=write} that file is written; read the difference before it is
 * committed.
 */
class WrongModelsTest {
    private static final Path FOLDER = Path.of("src/test/resources/wrong");
    private static final Path EXPECTED = FOLDER.resolve("expected.txt");
    private static final boolean WRITE = "write".equals(System.getProperty("rnnc.goldens"));

    @TestFactory
    Stream<DynamicTest> saysWhatIsWrongAndWhere() throws IOException {
        Map<String, String> expected = WRITE ? write() : read();
        return files().keySet().stream()
                .map(name -> DynamicTest.dynamicTest(
                        name, () -> assertThat(said(name)).isEqualTo(expected.get(name))));
    }

    @Test
    void theCatalogueHasTwoHundredModels() throws IOException {
        assertThat(files()).hasSizeGreaterThanOrEqualTo(200);
        assertThat(read().keySet()).isEqualTo(files().keySet());
    }

    private static Map<String, Path> files() throws IOException {
        try (Stream<Path> found = Files.walk(FOLDER)) {
            return found.filter(file -> file.toString().endsWith(".rnn"))
                    .collect(Collectors.toMap(
                            file -> FOLDER.relativize(file).toString().replace('\\', '/'),
                            file -> file,
                            (a, b) -> a,
                            TreeMap::new));
        }
    }

    /** Place, message and hint of each diagnostic, a line each. */
    private static String said(String name) throws IOException {
        String text = Files.readString(FOLDER.resolve(name));
        return FrontEnd.check(new SourceText(name, text)).diagnostics().stream()
                .map(WrongModelsTest::lines)
                .collect(Collectors.joining());
    }

    private static String lines(Diagnostic diagnostic) {
        return "%d:%d: %s: %s%n"
                        .formatted(
                                diagnostic.span().line(),
                                diagnostic.span().column(),
                                diagnostic.severity().name().toLowerCase(),
                                diagnostic.message())
                        .replace(System.lineSeparator(), "\n")
                + diagnostic.hint().map(hint -> "hint: " + hint + "\n").orElse("");
    }

    private static Map<String, String> read() throws IOException {
        return Arrays.stream(Files.readString(EXPECTED).split("(?m)^=== "))
                .skip(1)
                .collect(Collectors.toMap(
                        part -> part.substring(0, part.indexOf('\n')),
                        part -> part.substring(part.indexOf('\n') + 1).stripTrailing() + "\n",
                        (a, b) -> a,
                        TreeMap::new));
    }

    private static Map<String, String> write() throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        for (String name : files().keySet()) {
            all.put(name, said(name));
        }
        Files.writeString(
                EXPECTED,
                all.entrySet().stream()
                        .map(e -> "=== " + e.getKey() + "\n" + e.getValue() + "\n")
                        .collect(Collectors.joining()));
        return all;
    }
}
