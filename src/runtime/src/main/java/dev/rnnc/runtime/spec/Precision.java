package dev.rnnc.runtime.spec;

/** The floating-point type a model computes in. */
public enum Precision {
    FLOAT(Float.BYTES),
    DOUBLE(Double.BYTES);

    private final int bytes;

    Precision(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Elements in one 64-byte line: the multiple to which rows and parameters are padded. */
    public int elementsPerLine() {
        return 64 / bytes;
    }

    /** {@code elements} rounded up to whole 64-byte lines. */
    public int padded(int elements) {
        int line = elementsPerLine();
        return (elements + line - 1) / line * line;
    }
}
