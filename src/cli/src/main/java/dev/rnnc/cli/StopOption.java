package dev.rnnc.cli;

import dev.rnnc.compiler.model.Generation;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** {@code --stop}: what ends a generated sequence. */
final class StopOption {
    @Option(
            names = "--stop",
            paramLabel = "S",
            description = "The symbol, or without a vocabulary the number of the token, that ends a sequence; it is not"
                    + " written.")
    private String stop;

    /** What was given, or null. */
    String symbol() {
        return stop;
    }

    private PortSpec tokens(Backend.Source model) {
        List<PortSpec> ports = model.generation().feeds().stream()
                .map(Generation.Feed::port)
                .filter(p -> p.element() == Element.TOKEN)
                .toList();
        if (stop != null && ports.size() != 1) {
            throw CommandFailure.usage("--stop: model %s generates %s; a symbol ends a sequence of one kind of tokens"
                    .formatted(model.spec().name(), ports.isEmpty() ? "no tokens" : "several kinds of tokens"));
        }
        return ports.isEmpty() ? null : ports.getFirst();
    }

    /** The token that ends what a model generates from its own outputs. */
    OptionalInt token(TextSymbols symbols, Backend.Source model) {
        return token(symbols, tokens(model));
    }

    /**
     * The token that ends a sequence, if one does.
     *
     * @param symbols the vocabulary, or null
     * @throws CommandFailure if there is no such symbol or token
     */
    OptionalInt token(TextSymbols symbols, PortSpec port) {
        if (stop == null) {
            return OptionalInt.empty();
        }
        String symbol = stop.equals("\\n") ? "\n" : stop;
        if (symbols != null) {
            OptionalInt token = symbols.token(symbol);
            if (token.isEmpty()) {
                throw CommandFailure.usage("--stop '" + stop + "' is not a symbol of the vocabulary; give one "
                        + symbols.unit().one() + ", or \\n");
            }
            return token;
        }
        if (!symbol.matches("[0-9]{1,9}") || Integer.parseInt(symbol) >= port.vocabulary()) {
            throw CommandFailure.usage("--stop '%s': without a vocabulary give the number of a token, from 0 to %d"
                    .formatted(stop, port.vocabulary() - 1));
        }
        return OptionalInt.of(Integer.parseInt(symbol));
    }
}
