package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.Model;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The outcome of a check.
 *
 * @param model the model; absent if there is an error
 * @param diagnostics errors and warnings in the order of the text
 * @param imports the texts of the imported files
 */
public record Checked(Optional<Model> model, List<Diagnostic> diagnostics, List<SourceText> imports) {
    public Checked {
        diagnostics = List.copyOf(diagnostics);
        imports = List.copyOf(imports);
    }

    /** All diagnostics as text; empty if there are none. */
    public String render() {
        return diagnostics.stream().map(Diagnostic::render).collect(Collectors.joining());
    }
}
