package dev.rnnc.runtime.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A dense row-major array, as a safetensors file holds it. It never changes. Where it lies in a mapped file it may be larger
 * than memory, and is read a piece at a time.
 *
 * @param dtype element type
 * @param shape its dimensions; empty for a scalar
 * @param data the elements, little-endian, read-only
 */
public record Tensor(DType dtype, List<Integer> shape, MemorySegment data) {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** @throws IllegalArgumentException if the data are not exactly the elements of that shape */
    public Tensor {
        shape = List.copyOf(shape);
        data = data.asReadOnly();
        long expected = Math.multiplyExact(elements(shape), (long) dtype.bytes());
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException(
                    dtype + shape.toString() + " takes " + expected + " bytes, but " + data.byteSize() + " were given");
        }
    }

    /** An F32 tensor with a copy of {@code values}. */
    public static Tensor ofFloats(List<Integer> shape, float[] values) {
        MemorySegment data = allocate(shape, DType.F32, values.length);
        MemorySegment.copy(values, 0, data, FLOAT, 0, values.length);
        return new Tensor(DType.F32, shape, data);
    }

    /** An F64 tensor with a copy of {@code values}. */
    public static Tensor ofDoubles(List<Integer> shape, double[] values) {
        MemorySegment data = allocate(shape, DType.F64, values.length);
        MemorySegment.copy(values, 0, data, DOUBLE, 0, values.length);
        return new Tensor(DType.F64, shape, data);
    }

    /** An I32 tensor with a copy of {@code values}. */
    public static Tensor ofInts(List<Integer> shape, int[] values) {
        MemorySegment data = allocate(shape, DType.I32, values.length);
        MemorySegment.copy(values, 0, data, INT, 0, values.length);
        return new Tensor(DType.I32, shape, data);
    }

    /** An I64 tensor with a copy of {@code values}. */
    public static Tensor ofLongs(List<Integer> shape, long[] values) {
        MemorySegment data = allocate(shape, DType.I64, values.length);
        MemorySegment.copy(values, 0, data, LONG, 0, values.length);
        return new Tensor(DType.I64, shape, data);
    }

    /**
     * Number of elements.
     *
     * @throws ArithmeticException if there are more than an array holds, as in a mapped file
     */
    public int size() {
        return Math.toIntExact(elements());
    }

    /** Number of elements, however many there are. */
    public long elements() {
        return data.byteSize() / dtype.bytes();
    }

    /**
     * Reads some elements; an I64 beyond 2^53 is rounded.
     *
     * @param from the first element, counted over the whole tensor in row-major order
     * @param to where they go
     * @param at the first one's place there
     * @param count how many
     */
    public void read(long from, double[] to, int at, int count) {
        switch (dtype) {
            case F64 -> MemorySegment.copy(data, DOUBLE, from * Double.BYTES, to, at, count);
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    to[at + i] = data.get(FLOAT, (from + i) * Float.BYTES);
                }
            }
            case F16, BF16, I64, I32, I16, I8, U8, BOOL -> {
                for (int i = 0; i < count; i++) {
                    to[at + i] = doubleAt(from + i);
                }
            }
        }
    }

    /**
     * Reads some elements as 32-bit integers.
     *
     * @param from the first element, counted over the whole tensor in row-major order
     * @param to where they go
     * @param at the first one's place there
     * @param count how many
     * @throws IllegalArgumentException if an element is not a whole number of that range
     */
    public void read(long from, int[] to, int at, int count) {
        if (dtype == DType.I32) {
            MemorySegment.copy(data, INT, from * Integer.BYTES, to, at, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            to[at + i] = intAt(from + i);
        }
    }

    /** All elements; an I64 beyond 2^53 is rounded. */
    public double[] doubles() {
        double[] values = new double[size()];
        read(0, values, 0, values.length);
        return values;
    }

    /** All elements, rounded to the nearest float. */
    public float[] floats() {
        float[] values = new float[size()];
        if (dtype == DType.F32) {
            MemorySegment.copy(data, FLOAT, 0, values, 0, values.length);
            return values;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) doubleAt(i);
        }
        return values;
    }

    /**
     * All elements as 32-bit integers.
     *
     * @throws IllegalArgumentException if an element is not a whole number of that range
     */
    public int[] ints() {
        int[] values = new int[size()];
        read(0, values, 0, values.length);
        return values;
    }

    private int intAt(long index) {
        int value;
        boolean exact;
        if (dtype == DType.I64) {
            long whole = data.get(LONG, index * Long.BYTES);
            value = (int) whole;
            exact = whole == value;
        } else {
            double real = doubleAt(index);
            value = (int) real;
            exact = real == value;
        }
        if (!exact) {
            throw new IllegalArgumentException("element " + index + " of " + this + " is "
                    + (dtype == DType.I64
                            ? Long.toString(data.get(LONG, index * Long.BYTES))
                            : Double.toString(doubleAt(index)))
                    + ", not a 32-bit integer");
        }
        return value;
    }

    private double doubleAt(long index) {
        long at = index * dtype.bytes();
        return switch (dtype) {
            case F64 -> data.get(DOUBLE, at);
            case F32 -> data.get(FLOAT, at);
            case F16 -> Float.float16ToFloat(data.get(SHORT, at));
            case BF16 -> Float.intBitsToFloat(data.get(SHORT, at) << 16);
            case I64 -> data.get(LONG, at);
            case I32 -> data.get(INT, at);
            case I16 -> data.get(SHORT, at);
            case I8 -> data.get(JAVA_BYTE, at);
            case U8 -> Byte.toUnsignedInt(data.get(JAVA_BYTE, at));
            case BOOL -> data.get(JAVA_BYTE, at) == 0 ? 0 : 1;
        };
    }

    /** Product of the dimensions. */
    static long elements(List<Integer> shape) {
        long elements = 1;
        boolean empty = false;
        for (int dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("shape " + shape + " has a negative dimension");
            }
            // A dimension of 0 makes the product 0 even where the other dimensions alone would overflow.
            empty |= dimension == 0;
        }
        if (!empty) {
            for (int dimension : shape) {
                elements = Math.multiplyExact(elements, (long) dimension);
            }
        }
        return empty ? 0 : elements;
    }

    private static MemorySegment allocate(List<Integer> shape, DType dtype, int length) {
        if (elements(shape) != length) {
            throw new IllegalArgumentException(
                    "shape " + shape + " has " + elements(shape) + " elements, but " + length + " values were given");
        }
        return MemorySegment.ofArray(new byte[Math.multiplyExact(length, dtype.bytes())]);
    }

    /** Whether the other tensor has the same type, shape and bytes. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor that
                && dtype == that.dtype
                && shape.equals(that.shape)
                && data.mismatch(that.data) < 0;
    }

    @Override
    public int hashCode() {
        return 31 * dtype.hashCode() + shape.hashCode();
    }

    @Override
    public String toString() {
        return dtype + shape.toString();
    }
}
