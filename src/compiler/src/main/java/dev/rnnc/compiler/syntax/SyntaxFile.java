package dev.rnnc.compiler.syntax;

import dev.rnnc.compiler.diag.SourceText;
import java.util.List;

/**
 * One file.
 *
 * @param source its text
 * @param definitions in the order of the text
 * @param complete false where syntax errors were reported: parts may then be missing
 */
public record SyntaxFile(SourceText source, List<Definition> definitions, boolean complete) {
    public SyntaxFile {
        definitions = List.copyOf(definitions);
    }
}
