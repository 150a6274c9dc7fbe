package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.SyntaxFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The cells, functions and losses that come with the compiler, from {@code .rnn} files in its jar. */
public final class Library {
    private static final List<String> FILES = List.of(
            "functions.rnn",
            "losses.rnn",
            "cells.rnn",
            "gated.rnn",
            "light.rnn",
            "normalised.rnn",
            "regularised.rnn",
            "attention.rnn");

    private Library() {}

    /** The texts of the library's files. */
    public static List<SourceText> sources() {
        return FILES.stream().map(Library::source).toList();
    }

    /** The library's definitions, as {@code parser} reads them. */
    static Definitions load(BiFunction<SourceText, Diagnostics, SyntaxFile> parser) {
        Diagnostics diagnostics = new Diagnostics();
        Definitions definitions = new Definitions(Optional.empty());
        for (SourceText source : sources()) {
            for (Definition definition : parser.apply(source, diagnostics).definitions()) {
                definitions.add(definition);
            }
        }
        new DefinitionChecker(definitions, diagnostics).check();
        if (!diagnostics.sorted().isEmpty()) {
            throw new IllegalStateException("the library has errors:\n"
                    + String.join(
                            "",
                            diagnostics.sorted().stream()
                                    .map(Diagnostic::render)
                                    .toList()));
        }
        return definitions;
    }

    private static SourceText source(String file) {
        try (InputStream in = Library.class.getResourceAsStream("/dev/rnnc/library/" + file)) {
            if (in == null) {
                throw new IllegalStateException("the compiler's jar lacks the library file " + file);
            }
            return new SourceText(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
