package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Runs commands as a user does, within this JVM. */
abstract class CommandLineTest {
    @TempDir
    Path folder;

    /** What a command left behind. */
    record Outcome(int code, String out, String err) {
        Outcome succeeds() {
            assertThat(err).doesNotContain("error");
            assertThat(code).as(err).isEqualTo(ExitCode.OK);
            return this;
        }

        Outcome fails(int expected, String... words) {
            assertThat(err).contains(words).doesNotContain("\tat ", "Exception");
            assertThat(code).as(err).isEqualTo(expected);
            return this;
        }
    }

    Outcome rnnc(Object... arguments) {
        return rnnc(Map.of(), arguments);
    }

    Outcome rnnc(Map<String, String> environment, Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Clock clock = Clock.fixed(Instant.parse("2026-03-01T12:00:05Z"), ZoneOffset.UTC);
        Surroundings surroundings = new Surroundings(environment, folder, home(), clock, false);
        String[] words = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        int code = Main.run(surroundings, backend(), new PrintWriter(out), new PrintWriter(err), words);
        return new Outcome(code, out.toString(), err.toString());
    }

    Backend backend() {
        return new FakeBackend();
    }

    /** The checkout the command believes to run from; null for none. */
    String home() {
        return null;
    }

    Path file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }
}
