package dev.rnnc.compiler.parse;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.parse.antlr.RnnLexer;
import dev.rnnc.compiler.parse.antlr.RnnParser;
import dev.rnnc.compiler.syntax.SyntaxFile;
import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;

/** Parses the text of a model or library file. */
public final class ModelParser {
    /** Brackets within brackets, and levels of one expression; keeps every later walk within the stack. */
    static final int MAX_DEPTH = 200;

    private ModelParser() {}

    /** The syntax tree; what could not be parsed is reported and left out. */
    public static SyntaxFile parse(SourceText source, Diagnostics diagnostics) {
        Places places = new Places(source);
        RnnLexer lexer = new RnnLexer(CharStreams.fromString(source.text()));
        lexer.removeErrorListeners();
        CommonTokenStream tokens = new CommonTokenStream(lexer);
        tokens.fill();
        if (nestedTooDeeply(tokens, places, diagnostics)) {
            return new SyntaxFile(source, List.of(), false);
        }
        RnnParser parser = new RnnParser(tokens);
        SyntaxErrors errors = new SyntaxErrors(places, diagnostics);
        parser.removeErrorListeners();
        parser.setErrorHandler(new ErrorStrategy());
        parser.addErrorListener(errors);
        RnnParser.FileContext file = parser.file();
        TreeBuilder builder = new TreeBuilder(places, diagnostics);
        var definitions = builder.definitions(file);
        return new SyntaxFile(source, definitions, !errors.found() && !builder.failed());
    }

    /** The tokens of a text, without white space and comments. */
    public static List<dev.rnnc.compiler.syntax.Token> tokens(SourceText source) {
        Places places = new Places(source);
        RnnLexer lexer = new RnnLexer(CharStreams.fromString(source.text()));
        lexer.removeErrorListeners();
        return lexer.getAllTokens().stream()
                .map(token -> new dev.rnnc.compiler.syntax.Token(
                        token.getText(),
                        places.span(token).start(),
                        places.span(token).end()))
                .toList();
    }

    private static boolean nestedTooDeeply(CommonTokenStream tokens, Places places, Diagnostics diagnostics) {
        int depth = 0;
        for (Token token : tokens.getTokens()) {
            switch (token.getText()) {
                case "(", "[", "{" -> depth++;
                case ")", "]", "}" -> depth = Math.max(0, depth - 1);
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                diagnostics.report(DiagnosticKind.TOO_DEEP, places.span(token), MAX_DEPTH);
                return true;
            }
        }
        return false;
    }
}
