package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.syntax.ModelStatement;
import dev.rnnc.runtime.spec.Precision;

/** Resolves {@code precision float | double} and {@code precision weights float | bf16}, each at most once a model. */
final class PrecisionResolver {
    private final Diagnostics diagnostics;
    private Precision precision = Precision.FLOAT;
    private boolean roundedWeights;
    private ModelStatement.Precision statement;
    private ModelStatement.Precision weightsStatement;

    PrecisionResolver(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** The precision that the model is computed in. */
    Precision precision() {
        return precision;
    }

    /** Whether programs without gradients read weights in half of their bytes. */
    boolean roundedWeights() {
        return roundedWeights;
    }

    void resolve(ModelStatement.Precision given) {
        ModelStatement.Precision earlier = given.weights() ? weightsStatement : statement;
        if (earlier != null) {
            diagnostics.report(
                    DiagnosticKind.SECOND,
                    given.span(),
                    given.weights() ? "precision weights" : "precision",
                    earlier.span().line());
        } else if (given.weights()) {
            weights(given);
        } else {
            numbers(given);
        }
    }

    private void weights(ModelStatement.Precision given) {
        weightsStatement = given;
        String name = given.name().text();
        roundedWeights = name.equals("bf16");
        if (!roundedWeights && !name.equals("float")) {
            diagnostics.report(
                    DiagnosticKind.UNKNOWN_WEIGHT_PRECISION, given.name().span(), name);
        }
    }

    private void numbers(ModelStatement.Precision given) {
        statement = given;
        switch (given.name().text()) {
            case "float" -> precision = Precision.FLOAT;
            case "double" -> precision = Precision.DOUBLE;
            default ->
                diagnostics.report(
                        DiagnosticKind.UNKNOWN_PRECISION,
                        given.name().span(),
                        given.name().text());
        }
    }

    /** Reports, once all statements are resolved, what does not go together. */
    void check() {
        if (weightsStatement != null && precision == Precision.DOUBLE) {
            diagnostics.report(DiagnosticKind.ROUNDED_DOUBLE, weightsStatement.span());
        }
    }
}
