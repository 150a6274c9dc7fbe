package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CellGradient;
import java.util.List;

/** The derived backward equations of a cell, with what a reader needs to know. */
final class GradientText {
    private GradientText() {}

    static String of(CellGradient.Derived derived) {
        List<String> equations = derived.equations();
        String result = derived.cell().result().text();
        StringBuilder text = new StringBuilder("// Forward, as written.\n");
        text.append(derived.definition()).append('\n');
        if (!derived.shorthand().isEmpty()) {
            text.append("// Forward, in short: what the gradient reads more than once.\n");
            legend(text, derived.shorthand(), "valid", "1 for each step that is there");
            legend(text, derived.shorthand(), "scores(", "scores(a, b) is for each step of b its product with a");
            derived.shorthand().forEach(line -> text.append(line).append('\n'));
            text.append('\n');
        }
        text.append("// Backward, as derived: dv is the gradient of the loss with respect to v.\n");
        legend(
                text,
                equations,
                "d" + result + "_loss",
                "what the loss, or the layer above, gives to this step's " + result);
        legend(text, equations, "_next", "dv_next is the dv of the step after; zero at the last step");
        legend(text, equations, "+=", "summed over the steps and the rows of the batch");
        legend(text, equations, "mix(", "mix(w, x) is the sum of the steps of x, each times its w");
        legend(text, equations, "mix_back(", "mix_back(w, x) is w times x for each step");
        legend(text, equations, "^T", "w^T is w transposed; a @ b^T the matrix of all products a[i] * b[j]");
        equations.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /** Explains a sign where it occurs. */
    private static void legend(StringBuilder text, List<String> equations, String sign, String meaning) {
        if (equations.stream().anyMatch(line -> line.contains(sign))) {
            text.append("//   ")
                    .append(sign)
                    .append(" ".repeat(Math.max(1, 10 - sign.length())))
                    .append(meaning);
            text.append('\n');
        }
    }
}
