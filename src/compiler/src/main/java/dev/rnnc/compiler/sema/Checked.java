package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Severity;
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
 * @param definesOthers whether the file has no model but cells, functions or constants: whether it is one to import
 */
public record Checked(
        Optional<Model> model, List<Diagnostic> diagnostics, List<SourceText> imports, boolean definesOthers) {
    public Checked {
        diagnostics = List.copyOf(diagnostics);
        imports = List.copyOf(imports);
    }

    /** The same as one to import, which needs no model. */
    public Checked asImport() {
        List<Diagnostic> others = diagnostics.stream()
                .filter(d -> !definesOthers || d.kind() != DiagnosticKind.NO_MODEL)
                .toList();
        return new Checked(model, others, imports, definesOthers);
    }

    /** Whether there is an error. */
    public boolean hasErrors() {
        return diagnostics.stream().anyMatch(d -> d.severity() == Severity.ERROR);
    }

    /** All diagnostics as text; empty if there are none. */
    public String render() {
        return diagnostics.stream().map(Diagnostic::render).collect(Collectors.joining());
    }
}
