package dev.rnnc.cli.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightMapReaderTest {
    @Test
    void aMapIsPrintedAsItIsRead() throws WeightMapException {
        String text = """
                h.weight_ih = gru/kernel:0 | transpose | gates zrh rzh
                h.bias_ih = gru/bias:0 | row 0 | gates zrh rzh
                h.bias = a + b | rows 0:8
                y.weight = "odd name" | flatten
                y.bias = zeros
                z.bias = initial
                ignore conv*
                """;

        assertThat(WeightMapReader.read(text)).hasToString(text);
    }

    @Test
    void commentsBlanksAndEmptyLinesMeanNothing() throws WeightMapException {
        WeightMap map = WeightMapReader.read("\n  # all\n a=b  # one\n\tc = \"d#\"\n");

        assertThat(map).hasToString("a = b\nc = d#\n");
    }

    @Test
    void aJsonObjectMapsNames() throws WeightMapException {
        assertThat(WeightMapReader.read(" {\"h.weight\": \"a b\"}")).hasToString("h.weight = \"a b\"\n");
    }

    @Test
    void patternsMatchWholeNames() throws WeightMapException {
        WeightMap map = WeightMapReader.read("ignore conv*.weight\nignore x");

        assertThat(List.of("conv1.weight", "conv.weight", "x")).allMatch(map::ignores);
        assertThat(List.of("conv1.weights", "my.conv.weight", "xy")).noneMatch(map::ignores);
        WeightMap stars = WeightMapReader.read("ignore a*b*b\nignore **" + "a*".repeat(40) + "c");
        assertThat(List.of("abb", "axbxb", "abbb")).allMatch(stars::ignores);
        assertThat(List.of("ab", "aab", "bab", "a".repeat(60))).noneMatch(stars::ignores);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '^', textBlock = """
            h.weight                ; '=' is expected at the end of the line
            h.weight a              ; '=' is expected before 'a'
            h.weight =              ; at the end of the line, a tensor is expected
            = a                     ; '=' stands where a parameter is expected
            h.weight = a b          ; 'b' is not expected
            h.weight = a | turn     ; there is no step 'turn'
            h.weight = a | row x    ; 'x' is no whole number
            h.weight = a | rows 3   ; FROM:TO is expected
            h.weight = a | gates ab ; two orders behind 'gates' is expected
            h.w = a | gates ab ac   ; both must name the same gates
            h.weight = "a           ; the quote at column 12 is never closed
            """)
    void whatIsNoMapIsToldWithItsLine(String line, String message) {
        assertThatThrownBy(() -> WeightMapReader.read("a = b\n" + line))
                .isInstanceOf(WeightMapException.class)
                .hasMessageContaining("line 2: ")
                .hasMessageContaining(message);
    }

    @Test
    void aParameterIsNamedOnce() {
        assertThatThrownBy(() -> WeightMapReader.read("a = b\na = c")).hasMessageContaining("line 2: parameter 'a'");
    }
}
