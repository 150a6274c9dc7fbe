package dev.rnnc.compiler.format;

import java.util.ArrayList;
import java.util.List;

/**
 * What stands between two tokens.
 *
 * @param comments in the order of the text
 * @param blankAtEnd whether an empty line stands behind the last comment, or anywhere where there is none
 */
record Gap(List<Comment> comments, boolean blankAtEnd) {
    Gap {
        comments = List.copyOf(comments);
    }

    /**
     * A comment.
     *
     * @param text from its slashes to the end of the line
     * @param ownLine whether no token stands in front of it on its line
     * @param blankBefore whether an empty line stands in front of it
     */
    record Comment(String text, boolean ownLine, boolean blankBefore) {}

    /** Reads the text between two tokens; {@code first} where there is no token before it. */
    static Gap of(String between, boolean first) {
        List<Comment> comments = new ArrayList<>();
        int breaks = 0;
        boolean atLineStart = first;
        for (String line : between.split("\n", -1)) {
            String text = line.replace("\uFEFF", "").strip();
            if (!text.isEmpty()) {
                comments.add(new Comment(text, atLineStart, breaks > 1));
                breaks = 0;
            }
            breaks++;
            atLineStart = true;
        }
        return new Gap(comments, breaks > 2);
    }

    /** The comment behind the token before, on the same line. */
    boolean startsOnTheLine() {
        return !comments.isEmpty() && !comments.getFirst().ownLine();
    }

    /** Whether there is an empty line anywhere. */
    boolean hasBlank() {
        return blankAtEnd || comments.stream().anyMatch(Comment::blankBefore);
    }
}
