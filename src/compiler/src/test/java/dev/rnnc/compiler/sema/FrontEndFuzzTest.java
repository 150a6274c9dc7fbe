package dev.rnnc.compiler.sema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.ModelVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Whatever the text is, the front end answers, and what it accepts builds. */
class FrontEndFuzzTest {
    /** More are tried with {@code -Drnnc.fuzz=100000}, others with {@code -Drnnc.fuzz.seed=7}. */
    private static final int MUTATIONS = Integer.getInteger("rnnc.fuzz", 3000);

    private static final long SEED = Long.getLong("rnnc.fuzz.seed", 42);

    /** Far more than any of it takes on a busy machine: longer than that, the front end hangs. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    @Test
    void mutatedSamplesGiveDiagnosticsAndNeverAnException() throws IOException {
        List<String> texts = new ArrayList<>(SampleTexts.ALL);
        Library.sources().forEach(s -> texts.add(s.text()));
        texts.addAll(modelsBelow(Path.of("../../samples")));
        Random random = new Random(SEED);
        Assertions.assertTimeoutPreemptively(PATIENCE, () -> {
            int accepted = 0;
            for (int i = 0; i < MUTATIONS; i++) {
                accepted += check(Mutations.mutate(texts.get(i % texts.size()), random)) ? 1 : 0;
            }
            assertThat(accepted).as("mutations that are still models").isPositive();
        });
    }

    private static List<String> modelsBelow(Path folder) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".rnn")).sorted().toList()) {
                texts.add(Files.readString(file));
            }
        }
        return texts;
    }

    private static boolean check(String text) {
        try {
            Checked checked = FrontEnd.check(new SourceText("fuzz.rnn", text));
            checked.render();
            checked.model().ifPresent(model -> {
                ModelVerifier.verify(model);
                BuildGraph.build(model);
            });
            assertThat(checked.model().isPresent() || !checked.diagnostics().isEmpty())
                    .isTrue();
            return checked.model().isPresent();
        } catch (RuntimeException | StackOverflowError e) {
            return fail("not answered:\n" + text, e);
        }
    }

    @Test
    void hostileTextsAreAnswered() {
        Assertions.assertTimeoutPreemptively(PATIENCE, () -> {
            check("(".repeat(100_000));
            check(one("x" + " + x".repeat(20_000)));
            check(one("-".repeat(100_000) + "x"));
            check(one("x" + "^2".repeat(50_000)));
            check(one("x" + "[0:1]".repeat(20_000)));
            check(one("-(".repeat(190) + "x" + ")".repeat(190)));
            check(one("dense(".repeat(150) + "x" + ", 2)".repeat(150)));
            check(one("x)".repeat(10_000)));
            check("model M { input x : real[2] " + "output output ".repeat(5_000));
            check("{".repeat(150) + "\u0000".repeat(1_000));
            check("model M { input x : real[" + "9".repeat(100_000) + "] output y = x }");
            check(one("dense(x, 2147483647)"));
            check(one("dense(dense(x, 2147483647), 2147483647)"));
            check("model M { input x : token(2147483647) sequence output y = lstm(embed(x, 2147483647), 2147483647) }");
            check("const A = 2147483647\ncell c(x[X]) -> y[Y] { param w[A*Y, A*X] ~ normal(1) y = w @ x }"
                    + one("c(x, A)"));
            check("// ".repeat(100_000));
            check("a".repeat(1_000_000));
        });
    }

    @Test
    void callsThatDoubleAtEachLevelAreRefusedBeforeTheyFillTheMemory() {
        StringBuilder text = new StringBuilder("function f0(x) = x + 1\n");
        for (int i = 1; i <= 60; i++) {
            text.append("function f%d(x) = f%d(x) + f%d(x)%n".formatted(i, i - 1, i - 1));
        }
        String source = text + one("f60(x)");
        assertThat(FrontEnd.check(new SourceText("fuzz.rnn", source)).render()).contains("too large");
    }

    @Test
    void longChainsOfDefinitionsBuild() {
        StringBuilder layers = new StringBuilder("model M { input x : real[2] layer l0 = x + 1\n");
        StringBuilder equations = new StringBuilder("cell chain(x[X]) -> y[X] { e0 = x\n");
        for (int i = 1; i <= 5000; i++) {
            layers.append("layer l%d = l%d + 1%n".formatted(i, i - 1));
            equations.append("e%d = -e%d%n".formatted(i, i - 1));
        }
        assertThat(check(layers + "output y = l5000 }")).isTrue();
        assertThat(check(equations + "y = e5000 }\n" + one("chain(x)"))).isTrue();
    }

    private static String one(String output) {
        return "model M { input x : real[2] output y = " + output + " }";
    }
}
