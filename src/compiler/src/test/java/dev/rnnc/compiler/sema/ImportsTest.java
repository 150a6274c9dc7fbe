package dev.rnnc.compiler.sema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rnnc.compiler.diag.SourceFile;
import dev.rnnc.compiler.diag.SourceText;
import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImportsTest {
    private final Map<String, String> files = new HashMap<>();

    private Checked check(String text) {
        return FrontEnd.check(new SourceText("main.rnn", text), (importing, path) -> {
            if (!files.containsKey(path)) {
                throw new FileNotFoundException(path);
            }
            return new SourceText(path, files.get(path));
        });
    }

    private static String model(String output) {
        return " model M { input x : real[3] sequence output y = " + output + " }";
    }

    @Test
    void cellsFunctionsAndConstantsOfAnImportedFileCanBeUsed() {
        files.put("mine.rnn", """
                const SIZE = 5
                activation twice(x) = 2 * x
                cell leak(x[X]) -> h[SIZE] {
                  state h[SIZE]
                  param w[SIZE, X] ~ uniform(1)
                  h' = 0.5 * h + twice(w @ x)
                }
                """);
        Checked checked = check("import \"mine.rnn\"" + model("twice(leak(x))[0:SIZE - 1]"));
        assertThat(checked.render()).isEmpty();
        assertThat(checked.imports()).extracting(SourceText::name).containsExactly("mine.rnn");
        assertThat(checked.model().orElseThrow().spec().parameters())
                .extracting(p -> p.name() + p.shape())
                .containsExactly("y.w[5, 3]");
    }

    @Test
    void theDigestCoversWhatIsImported() {
        files.put("a.rnn", "const K = 2");
        String text = "import \"a.rnn\"" + model("K * x");
        String first = check(text).model().orElseThrow().spec().digest();
        files.put("a.rnn", "const K = 3");
        assertThat(check(text).model().orElseThrow().spec().digest()).isNotEqualTo(first);
    }

    @Test
    void aFileImportedOnTwoWaysIsReadOnce() {
        files.put("base.rnn", "activation twice(x) = 2 * x");
        files.put("a.rnn", "import \"base.rnn\" activation four(x) = twice(twice(x))");
        files.put("b.rnn", "import \"base.rnn\" activation eight(x) = 4 * twice(x)");
        assertThat(check("import \"a.rnn\" import \"b.rnn\" import \"base.rnn\"" + model("twice(four(eight(x)))"))
                        .render())
                .isEmpty();
    }

    @Test
    void whatAnImportedFileImportsStaysItsOwn() {
        files.put("base.rnn", "activation twice(x) = 2 * x");
        files.put("a.rnn", "import \"base.rnn\" activation four(x) = twice(twice(x))");
        assertThat(check("import \"a.rnn\"" + model("twice(x)")).render()).contains("unknown function or cell 'twice'");
    }

    @Test
    void theFilesOwnDefinitionsComeFirst() {
        files.put("a.rnn", "activation relu(x) = x  activation f(x) = relu(x)");
        assertThat(check("import \"a.rnn\" activation f(x) = 3 * x" + model("relu(f(x))"))
                        .render())
                .isEmpty();
    }

    @Test
    void anErrorInAnImportedFileIsShownThere() {
        files.put("a.rnn", "activation f(x) =\n  sigmoyd(x)");
        assertThat(check("import \"a.rnn\"" + model("f(x)")).render()).isEqualTo("""
                a.rnn:2:3: error: unknown function or cell 'sigmoyd'
                  sigmoyd(x)
                  ^~~~~~~
                hint: did you mean 'sigmoid'?
                """);
    }

    @Test
    void aMissingFileIsReportedAtTheImport() {
        assertThat(check("import \"cels.rnn\"" + model("x")).render())
                .startsWith("main.rnn:1:1: error: the imported file \"cels.rnn\" cannot be read");
    }

    @Test
    void aPathThatIsNoneIsReported() {
        assertThat(FrontEnd.check(new SourceText("main.rnn", "import \"a\0b\"" + model("x")), Sources.files())
                        .render())
                .contains("error");
    }

    @Test
    void ofAFileThatIsNoneOfTheLanguageNoWordIsShown() {
        files.put("note.txt", "\nsecret = 4711\n");
        String said = check("import \"note.txt\"" + model("x")).render();
        assertThat(said)
                .startsWith("main.rnn:1:1: error: the file \"note.txt\" cannot be imported: it is no file of cells,"
                        + " functions and constants (line 2)")
                .doesNotContain("secret", "4711");
    }

    @Test
    void aDeviceCannotBeImported() {
        assumeThat(Path.of("/dev/zero")).exists();
        String text = "import \"/dev/zero\"" + model("x");
        assertThat(FrontEnd.check(new SourceText("main.rnn", text), Sources.files())
                        .render())
                .startsWith("main.rnn:1:1: error: the file \"/dev/zero\" cannot be imported: it is no regular file");
    }

    @Test
    void aFileWithoutEndIsReadInBoundedMemory() {
        assumeThat(Path.of("/dev/zero")).exists();
        assertThatThrownBy(() -> SourceFile.read(Path.of("/dev/zero"))).hasMessageContaining("larger than 16 MB");
    }

    @Test
    void controlCharactersOfATextAreShownEscaped() {
        String said =
                check("model M { input x : real[2] output o = tanh(x) } \33[2J").render();
        assertThat(said)
                .contains("} \\u001b[2J\n")
                .contains("\n" + " ".repeat(55) + "^\n")
                .doesNotContain("\33");
    }

    @Test
    void filesThatImportOneAnotherAreRefused() {
        files.put("a.rnn", "import \"b.rnn\" const A = 1");
        files.put("b.rnn", "import \"a.rnn\" const B = 1");
        assertThat(check("import \"a.rnn\"" + model("x")).render())
                .contains("b.rnn:1:1: error: \"a.rnn\" imports this");
    }

    @Test
    void aModelCannotBeImported() {
        files.put("a.rnn", model("x"));
        assertThat(check("import \"a.rnn\"" + model("x")).render()).contains("holds the model 'M'");
    }

    @Test
    void twoImportsOfTheSameNameAreRefused() {
        files.put("a.rnn", "activation f(x) = x");
        files.put("b.rnn", "const f = 2");
        assertThat(check("import \"a.rnn\" import \"b.rnn\"" + model("x")).render())
                .contains("\"b.rnn\" defines 'f', which another import defines too");
    }
}
