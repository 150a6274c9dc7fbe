package dev.rnnc.runtime.weights;

/** The element types of safetensors files that can be read and written. */
public enum DType {
    F64(8),
    F32(4),
    F16(2),
    /** The upper half of an F32. */
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    /** Unsigned. */
    U8(1),
    /** One byte, 0 for false and anything else for true. */
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether elements are floating-point numbers. */
    public boolean isFloating() {
        return switch (this) {
            case F64, F32, F16, BF16 -> true;
            case I64, I32, I16, I8, U8, BOOL -> false;
        };
    }
}
