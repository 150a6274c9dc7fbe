package dev.rnnc.compiler.parse;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.parse.antlr.RnnLexer;
import dev.rnnc.compiler.parse.antlr.RnnParser;
import dev.rnnc.compiler.syntax.SyntaxFile;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;

/** Parses the text of a model or library file. */
public final class ModelParser {
    /** Brackets within brackets, and levels of one expression; keeps every later walk within the stack. */
    static final int MAX_DEPTH = 200;

    /** Characters of a name, and of a text. */
    private static final int MAX_NAME = 200;

    private static final int MAX_TEXT = 1000;

    /** Characters of a longer one that a message shows. */
    private static final int SHOWN = 40;

    private ModelParser() {}

    /** The syntax tree; what could not be parsed is reported and left out. */
    public static SyntaxFile parse(SourceText source, Diagnostics diagnostics) {
        Places places = new Places(source);
        RnnLexer lexer = new RnnLexer(CharStreams.fromString(source.text()));
        lexer.removeErrorListeners();
        CommonTokenStream tokens = new CommonTokenStream(lexer);
        tokens.fill();
        if (tooLong(tokens, places, diagnostics)) {
            return new SyntaxFile(source, List.of(), false);
        }
        if (nestedTooDeeply(tokens, places, diagnostics) || unclosed(tokens, places, diagnostics)) {
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

    /** Names become names of files and classes, several in one, and texts constants of a class. */
    private static boolean tooLong(CommonTokenStream tokens, Places places, Diagnostics diagnostics) {
        boolean found = false;
        for (Token token : tokens.getTokens()) {
            int most = token.getType() == RnnLexer.ID ? MAX_NAME : token.getType() == RnnLexer.STRING ? MAX_TEXT : -1;
            int length = token.getStopIndex() - token.getStartIndex() + 1;
            if (most > 0 && length > most) {
                found = true;
                diagnostics.report(
                        DiagnosticKind.NAME_TOO_LONG,
                        places.span(token),
                        token.getText().substring(0, SHOWN) + "...",
                        length,
                        most);
            }
        }
        return found;
    }

    /** Whether a bracket is closed by one of another kind, or a statement begins within it: a parser's words for that are poor. */
    private static boolean unclosed(CommonTokenStream tokens, Places places, Diagnostics diagnostics) {
        Deque<Token> open = new ArrayDeque<>();
        boolean found = false;
        for (Token token : tokens.getTokens()) {
            String text = token.getText();
            boolean round = !open.isEmpty() && !open.peek().getText().equals("{");
            boolean other = "([{".contains(text) && text.length() == 1;
            if (other) {
                open.push(token);
            } else if (round && (ErrorStrategy.STARTS.contains(text) || token.getType() == Token.EOF)
                    || !open.isEmpty() && ")]}".contains(text) && !text.equals(closing(open.peek()))) {
                while (!open.isEmpty() && !open.peek().getText().equals("{")) {
                    Token opening = open.pop();
                    if (text.equals(closing(opening))) {
                        break;
                    }
                    found = true;
                    diagnostics.report(
                            DiagnosticKind.UNCLOSED,
                            places.span(opening),
                            opening.getText(),
                            closing(opening),
                            SyntaxErrors.describe(token));
                }
            }
            if (text.length() == 1 && !open.isEmpty() && text.equals(closing(open.peek()))) {
                open.pop();
            }
        }
        return found;
    }

    private static String closing(Token opening) {
        return switch (opening.getText()) {
            case "(" -> ")";
            case "[" -> "]";
            default -> "}";
        };
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
