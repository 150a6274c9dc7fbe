package dev.rnnc.compiler.syntax;

/**
 * A word, number, text in quotes or sign of a file; what stands between two tokens is white space and comments.
 *
 * @param text as written
 * @param start its first character in the file
 * @param end after its last character
 */
public record Token(String text, int start, int end) {
    /** Whether it is a name, a keyword, a number or a text in quotes. */
    public boolean isWord() {
        char first = text.charAt(0);
        return Character.isLetterOrDigit(first) || first == '_' || first == '"';
    }
}
