package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.SyntaxFile;
import dev.rnnc.compiler.syntax.Token;
import java.util.HashMap;
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

    /** Checks a file. Whatever the text is, the result says what is wrong with it; nothing is thrown. */
    public static Checked check(SourceText source) {
        Diagnostics diagnostics = new Diagnostics();
        SyntaxFile file = ModelParser.parse(source, diagnostics);
        Definitions definitions = new Definitions(Optional.of(LIBRARY));
        Optional<Definition.Model> model = define(file, definitions, diagnostics);
        new DefinitionChecker(definitions, diagnostics).check();
        Optional<Model> resolved = model.flatMap(m -> new ModelResolver(file, m, definitions, diagnostics).resolve());
        if (model.isEmpty() && file.complete()) {
            int end = source.text().stripTrailing().length();
            diagnostics.reportWithHint(
                    DiagnosticKind.NO_MODEL,
                    new Span(source, end, end),
                    "a model is written 'model Name { input ... output ... }'");
        }
        return new Checked(diagnostics.hasErrors() ? Optional.empty() : resolved, reported(file, diagnostics));
    }

    /** Without what follows from a syntax error: names that stand elsewhere too may be defined in a part left out. */
    private static List<Diagnostic> reported(SyntaxFile file, Diagnostics diagnostics) {
        if (file.complete()) {
            return diagnostics.sorted();
        }
        Map<String, Long> words = ModelParser.tokens(file.source()).stream()
                .collect(Collectors.groupingBy(Token::text, Collectors.counting()));
        return diagnostics.sorted().stream()
                .filter(d -> d.kind() != DiagnosticKind.UNKNOWN_NAME && d.kind() != DiagnosticKind.UNKNOWN_FUNCTION
                        || words.getOrDefault(d.arguments().getFirst(), 0L) < 2)
                .toList();
    }

    private static Optional<Definition.Model> define(
            SyntaxFile file, Definitions definitions, Diagnostics diagnostics) {
        Optional<Definition.Model> model = Optional.empty();
        Map<String, Span> names = new HashMap<>();
        for (Definition definition : file.definitions()) {
            String name = definition.name().text();
            Span earlier = definition instanceof Definition.Import
                    ? null
                    : names.putIfAbsent(name, definition.name().span());
            if (earlier != null) {
                diagnostics.report(DiagnosticKind.DUPLICATE, definition.name().span(), name, earlier.line());
                continue;
            }
            switch (definition) {
                case Definition.Import i -> diagnostics.report(DiagnosticKind.NOT_SUPPORTED, i.span(), "'import'");
                case Definition.Constant c ->
                    ConstantEvaluator.value(c.value(), constants(definitions, diagnostics))
                            .ifPresentOrElse(
                                    v -> definitions.addConstant(name, v),
                                    // A value of its own keeps the uses of a broken constant silent.
                                    () -> definitions.addConstant(name, 1));
                case Definition.Cell _, Definition.Function _ -> definitions.add(definition);
                case Definition.Model m -> {
                    if (model.isPresent()) {
                        diagnostics.report(
                                DiagnosticKind.SEVERAL_MODELS, m.name().span(), name);
                    } else {
                        model = Optional.of(m);
                    }
                }
            }
        }
        return model;
    }

    private static Context constants(Definitions definitions, Diagnostics diagnostics) {
        return new Context(
                definitions,
                definitions.constants(),
                Map.of(),
                Context.Place.LAYER,
                Term.Axis.TIME,
                "",
                Map.of(),
                new Context.Equation("", "", 0),
                List.of(),
                diagnostics);
    }
}
