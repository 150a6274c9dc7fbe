package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Precision;
import java.util.Optional;

/**
 * A field of a program's class: the memory of one buffer.
 *
 * @param name the field's name
 * @param source where the memory comes from
 * @param bytes where it starts in the parameters or gradients; of memory of its own, its size
 * @param port the port that it is the memory of
 */
public record Field(String name, Source source, long bytes, Optional<String> port) {
    /** Where a field's memory comes from. */
    public enum Source {
        /** A slice of the parameters. */
        PARAMETERS,
        /** A slice of the program's gradients. */
        GRADIENTS,
        /** Memory of its own. */
        OWN
    }

    static Field of(Buffer buffer, String name, Precision precision) {
        int bytes = buffer.element() == Element.TOKEN ? Integer.BYTES : precision.bytes();
        Source source = switch (buffer.storage()) {
            case PARAMETERS -> Source.PARAMETERS;
            case GRADIENTS -> Source.GRADIENTS;
            case PORT, PACKED, SCRATCH -> Source.OWN;
        };
        return new Field(
                name,
                source,
                // A line more than needed, because the last vector of a row may reach beyond it.
                source == Source.OWN ? buffer.elements() * bytes + 64 : buffer.offset() * bytes,
                buffer.storage() == Buffer.Storage.PORT ? Optional.of(buffer.port()) : Optional.empty());
    }
}
