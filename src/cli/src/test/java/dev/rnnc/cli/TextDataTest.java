package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.cli.data.DataException;
import dev.rnnc.cli.data.TextTokens;
import dev.rnnc.project.ProjectFolder;
import dev.rnnc.runtime.text.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextDataTest {
    @TempDir
    Path folder;

    @Test
    void readsAnyUtf8AndCountsCodePoints() throws IOException {
        TextData text = TextData.read(file("Gr\u00F6\u00DFe \uD83D\uDE00\r\n".getBytes(StandardCharsets.UTF_8)));

        assertThat(text.content()).isEqualTo("Gr\u00F6\u00DFe \uD83D\uDE00\r\n");
        assertThat(TextTokens.count(text.open()).values()).allMatch(count -> count == 1);
        assertThat(TextTokens.count(text.open())).hasSize(9);
    }

    @Test
    void leavesTheByteOrderMarkOut() throws IOException {
        assertThat(TextData.read(file("\uFEFFab".getBytes(StandardCharsets.UTF_8)))
                        .content())
                .isEqualTo("ab");
    }

    @Test
    void namesTheFirstWrongByteOfAFileThatIsNotUtf8() throws IOException {
        Path latin1 = file("Gr\u00F6\u00DFe".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> TextData.read(latin1).content())
                .isInstanceOf(DataException.class)
                .hasMessageContaining("is not UTF-8: wrong byte 0xF6 at offset 2");
    }

    @Test
    void noticesACharacterThatIsCutOffAtTheEnd() throws IOException {
        Path cut = file(new byte[] {'a', (byte) 0xC3});

        assertThatThrownBy(() -> TextData.read(cut).content()).hasMessageContaining("wrong byte 0xC3 at offset 1");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        Path empty = file(new byte[0]);

        assertThatThrownBy(() -> TextData.read(empty)).hasMessageEndingWith("is empty");
    }

    @Test
    void refusesFoldersAndMissingFiles() {
        assertThatThrownBy(() -> TextData.read(folder)).hasMessageContaining("is a folder; name a file");
        assertThatThrownBy(() -> TextData.read(folder.resolve("none"))).hasMessageContaining("does not exist");
    }

    @Test
    void ownSourcesAreJavaFilesInOrderOfTheirPathsWithoutBuildProducts() throws IOException {
        write("src/b/B.java", "class B {}\n");
        write("src/a/A.java", "class A {}\n");
        write("src/a/notes.txt", "no");
        write("src/a/target/generated-sources/C.java", "class C {}\n");

        assertThat(OwnSources.read(folder.toString()).content()).isEqualTo("class A {}\nclass B {}\n");
    }

    @Test
    void ownSourcesKeepToThe96SymbolsThatTheSampleModelTakes() {
        TextData sources = OwnSources.read(ProjectFolder.ROOT.toString());

        assertThat(Vocabulary.of(sources.content(), 96).size()).isGreaterThan(60);
    }

    @Test
    void withoutOwnSourcesAsksForAText() {
        assertThatThrownBy(() -> OwnSources.read(null)).hasMessageContaining("--text FILE");
        assertThatThrownBy(() -> OwnSources.read(folder.toString())).hasMessageContaining("--text FILE");
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("text.txt"), content);
    }

    private void write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
