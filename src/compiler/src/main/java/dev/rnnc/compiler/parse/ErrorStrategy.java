package dev.rnnc.compiler.parse;

import dev.rnnc.compiler.parse.antlr.RnnLexer;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.Token;

/** ANTLR's recovery, but a word that begins a statement is never skipped: what follows it is better read anew. */
final class ErrorStrategy extends DefaultErrorStrategy {
    static final Set<String> STARTS = Set.of(
            "import",
            "const",
            "activation",
            "function",
            "loss",
            "cell",
            "model",
            "state",
            "param",
            "input",
            "layer",
            "output",
            "train",
            "}");

    private static final Set<Integer> START_TYPES = IntStream.rangeClosed(1, RnnLexer.VOCABULARY.getMaxTokenType())
            .filter(type -> {
                String literal = RnnLexer.VOCABULARY.getLiteralName(type);
                return literal != null && STARTS.contains(literal.substring(1, literal.length() - 1));
            })
            .boxed()
            .collect(Collectors.toUnmodifiableSet());

    @Override
    protected Token singleTokenDeletion(Parser recognizer) {
        return START_TYPES.contains(recognizer.getInputStream().LA(1)) ? null : super.singleTokenDeletion(recognizer);
    }
}
