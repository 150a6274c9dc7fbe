package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    private static final LocalDateTime NOON = LocalDateTime.of(2026, 3, 1, 12, 0, 5);

    @TempDir
    Path parent;

    @Test
    void isNamedAfterModelAndTimeAndNeverTakenTwice() {
        RunFolder first = RunFolder.create(parent.resolve("runs"), "CharLm", NOON);
        first.write("log.jsonl", "{}");
        RunFolder second = RunFolder.create(parent.resolve("runs"), "CharLm", NOON);

        assertThat(first.path()).hasFileName("CharLm-20260301-120005").isDirectory();
        assertThat(second.path()).hasFileName("CharLm-20260301-120005-2").isDirectory();
    }

    @Test
    void takesAnEmptyFolderAndRefusesAnyOther() throws IOException {
        assertThat(RunFolder.create(parent).path()).isEqualTo(parent);

        Files.writeString(parent.resolve("thesis.txt"), "precious");

        assertThatThrownBy(() -> RunFolder.create(parent)).hasMessageContaining("never overwrites");
        assertThatThrownBy(() -> RunFolder.create(parent.resolve("thesis.txt"))).hasMessageContaining("is a file");
    }

    @Test
    void tellsWhichFileCannotBeWritten() throws IOException {
        RunFolder folder = RunFolder.create(parent);
        Files.createDirectory(folder.resolve("sample.txt"));

        assertThatThrownBy(() -> folder.write("sample.txt", "text"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("sample.txt");
    }

    @Test
    void appendsWholeLines() {
        RunFolder folder = RunFolder.create(parent);
        folder.append("log.jsonl", "{\"epoch\":1}");
        folder.append("log.jsonl", "{\"epoch\":2}");

        assertThat(folder.resolve("log.jsonl")).hasContent("{\"epoch\":1}\n{\"epoch\":2}\n");
    }
}
