package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceFile;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.SyntaxFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Reads and checks the files that a file imports, and those that they import, each once. */
final class Imports {
    /** Files that import one another in a row. */
    private static final int MAX_DEPTH = 32;

    private final Sources sources;
    private final BiFunction<SourceText, Diagnostics, SyntaxFile> parser;
    private final Definitions library;
    private final Diagnostics diagnostics;
    private final Map<String, Definitions> loaded = new HashMap<>();
    private final Map<String, SourceText> texts = new LinkedHashMap<>();
    private final Deque<String> open = new ArrayDeque<>();

    Imports(
            Sources sources,
            BiFunction<SourceText, Diagnostics, SyntaxFile> parser,
            Definitions library,
            Diagnostics diagnostics) {
        this.sources = sources;
        this.parser = parser;
        this.library = library;
        this.diagnostics = diagnostics;
    }

    /** The texts of all imported files, in the order in which they were met. */
    List<SourceText> texts() {
        return List.copyOf(texts.values());
    }

    /** Defines what stands in a file, its imports first; returns its models. */
    List<Definition.Model> define(SyntaxFile file, Definitions definitions) {
        open.push(file.source().name());
        Map<String, Span> names = new HashMap<>();
        for (Definition definition : file.definitions()) {
            if (definition instanceof Definition.Import i) {
                load(file.source(), i).ifPresent(imported -> add(i, imported, definitions));
            }
        }
        List<Definition.Model> models = new ArrayList<>();
        for (Definition definition : file.definitions()) {
            if (definition instanceof Definition.Import) {
                continue;
            }
            String name = definition.name().text();
            Span earlier = names.putIfAbsent(name, definition.name().span());
            if (earlier != null) {
                diagnostics.report(DiagnosticKind.DUPLICATE, definition.name().span(), name, earlier.line());
                continue;
            }
            switch (definition) {
                case Definition.Import _ -> {}
                case Definition.Constant c ->
                    // A value of its own keeps the uses of a broken constant silent.
                    definitions.addConstant(
                            name,
                            ConstantEvaluator.value(c.value(), Context.constants(definitions, diagnostics))
                                    .orElse(1));
                case Definition.Cell _, Definition.Function _ -> definitions.add(definition);
                case Definition.Model m -> models.add(m);
            }
        }
        new DefinitionChecker(definitions, diagnostics).check();
        open.pop();
        return models;
    }

    private void add(Definition.Import statement, Definitions imported, Definitions definitions) {
        definitions
                .addImport(imported)
                .ifPresent(name -> diagnostics.report(
                        DiagnosticKind.IMPORTED_TWICE,
                        statement.span(),
                        statement.name().text(),
                        name));
    }

    private Optional<Definitions> load(SourceText importing, Definition.Import statement) {
        String path = statement.name().text();
        SourceText text;
        try {
            text = sources.read(importing, path);
        } catch (FileSystemException e) {
            if (e.getReason() == null) {
                diagnostics.report(DiagnosticKind.IMPORT_UNREADABLE, statement.span(), path);
            } else {
                diagnostics.report(DiagnosticKind.IMPORT_REFUSED, statement.span(), path, e.getReason());
            }
            return Optional.empty();
        } catch (CharacterCodingException e) {
            diagnostics.report(DiagnosticKind.IMPORT_REFUSED, statement.span(), path, "it is not UTF-8 text");
            return Optional.empty();
        } catch (IOException | InvalidPathException e) {
            diagnostics.report(DiagnosticKind.IMPORT_UNREADABLE, statement.span(), path);
            return Optional.empty();
        }
        if (open.contains(text.name())) {
            diagnostics.report(DiagnosticKind.IMPORT_CYCLE, statement.span(), path);
            return Optional.empty();
        }
        Definitions known = loaded.get(text.name());
        if (known != null) {
            return Optional.of(known);
        }
        if (open.size() > MAX_DEPTH) {
            diagnostics.report(DiagnosticKind.TOO_DEEP, statement.span(), MAX_DEPTH);
            return Optional.empty();
        }
        texts.put(text.name(), text);
        Definitions definitions = new Definitions(Optional.of(library));
        loaded.put(text.name(), definitions);
        Diagnostics own = new Diagnostics();
        SyntaxFile file = parser.apply(text, own);
        if (own.hasErrors() && !SourceFile.isNamedAsModel(text.name())) {
            // A model of others may name any file of the reader's: no line and no word of it is shown.
            int line = own.sorted().getFirst().span().line();
            diagnostics.report(
                    DiagnosticKind.IMPORT_REFUSED,
                    statement.span(),
                    path,
                    "it is no file of cells, functions and constants (line " + line + ")");
            return Optional.empty();
        }
        own.sorted().forEach(diagnostics::add);
        for (Definition.Model model : define(file, definitions)) {
            diagnostics.reportWithHint(
                    DiagnosticKind.IMPORTED_MODEL,
                    statement.span(),
                    "move what both need to a file without a model",
                    path,
                    model.name().text());
        }
        return Optional.of(definitions);
    }
}
