package dev.rnnc.compiler.loop;

import dev.rnnc.runtime.spec.Element;

/**
 * A piece of memory of a program.
 *
 * @param name unique in its program, a Java identifier
 * @param storage who owns it
 * @param port the port whose memory it is, where {@code storage} is {@link Storage#PORT}, else empty
 * @param element what it holds
 * @param offset where it starts in the parameters or gradients, in elements; 0 for others
 * @param elements its size
 */
public record Buffer(String name, Storage storage, String port, Element element, long offset, long elements) {
    /** Who owns a buffer. */
    public enum Storage {
        /** The model's parameters, dense. */
        PARAMETERS,
        /** The gradients of the parameters, laid out like them. */
        GRADIENTS,
        /** A port that the caller reads or writes. */
        PORT,
        /** Parameters in a kernel's order, made by the refresh routine. */
        PACKED,
        /** Values between kernels. */
        SCRATCH
    }
}
