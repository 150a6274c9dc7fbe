package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Sizes change what code computes, not how much code there is; what cannot be addressed is refused with the reason. */
class LargeModelsTest {
    private static Model words(int vocabulary, int units) {
        return ModelTexts.model("""
                model Words {
                  input text : token(%1$d) sequence
                  target next : token(%1$d) sequence
                  layer h = lstm(embed(text, %2$d), %2$d)
                  output y = dense(h, %1$d)
                  loss crossentropy(y, next)
                }
                """.formatted(vocabulary, units));
    }

    private static CompileOptions sized(int steps, int batch) {
        return CompileOptions.of(ProgramKind.TRAINING).sized(steps, batch).lanes(16);
    }

    private static double bytes(Model model, CompileOptions options) {
        Map<String, byte[]> classes = Compiler.classes(model, options);
        return classes.values().stream().mapToInt(file -> file.length).sum();
    }

    @Test
    void tenThousandStepsAreAsMuchCodeAsTen() {
        Model model = words(50, 16);

        double ten = bytes(model, sized(10, 1));

        assertThat(bytes(model, sized(10_000, 1))).isCloseTo(ten, Percentage.withPercentage(2));
        assertThat(bytes(model, sized(10_000, 1).unrolled(new Unroll.By(4))))
                .isCloseTo(bytes(model, sized(10, 1).unrolled(new Unroll.By(4))), Percentage.withPercentage(2));
    }

    @Test
    void largeLayersLongSequencesAndVocabulariesCompile() {
        assertThat(Compiler.classes(words(100, 4096), sized(2000, 16))).isNotEmpty();
        assertThat(Compiler.classes(words(100_000, 512), sized(32, 16))).isNotEmpty();
    }

    @Test
    void whatAnIntCannotAddressIsRefusedWithTheReason() {
        assertThatThrownBy(() -> Compiler.classes(words(100, 4096), sized(2000, 300)))
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "(?s)test\\.rnn: error: model Words is too large: .* more than the 2,147,483,647 that are possible;"
                                + " take fewer steps, a smaller batch or smaller layers\n");
        assertThatThrownBy(() -> Compiler.classes(words(100_000, 64), sized(2000, 64)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("of the training program would hold");
        assertThatThrownBy(() -> Compiler.classes(words(10, 4), sized(Integer.MAX_VALUE, 2)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("test.rnn: error: model Words is too large: ");
    }

    @Test
    void aRowThatCannotBePaddedIsAnErrorOfTheCheck() {
        assertThat(FrontEnd.check(new SourceText(
                                "test.rnn", "model H { input x : real[2147483633] sequence output y = sum(x) }"))
                        .render())
                .startsWith(
                        "test.rnn:1:26: error: real[2147483633] has 2147483633 elements, more than the 2147483632 that");
    }

    @Test
    void moreOutputsThanARecordHoldsAreReadOneByOne() {
        StringBuilder text = new StringBuilder("model Many { input x : real[2] sequence\n");
        for (int i = 0; i < 300; i++) {
            text.append("output y%d = x * %d\n".formatted(i, i));
        }
        Model model = ModelTexts.model(text + "}");
        for (BackendKind backend : BackendKind.values()) {
            CompileOptions options =
                    CompileOptions.of(ProgramKind.SEQUENCE).lanes(1).by(backend);
            Map<String, byte[]> classes = Compiler.classes(model, options);
            assertThat(classes).containsKey("Many$Sequence").doesNotContainKey("Many$SequenceOutputs");
            assertThat(Compiler.load(model, options).spec()).isEqualTo(model.spec());
        }
    }

    @Test
    void moreInputsThanAMethodTakesAreAnErrorOfTheCheck() {
        StringBuilder text = new StringBuilder("model Many {\n");
        StringBuilder sum = new StringBuilder("output y = x0");
        for (int i = 0; i < 128; i++) {
            text.append("input x%d : real[2] sequence\n".formatted(i));
            sum.append(i == 0 ? "" : i == 64 ? "\noutput z = x64" : " + x" + i);
        }
        assertThat(FrontEnd.check(new SourceText("test.rnn", text + sum.toString() + "}"))
                        .render())
                .startsWith("test.rnn:129:7: error: a model has at most 127 inputs and targets");
    }

    @Test
    void aProgramThatNeedsALossIsRefusedToAModelWithoutOne() {
        Model model = ModelTexts.model("model Plain { input x : real  output y = x }");
        assertThatThrownBy(() -> Compiler.load(model, CompileOptions.of(ProgramKind.TRAINING)))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("test.rnn: error: model Plain has no loss, so there is no training program");
    }
}
