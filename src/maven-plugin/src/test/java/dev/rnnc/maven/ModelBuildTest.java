package dev.rnnc.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.driver.BackendKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a second build does after a change. */
class ModelBuildTest {
    private static final String MODEL = "model %s { input x : real[3]  output y = dense(x, %d) }";
    private static final Settings JAVA = new Settings(BackendKind.JAVA, "", List.of(1), Set.of(), 0, 0);

    @TempDir
    Path base;

    private Findings findings;

    @BeforeEach
    void twoModels() throws IOException {
        write("com/acme/one.rnn", MODEL.formatted("One", 2));
        write("two.rnn", MODEL.formatted("Two", 2));
    }

    @Test
    void theFirstCompilesAll() throws IOException {
        assertThat(compiled(JAVA)).containsExactly("com/acme/one.rnn", "two.rnn");
        assertThat(outputs()).contains("com/acme/One.java", "Two.java");
        assertThat(Files.readString(base.resolve("out/com/acme/One.java")))
                .contains("package com.acme;")
                .doesNotContain(base.toString());
    }

    @Test
    void withoutAChangeCompilesNothing() throws IOException {
        compiled(JAVA);
        Files.setLastModifiedTime(base.resolve("rnn/two.rnn"), java.nio.file.attribute.FileTime.fromMillis(0));

        assertThat(compiled(JAVA)).isEmpty();
    }

    @Test
    void compilesWhatWasEdited() throws IOException {
        compiled(JAVA);
        write("two.rnn", MODEL.formatted("Two", 3));

        assertThat(compiled(JAVA)).containsExactly("two.rnn");
    }

    @Test
    void compilesWhatImportsAnEditedFile() throws IOException {
        write("inner.rnn", "const A = 2");
        write("outer.rnn", "import \"inner.rnn\" function twice(x) = A * x");
        write("three.rnn", "import \"outer.rnn\" model Three { input x : real[3]  output y = twice(x) }");
        assertThat(compiled(JAVA)).contains("three.rnn").doesNotContain("inner.rnn", "outer.rnn");
        write("inner.rnn", "const A = 3");

        assertThat(compiled(JAVA)).containsExactly("three.rnn");
    }

    @Test
    void compilesAllForOtherSettings() throws IOException {
        compiled(JAVA);

        assertThat(compiled(new Settings(BackendKind.JAVA, "models", List.of(1), Set.of(), 0, 0)))
                .hasSize(2);
        assertThat(outputs()).contains("models/Two.java").doesNotContain("Two.java");
    }

    @Test
    void compilesAllForAnotherVersion() throws IOException {
        compiled(JAVA);

        assertThat(build(JAVA, "2").compiled()).hasSize(2);
    }

    @Test
    void mendsAnOutputThatSomebodyChanged() throws IOException {
        compiled(JAVA);
        Files.writeString(base.resolve("out/Two.java"), "// mine");

        assertThat(compiled(JAVA)).containsExactly("two.rnn");
        assertThat(Files.readString(base.resolve("out/Two.java"))).contains("class Two");
    }

    @Test
    void deletesWhatWasMadeOfADeletedModelAndItsEmptyFolders() throws IOException {
        compiled(JAVA);
        Files.delete(base.resolve("rnn/com/acme/one.rnn"));

        assertThat(build(JAVA, "1").deleted()).isNotEmpty();
        assertThat(outputs()).isNotEmpty().noneMatch(name -> name.contains("One"));
        assertThat(base.resolve("out/com")).doesNotExist();
    }

    @Test
    void deletesTheOldClassOfARenamedModel() throws IOException {
        compiled(JAVA);
        write("two.rnn", MODEL.formatted("Second", 2));

        assertThat(compiled(JAVA)).containsExactly("two.rnn");
        assertThat(outputs()).contains("Second.java").doesNotContain("Two.java");
    }

    @Test
    void leavesFilesAloneThatItDidNotWrite() throws IOException {
        compiled(JAVA);
        Files.writeString(base.resolve("out/com/acme/Mine.java"), "");
        Files.delete(base.resolve("rnn/com/acme/one.rnn"));
        compiled(JAVA);

        assertThat(outputs()).contains("com/acme/Mine.java");
    }

    @Test
    void keepsTheLastOutputsOfAModelWithErrorsUntilItIsMended() throws IOException {
        compiled(JAVA);
        write("two.rnn", "model Two { input x : real[3]  output y = dens(x, 2) }");

        assertThat(compiled(JAVA)).isEmpty();
        assertThat(findings.errors()).singleElement().asString().matches(".*two\\.rnn:\\[1,43] .*dense.*");
        assertThat(outputs()).contains("Two.java");

        write("two.rnn", MODEL.formatted("Two", 2));
        assertThat(compiled(JAVA)).containsExactly("two.rnn");
    }

    @Test
    void refusesTwoModelsOfOneName() throws IOException {
        write("three.rnn", MODEL.formatted("Two", 4));
        compiled(JAVA);

        assertThat(findings.errors()).singleElement().asString().contains("two.rnn", "same name", "rnn/three.rnn");
    }

    @Test
    void writesClassFilesWithTheOtherBackend() throws IOException {
        compiled(new Settings(BackendKind.BYTECODE, "", List.of(1), Set.of(), 0, 0));

        assertThat(outputs()).contains("com/acme/One.class", "Two.class");
    }

    @Test
    void survivesAStateFileThatMakesNoSense() throws IOException {
        compiled(JAVA);
        Files.writeString(base.resolve("state"), "rnnc build state 1\ninput\tx");

        assertThat(compiled(JAVA)).hasSize(2);
    }

    @Test
    void canBeMoved() throws IOException {
        compiled(JAVA);
        Path moved = base.resolveSibling(base.getFileName() + "-moved");
        Files.move(base, moved);
        base = moved;

        assertThat(compiled(JAVA)).isEmpty();
    }

    @Test
    void saysWhichFileIsNoTextAndCompilesTheOthers() throws IOException {
        Files.write(base.resolve("rnn/two.rnn"), new byte[] {(byte) 0xc3, 0x28});

        assertThat(compiled(JAVA)).containsExactly("com/acme/one.rnn");
        assertThat(findings.errors()).singleElement().asString().contains("two.rnn:[1,1] not UTF-8 text");
    }

    @Test
    void saysWhichFolderIsNoPackage() throws IOException {
        write("two-words/three.rnn", MODEL.formatted("Three", 2));
        compiled(JAVA);

        assertThat(findings.errors())
                .singleElement()
                .asString()
                .contains("three.rnn:[1,1]", "'two-words' is no Java package name");
    }

    private List<String> compiled(Settings settings) throws IOException {
        return build(settings, "1").compiled().stream()
                .map(file -> base.resolve("rnn").relativize(file).toString())
                .toList();
    }

    private ModelBuild.Result build(Settings settings, String version) throws IOException {
        findings = new Findings(new SystemStreamLog(), Optional.empty());
        ModelFolder folder = new ModelFolder(base.resolve("rnn"), List.of(), List.of());
        return new ModelBuild(base, folder, settings, base.resolve("out"), base.resolve("state"), findings)
                .run(version);
    }

    private List<String> outputs() throws IOException {
        Path root = base.resolve("out");
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .toList();
        }
    }

    private void write(String name, String text) throws IOException {
        Path file = base.resolve("rnn").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
