package dev.rnnc.compiler.format;

import dev.rnnc.compiler.syntax.Token;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Decides where spaces stand within a statement. Operators are surrounded by spaces, but for {@code ^}, and but for
 * those within {@code [ ]} and behind {@code ~}, where short constant expressions stand: {@code [4*H, X] ~
 * uniform(1/sqrt(H))}.
 */
final class Spacing {
    private static final Set<String> BINARY =
            Set.of("+", "-", "*", "/", "@", "^", "<", "<=", ">", ">=", "==", "!=", "=", "->", "~");
    private static final Set<String> OPENING = Set.of("(", "[", "{");
    private static final Set<String> CLOSING = Set.of(")", "]", "}");

    private final List<Piece> pieces = new ArrayList<>();
    private final Deque<String> open = new ArrayDeque<>();
    private boolean initializer;
    private Token before;
    private boolean beforeIsOperand;
    private boolean glued;

    private Spacing() {}

    /**
     * A token with what may stand in front of it.
     *
     * @param space whether a space does
     * @param mayBreak whether a line may end there
     * @param depth the number of brackets it stands in
     */
    record Piece(String text, boolean space, boolean mayBreak, int depth) {}

    /**
     * The pieces of a statement.
     *
     * @param keyword whether the first token is a keyword, so that what follows is not a call of it
     */
    static List<Piece> of(List<Token> tokens, boolean keyword) {
        Spacing spacing = new Spacing();
        for (int i = 0; i < tokens.size(); i++) {
            spacing.add(tokens.get(i), keyword && i == 1);
        }
        return spacing.pieces;
    }

    private void add(Token token, boolean behindKeyword) {
        String text = token.text();
        if (behindKeyword) {
            beforeIsOperand = false;
        }
        boolean binary = BINARY.contains(text) && (beforeIsOperand || !text.equals("-"));
        boolean tight = text.equals("^") || (open.contains("[") || initializer) && !text.equals("~");
        if (CLOSING.contains(text) && !open.isEmpty()) {
            open.pop();
        }
        boolean space = space(text, binary, tight, behindKeyword);
        pieces.add(new Piece(text, space, mayBreak(text, binary), open.size()));
        glued = glues(text, binary, tight);
        if (OPENING.contains(text)) {
            open.push(text);
        }
        if (text.equals("~") && open.isEmpty()) {
            initializer = true;
        }
        before = token;
        beforeIsOperand = token.isWord() || CLOSING.contains(text) || text.equals("'");
    }

    private boolean space(String text, boolean binary, boolean tight, boolean behindKeyword) {
        if (before == null || glued) {
            return false;
        }
        if (text.equals(":")) {
            return open.isEmpty();
        }
        if (binary) {
            return !tight;
        }
        return switch (text) {
            case ",", ";", ".", "'", ")", "]", "}", "[" -> false;
            case "(" -> behindKeyword || !beforeIsOperand;
            default -> true;
        };
    }

    /** Whether the next token follows without a space. */
    private boolean glues(String text, boolean binary, boolean tight) {
        if (OPENING.contains(text) || text.equals(".")) {
            return true;
        }
        if (text.equals(":")) {
            return "[".equals(open.peek());
        }
        return binary ? tight : text.equals("-");
    }

    private boolean mayBreak(String text, boolean binary) {
        boolean behindComma =
                before != null && (before.text().equals(",") || before.text().equals(";"));
        boolean behindEquals = before != null && before.text().equals("=");
        return behindComma || behindEquals || binary && !text.equals("=") && !text.equals("^") && !text.equals("->");
    }
}
