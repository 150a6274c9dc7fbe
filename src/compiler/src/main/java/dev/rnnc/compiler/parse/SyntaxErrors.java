package dev.rnnc.compiler.parse;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.parse.antlr.RnnParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.IntStream;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.misc.IntervalSet;

/** Says ANTLR's syntax errors in the words of the language. */
final class SyntaxErrors extends BaseErrorListener {
    private static final Set<String> OPERATORS =
            Set.of("+", "-", "*", "/", "@", "^", "<", "<=", ">", ">=", "==", "!=", ".", "[", "'");
    private static final Set<String> SOFT_WORDS = Set.of("target", "sequence", "from", "weights", "precision");
    private static final int MOST_ALTERNATIVES = 4;

    private final Places places;
    private final Diagnostics diagnostics;
    private boolean found;

    SyntaxErrors(Places places, Diagnostics diagnostics) {
        this.places = places;
        this.diagnostics = diagnostics;
    }

    /** Whether there was any. */
    boolean found() {
        return found;
    }

    @Override
    public void syntaxError(
            Recognizer<?, ?> recognizer, Object symbol, int line, int column, String text, RecognitionException e) {
        found = true;
        Token token = (Token) symbol;
        IntervalSet expected = e != null ? e.getExpectedTokens() : ((Parser) recognizer).getExpectedTokens();
        if (e == null && text.startsWith("missing")) {
            diagnostics.report(DiagnosticKind.MISSING, places.span(token), alternatives(expected), describe(token));
            return;
        }
        String wanted = expected == null ? "" : alternatives(expected);
        boolean unclosed = wanted.isEmpty()
                && token.getType() == Token.EOF
                && words(expected).contains("}");
        String message = unclosed ? ", expected '}'" : wanted.isEmpty() ? "" : ", expected " + wanted;
        Optional<String> hint =
                token.getType() == RnnParser.ID ? Suggestions.hint(token.getText(), words(expected)) : Optional.empty();
        hint = hint.or(() -> advice(token, words(expected), ((Parser) recognizer).getInputStream()));
        diagnostics.add(
                new Diagnostic(DiagnosticKind.UNEXPECTED, places.span(token), List.of(describe(token), message), hint));
    }

    /** What to write instead of what other languages have. */
    private static Optional<String> advice(Token token, List<String> expected, IntStream tokens) {
        boolean inModel = expected.contains("layer");
        Token before = ((TokenStream) tokens).LT(-1);
        String advice = switch (token.getText()) {
            case ";" -> "statements need no separator";
            case "#" -> "a comment begins with '//'";
            case "\"" -> "a text ends with a quotation mark on the same line";
            case "cell", "function", "activation" -> inModel ? "it stands beside the model, not in it" : null;
            case "*" -> before != null && before.getText().equals("*") ? "a power is written 'x ^ 2'" : null;
            case "<", "<=", ">", ">=", "==", "!=" ->
                inModel || expected.contains("state") ? "comparisons do not chain: write '(a < b) * (b < c)'" : null;
            case "." -> "a number begins with a digit: '0.5'";
            case ":", "=", "," ->
                expected.contains("}") && !inModel && before != null && inTrain(token, (TokenStream) tokens)
                        ? "settings are written 'steps 64  batch 32'"
                        : null;
            default -> null;
        };
        if (advice == null && token.getType() == RnnParser.ID && inModel) {
            advice = "a value of a model is written 'layer %s = ...'".formatted(token.getText());
        }
        if (advice == null && expected.contains("model") && expected.contains("cell")) {
            advice = "at the top of a file stand 'model', 'cell', 'function', 'activation', 'loss', 'const', 'import'";
        }
        return Optional.ofNullable(advice);
    }

    private static boolean inTrain(Token token, TokenStream tokens) {
        for (int i = token.getTokenIndex() - 1; i > 0; i--) {
            if (tokens.get(i).getText().equals("{")) {
                return tokens.get(i - 1).getText().equals("train");
            }
        }
        return false;
    }

    /** The words and signs among the expected tokens. */
    private static List<String> words(IntervalSet expected) {
        return expected == null
                ? List.of()
                : expected.toList().stream()
                        .map(RnnParser.VOCABULARY::getLiteralName)
                        .filter(Objects::nonNull)
                        .map(literal -> literal.substring(1, literal.length() - 1))
                        .toList();
    }

    static String describe(Token token) {
        return switch (token.getType()) {
            case Token.EOF -> "end of file";
            case RnnParser.UNKNOWN -> "character '" + token.getText() + "'";
            case RnnParser.NUMBER -> "number " + token.getText();
            case RnnParser.STRING -> "text " + token.getText();
            default -> "'" + token.getText() + "'";
        };
    }

    /** The expected tokens in words; empty if they are too many to help. */
    private static String alternatives(IntervalSet expected) {
        Set<String> words = new TreeSet<>();
        boolean identifier = false;
        boolean number = false;
        for (int type : expected.toArray()) {
            switch (type) {
                case Token.EOF -> words.add("end of file");
                case RnnParser.ID -> identifier = true;
                case RnnParser.NUMBER -> number = true;
                case RnnParser.STRING -> words.add("a text in quotes");
                default -> {
                    String literal = RnnParser.VOCABULARY.getLiteralName(type);
                    words.add(
                            literal == null
                                    ? RnnParser.VOCABULARY.getSymbolicName(type)
                                    : literal.substring(1, literal.length() - 1).replace("\\'", "'"));
                }
            }
        }
        List<String> parts = new ArrayList<>();
        if (identifier) {
            words.removeAll(SOFT_WORDS);
            parts.add(number ? "an expression" : "a name");
        }
        if (number) {
            words.removeAll(Set.of("(", "-", "["));
        } else {
            words.removeAll(OPERATORS);
        }
        words.forEach(word -> parts.add(word.contains(" ") ? word : "'" + word + "'"));
        return parts.size() > MOST_ALTERNATIVES ? "" : String.join(" or ", parts);
    }
}
