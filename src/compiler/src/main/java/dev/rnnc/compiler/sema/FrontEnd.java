package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.SyntaxFile;
import dev.rnnc.compiler.syntax.Token;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * From the text of a model file to the resolved model or to all that is wrong with it. The one class here that knows the
 * parser: whoever checks a text wants both.
 */
public final class FrontEnd {
    private static final Definitions LIBRARY = Library.load(ModelParser::parse);

    private FrontEnd() {}

    /** Checks a file that imports nothing. Whatever the text is, the result says what is wrong with it. */
    public static Checked check(SourceText source) {
        return check(source, Sources.none());
    }

    /** Checks a file and what it imports. Whatever the texts are, the result says what is wrong; nothing is thrown. */
    public static Checked check(SourceText source, Sources sources) {
        Diagnostics diagnostics = new Diagnostics();
        SyntaxFile file = ModelParser.parse(source, diagnostics);
        Definitions definitions = new Definitions(Optional.of(LIBRARY));
        Imports imports = new Imports(sources, ModelParser::parse, LIBRARY, diagnostics);
        List<Definition.Model> models = imports.define(file, definitions);
        models.stream()
                .skip(1)
                .forEach(m -> diagnostics.report(
                        DiagnosticKind.SEVERAL_MODELS, m.name().span(), m.name().text()));
        Optional<Model> resolved = models.stream()
                .findFirst()
                .flatMap(m -> new ModelResolver(file, imports.texts(), m, definitions, diagnostics).resolve());
        if (models.isEmpty() && file.complete()) {
            int end = source.text().stripTrailing().length();
            diagnostics.reportWithHint(
                    DiagnosticKind.NO_MODEL,
                    new Span(source, end, end),
                    "a model is written 'model Name { input ... output ... }'");
        }
        return new Checked(
                diagnostics.hasErrors() ? Optional.empty() : resolved,
                reported(file, diagnostics),
                imports.texts(),
                models.isEmpty() && !file.definitions().isEmpty());
    }

    /** Without what follows from a syntax error: names that stand elsewhere too may be defined in a part left out. */
    private static List<Diagnostic> reported(SyntaxFile file, Diagnostics diagnostics) {
        List<Diagnostic> sorted = diagnostics.sorted(file.source());
        if (file.complete()) {
            return sorted;
        }
        Map<String, Long> words = ModelParser.tokens(file.source()).stream()
                .collect(Collectors.groupingBy(Token::text, Collectors.counting()));
        return sorted.stream()
                .filter(d -> d.kind() != DiagnosticKind.UNKNOWN_NAME && d.kind() != DiagnosticKind.UNKNOWN_FUNCTION
                        || words.getOrDefault(d.arguments().getFirst(), 0L) < 2)
                .toList();
    }
}
