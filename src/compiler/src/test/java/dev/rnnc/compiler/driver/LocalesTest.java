package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.explain.UnrolledPicture;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the compiler writes does not depend on the language of the user. */
class LocalesTest {
    private static final String TEXT = """
            model Two {
              input x : real[10] sequence
              target y : real[3] sequence
              layer h = lstm(x, 12)
              layer b = gru(h, 12)
              output o = dense(b, 3)
              loss mse(o, y)
              train { steps 20 batch 16 truncate 10 optimizer adam(rate: 0.001) }
            }
            """;

    private final Locale before = Locale.getDefault();

    @AfterEach
    void restore() {
        Locale.setDefault(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fa-IR", "ar-EG", "hi-IN-u-nu-deva", "bn-BD", "mr-IN", "ne-NP", "my-MM", "dz-BT", "tr-TR"})
    void isTheSameInEveryLocale(String language) {
        Locale.setDefault(Locale.ROOT);
        List<String> plain = written();
        Locale.setDefault(Locale.forLanguageTag(language));

        assertThat(written()).isEqualTo(plain);
    }

    private static List<String> written() {
        Checked checked = Compiler.check(new SourceText("two.rnn", TEXT), Sources.none());
        Model model = checked.model().orElseThrow(() -> new AssertionError(checked.render()));
        CompileOptions options = new CompileOptions(Compiler.programs(model), 20, 16, List.of(8), "a.b");
        List<String> written = new ArrayList<>();
        new TreeMap<>(Compiler.emitJava(model, options)).forEach((name, text) -> written.add(name + "\n" + text));
        written.add(UnrolledPicture.svg(model));
        written.add(Compiler.check(
                        new SourceText("wrong.rnn", "model M { input x : real[\n2] output i = tanh(z) }"),
                        Sources.none())
                .render());
        return written;
    }
}
