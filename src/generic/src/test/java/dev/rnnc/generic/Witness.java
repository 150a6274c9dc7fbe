package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** What all tests need that hold one way to compute a model against another one. */
final class Witness {
    private Witness() {}

    /** Fails unless each element is within the tolerance of the largest expected one, or of 1 where all are smaller. */
    static void same(String what, double[] found, double[] expected, double tolerance) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        double largest = 1;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < found.length; i++) {
            double error = Math.abs(found[i] - expected[i]);
            // Spelt out, since a description for each of some million elements takes longer than what it describes.
            if (!(error <= tolerance * largest)) {
                assertThat(error)
                        .as("%s[%s]: %s for %s", what, i, found[i], expected[i])
                        .isLessThanOrEqualTo(tolerance * largest);
            }
        }
    }

    /** The model of a text without errors or warnings. */
    static Model model(String name, String text) {
        Checked checked = FrontEnd.check(new SourceText(name + ".rnn", text));
        assertThat(checked.render()).isEmpty();
        return checked.model().orElseThrow();
    }

    /** A test for each case; where recorded data is missing, one that is skipped and says what it needs. */
    static <T> Stream<DynamicTest> each(List<T> cases, String needed, Consumer<T> test) {
        if (cases.isEmpty()) {
            return Stream.of(DynamicTest.dynamicTest("recorded values", () -> assumeTrue(false, needed)));
        }
        return cases.stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> test.accept(c)));
    }

    /** A test for each of these cases of PyTorch's, or one that is skipped. */
    static <T> Stream<DynamicTest> torch(List<T> cases, Consumer<T> test) {
        return each(cases, "needs the folder torch-cases in RNNC_DATA: " + TorchCase.folder(), test);
    }
}
