package dev.rnnc.compiler.parse;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.diag.Span;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Turns ANTLR's places, which count code points, into spans of the source text. */
final class Places {
    private final SourceText source;
    private final int[] offsets;
    private final int lastCharacter;

    Places(SourceText source) {
        this.source = source;
        String text = source.text();
        int points = text.codePointCount(0, text.length());
        this.offsets = points == text.length() ? null : new int[points + 1];
        if (offsets != null) {
            for (int i = 0, offset = 0; i < points; i++) {
                offsets[i] = offset;
                offset += Character.charCount(text.codePointAt(offset));
            }
            offsets[points] = text.length();
        }
        this.lastCharacter = text.stripTrailing().length();
    }

    /** The place of a token; the end of a file is behind its last visible character. */
    Span span(Token token) {
        if (token.getType() == Token.EOF) {
            return new Span(source, lastCharacter, lastCharacter);
        }
        int start = offset(token.getStartIndex());
        return new Span(source, start, Math.max(start, offset(token.getStopIndex() + 1)));
    }

    /** The place of a rule's tokens. */
    Span span(ParserRuleContext context) {
        Span start = span(context.getStart());
        return context.getStop() == null ? start : start.to(span(context.getStop()));
    }

    private int offset(int codePoint) {
        int index = Math.max(0, codePoint);
        return offsets == null ? Math.min(index, source.text().length()) : offsets[Math.min(index, offsets.length - 1)];
    }
}
