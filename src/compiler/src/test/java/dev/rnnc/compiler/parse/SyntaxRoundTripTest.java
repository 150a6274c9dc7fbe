package dev.rnnc.compiler.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.sema.Library;
import dev.rnnc.compiler.sema.SampleTexts;
import dev.rnnc.compiler.syntax.SyntaxFile;
import dev.rnnc.compiler.syntax.SyntaxPrinter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SyntaxRoundTripTest {
    static Stream<String> texts() {
        return Stream.concat(
                SampleTexts.ALL.stream(), Library.sources().stream().map(SourceText::text));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void theCanonicalFormIsParsedAsTheSameTree(String text) {
        String printed = SyntaxPrinter.print(parse(text));
        SyntaxFile again = parse(printed);
        assertThat(SyntaxPrinter.print(again)).isEqualTo(printed);
        assertThat(withoutPlaces(again)).isEqualTo(withoutPlaces(parse(text)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(a+b)*c | (a + b) * c",
                "a+(b*c) | a + b * c",
                "a-(b-c) | a - (b - c)",
                "(a-b)-c | a - b - c",
                "2^-3^2 | 2^-3^2",
                "(2^3)^2 | (2^3)^2",
                "-a^2 | -a^2",
                "(-a)^2 | (-a)^2",
                "--a*-b | --a * -b",
                "(a<b)*c | (a < b) * c",
                "(a+b)[0:2] | (a + b)[0:2]",
                "f(x,5,C:12)[:2] | f(x, 5, C: 12)[:2]",
                "(w@x)@(y) | w @ x @ y",
            })
    void bracketsAreKeptWhereTheyMatter(String written, String canonical) {
        String text = "model M { loss %s }";
        assertThat(SyntaxPrinter.print(parse(text.formatted(written)))
                        .lines()
                        .toList()
                        .get(1)
                        .strip())
                .isEqualTo("loss " + canonical);
    }

    @Test
    void statementsNeedNoSeparator() {
        String printed = SyntaxPrinter.print(parse("cell c(x[X])->y[X]{state h[X]h'=x a,b=split(x,2)y=a}"));
        assertThat(printed).isEqualTo("""
                cell c(x[X]) -> y[X] {
                    state h[X]
                    h' = x
                    a, b = split(x, 2)
                    y = a
                }
                """);
    }

    private static SyntaxFile parse(String text) {
        Diagnostics diagnostics = new Diagnostics();
        SyntaxFile file = ModelParser.parse(new SourceText("test.rnn", text), diagnostics);
        assertThat(diagnostics.sorted()).isEmpty();
        return file;
    }

    private static String withoutPlaces(SyntaxFile file) {
        return file.definitions().toString().replaceAll("Span\\[source=[^,]*, start=\\d+, end=\\d+]", "-");
    }
}
