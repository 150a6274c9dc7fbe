package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.sema.Library;
import dev.rnnc.compiler.sema.Mutations;
import dev.rnnc.compiler.sema.SampleTexts;
import dev.rnnc.compiler.syntax.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FormatTest {
    private static final Path SAMPLES = Path.of("../../samples");
    private static final int MUTATIONS = Integer.getInteger("rnnc.fuzz", 3000);

    static Stream<SourceText> shipped() throws IOException {
        List<SourceText> sources = new ArrayList<>(Library.sources());
        try (Stream<Path> files = Files.walk(SAMPLES)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".rnn")).sorted().toList()) {
                sources.add(new SourceText(file.toString(), Files.readString(file)));
            }
        }
        return sources.stream();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void samplesAndLibraryAreFormatted(SourceText source) {
        assertThat(format(source.text())).hasValue(source.text());
    }

    @Test
    void formattingKeepsTokensAndCommentsAndIsDoneOnce() throws IOException {
        List<String> texts = new ArrayList<>(SampleTexts.ALL);
        shipped().map(SourceText::text).forEach(texts::add);
        Random random = new Random(3);
        int formatted = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            String text = i < texts.size() ? texts.get(i) : Mutations.mutate(texts.get(i % texts.size()), random);
            text = random.nextBoolean() ? text : text.replace("\n", "\r\n");
            text = withComments(text, random);
            formatted += formatted(text) ? 1 : 0;
        }
        assertThat(formatted).isGreaterThan(MUTATIONS / 20);
    }

    private static String withComments(String text, Random random) {
        StringBuilder more = new StringBuilder(text);
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = more.indexOf(" ", random.nextInt(more.length()));
            String comment = random.nextBoolean() ? " // comment\n" : "\n\n// a \"comment { \n";
            more.insert(Math.max(at, 0), comment);
        }
        return more.toString();
    }

    private static boolean formatted(String text) {
        Optional<String> once = format(text);
        once.ifPresent(canonical -> {
            assertThat(format(canonical)).as(text).hasValue(canonical);
            assertThat(tokens(canonical)).as(text).isEqualTo(tokens(text));
            assertThat(comments(canonical)).as(text).isEqualTo(comments(text));
        });
        return once.isPresent();
    }

    @Test
    void aModelOnOneLineIsLaidOut() {
        assertThat(format("const A=2 cell c(x[X];k=0.5)->y[X]{state h[X]h'=x*-k a,b=split(x[:X],2)y=a^-1}// end\n"
                        + "model Small{input x:real[A*2]sequence target wanted:real[2] const B=A+1\n\n\n\n"
                        + "layer h=c(x,k:1)output y=last(h)loss mse(y,wanted)"
                        + "train{steps 3 batch 4 optimizer sgd(rate:0.1)}}"))
                .hasValue("""
                        const A = 2

                        cell c(x[X]; k = 0.5) -> y[X] {
                          state h[X]
                          h' = x * -k
                          a, b = split(x[:X], 2)
                          y = a^-1
                        }  // end

                        model Small {
                          input  x      : real[A*2] sequence
                          target wanted : real[2]
                          const B = A + 1

                          layer  h = c(x, k: 1)
                          output y = last(h)
                          loss   mse(y, wanted)
                          train { steps 3  batch 4  optimizer sgd(rate: 0.1) }
                        }
                        """);
    }

    @Test
    void commentsStayWhereTheyAre() {
        String text = """
                // first


                // second
                model M {  // behind the brace
                  // before the input
                  input x : real[2]  // behind the input
                  // on its own

                  output y = x  // within
                      // a line of its own
                      + 1
                  train {
                    steps 3  // three
                    batch 4
                    // last
                  }
                  // before the end
                }
                // the end
                """;
        assertThat(format(text)).hasValue(text.replace("\n\n\n", "\n\n").replace("}\n// the end", "}\n\n// the end"));
    }

    @Test
    void longStatementsBreakWhereTheFewestBracketsAre() {
        String sum = "sigmoid(first_name * second_name) * third_name";
        assertThat(format("model M { output y = " + sum + " + " + sum + " + " + sum + " }"))
                .hasValue("model M {\n  output y = %s + %s\n      + %s\n}\n".formatted(sum, sum, sum));
    }

    @Test
    void veryLongStatementsTakeLittleTime() {
        format("model M { output y = x" + "[0:1]".repeat(50_000) + " }");
        format("model M { output y = x" + " + x".repeat(50_000) + " }");
        format("model M { " + "input x : real ".repeat(20_000) + " }");
    }

    @Test
    void textWithSyntaxErrorsIsRefused() {
        assertThat(format("model M { output = }")).isEmpty();
    }

    private static Optional<String> format(String text) {
        return Compiler.format(new SourceText("test.rnn", text), new Diagnostics());
    }

    private static List<String> tokens(String text) {
        return ModelParser.tokens(new SourceText("test.rnn", text)).stream()
                .map(Token::text)
                .toList();
    }

    private static List<String> comments(String text) {
        return Pattern.compile("\"[^\"\r\n]*\"|(//[^\r\n]*)")
                .matcher(text)
                .results()
                .filter(found -> found.group(1) != null)
                .map(found -> found.group(1).strip())
                .toList();
    }
}
