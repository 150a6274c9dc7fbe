package dev.rnnc.compiler.sema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each case of the golden files is a source text and, below a line of dashes, all that the compiler says of it. Run with
 * {@code -Drnnc.goldens=write} to write what it says now, and read the difference before it is committed.
 */
class DiagnosticsGoldenTest {
    private static final Path FOLDER = Path.of("src/test/resources/diagnostics");
    private static final boolean WRITE = "write".equals(System.getProperty("rnnc.goldens"));

    private record Case(String title, String source, String expected) {
        static Case parse(String text) {
            int firstLine = text.indexOf('\n');
            int dashes = text.indexOf("\n---\n");
            int end = dashes < 0 ? text.length() : dashes + 1;
            String expected = dashes < 0 ? "" : text.substring(dashes + 5).strip();
            return new Case(text.substring(0, firstLine).strip(), text.substring(firstLine + 1, end), expected);
        }

        String rendered() {
            return FrontEnd.check(new SourceText("test.rnn", source)).render().strip();
        }

        String written() {
            return "=== " + title + "\n" + source.stripTrailing() + "\n---\n" + rendered() + "\n\n";
        }
    }

    @TestFactory
    Stream<DynamicTest> saysOfEachSource() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList().stream().flatMap(DiagnosticsGoldenTest::cases);
        }
    }

    private static Stream<DynamicTest> cases(Path file) {
        try {
            var cases = Arrays.stream(Files.readString(file).split("(?m)^=== "))
                    .skip(1)
                    .map(Case::parse)
                    .toList();
            if (WRITE) {
                Files.writeString(file, cases.stream().map(Case::written).collect(Collectors.joining()));
            }
            return cases.stream()
                    .map(c -> DynamicTest.dynamicTest(
                            c.title(), () -> assertThat(c.rendered()).isEqualTo(WRITE ? c.rendered() : c.expected())));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
