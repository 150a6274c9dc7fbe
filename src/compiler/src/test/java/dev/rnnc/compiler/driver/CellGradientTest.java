package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.sema.SampleTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellGradientTest {
    @Test
    void anElmanNetwork() {
        assertThat(equations("", "rnn")).containsExactly(lines("""
                dh' = dh_next + dh_loss
                dz = dh' * (1 - h'^2)
                dh = weight_hh^T @ dz
                dx = weight_ih^T @ dz
                dweight_ih += dz @ x^T
                dbias_ih += dz
                dweight_hh += dz @ h^T
                dbias_hh += dz
                """));
    }

    @Test
    void longShortTermMemory() {
        assertThat(equations("", "lstm")).containsExactly(lines("""
                dh' = dh_next + dh_loss
                do = dh' * tanh(c') * (sigmoid(o) * (1 - sigmoid(o)))
                dc' = dc_next + dh' * sigmoid(o) * (1 - tanh(c')^2)
                dg = dc' * sigmoid(i) * (1 - tanh(g)^2)
                di = dc' * tanh(g) * (sigmoid(i) * (1 - sigmoid(i)))
                df = dc' * c * (sigmoid(f) * (1 - sigmoid(f)))
                dz = concat(di, df, dg, do)
                dh = weight_hh^T @ dz
                dc = dc' * sigmoid(f)
                dx = weight_ih^T @ dz
                dweight_ih += dz @ x^T
                dbias_ih += dz
                dweight_hh += dz @ h^T
                dbias_hh += dz
                """));
    }

    @Test
    void aGatedRecurrentUnit() {
        assertThat(equations("", "gru")).containsExactly(lines("""
                dh' = dh_next + dh_loss
                dn = dh' * (1 - z)
                da = dn * (1 - n^2)
                dr = da * n_state
                dn_state = da * r
                dz = dh' * h - dh' * n
                da2 = dz * (z * (1 - z))
                da3 = dr * (r * (1 - r))
                da4 = concat(da3, da2, dn_state)
                da5 = concat(da3, da2, da)
                dh = dh' * z + weight_hh^T @ da4
                dx = weight_ih^T @ da5
                dweight_ih += da5 @ x^T
                dbias_ih += da5
                dweight_hh += da4 @ h^T
                dbias_hh += da4
                """));
    }

    @Test
    void cellsWithoutStateAndTokens() {
        assertThat(equations("", "dense"))
                .containsExactly("dx = weight^T @ dy_loss", "dweight += dy_loss @ x^T", "dbias += dy_loss");
        assertThat(equations("", "embed")).containsExactly("dweight[text] += dy_loss");
    }

    @Test
    void aLayerMeansTheCellItCalls() {
        assertThat(equations(SampleTexts.OWN_CELLS, "r")).isEqualTo(equations(SampleTexts.OWN_CELLS, "running"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"peephole", "running", "block", "rnn_relu", "lstmp"})
    void everyCellHasOne(String cell) {
        assertThat(equations(SampleTexts.OWN_CELLS, cell))
                .isNotEmpty()
                .allMatch(line -> line.matches("d[a-zA-Z_0-9.]+'?(\\[.*])? \\+?= .+"))
                .noneMatch(line -> line.matches(".*\\b(step|invariant|carry|result|scan)\\d*\\b.*"));
    }

    @Test
    void whatIsLongAndReadMoreThanOnceHasAName() {
        CellGradient.Derived derived = CellGradient.of(new SourceText("test.rnn", """
                cell pool(keys[K] sequence) -> y[K] {
                  param v[K] ~ uniform(1)
                  y = attend(sum(v * keys), keys)
                }
                """), "pool");

        assertThat(derived.shorthand()).containsExactly(lines("""
                u = where(valid, scores(1, sum(v * keys)), -1.0e30)
                u2 = sum(where(valid, exp(u - max(u)), 0)) + (max(valid) == 0)
                u3 = where(valid, exp(u - max(u)), 0) / u2
                """));
        assertThat(derived.equations()).contains("dz = scores(dy, keys)").anyMatch(line -> line.contains("u3"));
    }

    @Test
    void cellsOfImportedFiles(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("cells.rnn"), "cell twice(x[X]) -> y[X] { y = 2 * x }");
        SourceText source = new SourceText(folder.resolve("m.rnn").toString(), "import \"cells.rnn\"");

        assertThat(CellGradient.of(source, "twice").equations()).containsExactly("dx = dy_loss * 2");
    }

    @Test
    void whatIsNotACellIsToldWithTheCellsThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> equations(SampleTexts.OWN_CELLS, "lstn"))
                .withMessageContainingAll("'lstn'", "lstm", "peephole");
    }

    private static List<String> equations(String text, String name) {
        return CellGradient.of(new SourceText("test.rnn", text), name).equations();
    }

    private static String[] lines(String text) {
        return text.lines().toArray(String[]::new);
    }
}
