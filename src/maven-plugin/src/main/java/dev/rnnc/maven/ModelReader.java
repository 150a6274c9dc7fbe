package dev.rnnc.maven;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceFile;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.CompilerFault;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.Sources;
import dev.rnnc.compiler.syntax.Definition;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** From a file to its model, or to what is wrong with it. */
final class ModelReader {
    private ModelReader() {}

    /**
     * What a file holds.
     *
     * @param source its text
     * @param model its model; absent if it has errors or only defines what other files import
     * @param diagnostics all errors and warnings
     * @param imports the texts it imports
     */
    record Read(SourceText source, Optional<Model> model, List<Diagnostic> diagnostics, List<SourceText> imports) {}

    /**
     * Reads and checks one file. A file without a model that defines cells, functions or constants is there to be
     * imported, and no mistake.
     *
     * @throws UserMistake if it cannot be read
     * @throws CompilerBug if the compiler fails rather than say what is wrong
     */
    static Read read(Path file) {
        SourceText source = new SourceText(file.toString(), text(file));
        try {
            Checked checked = Compiler.check(source, Sources.files()).asImport();
            return new Read(source, checked.model(), checked.diagnostics(), checked.imports());
        } catch (CompilerFault e) {
            throw new CompilerBug(e.getMessage(), e);
        }
    }

    /** Whether a file states a model, sound or not, rather than what others import. */
    static boolean holdsModel(Path file) {
        try {
            return ModelParser.parse(new SourceText(file.toString(), text(file)), new Diagnostics())
                    .definitions()
                    .stream()
                    .anyMatch(Definition.Model.class::isInstance);
        } catch (UserMistake e) {
            throw new UserMistake(file + ": " + e.getMessage());
        }
    }

    private static String text(Path file) {
        try {
            return SourceFile.readRegular(file).text();
        } catch (CharacterCodingException e) {
            throw new UserMistake("not UTF-8 text; save it as UTF-8");
        } catch (IOException e) {
            throw new UserMistake("cannot be read: " + e.getMessage());
        }
    }
}
