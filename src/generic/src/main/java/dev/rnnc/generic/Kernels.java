package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.runtime.spec.Precision;
import java.lang.foreign.MemorySegment;

/**
 * The arithmetic of one element type. Every array argument is followed by the offset of its first element; a stride is
 * the distance between rows, and may be 0.
 *
 * @param <A> {@code double[]} or {@code float[]}
 */
interface Kernels<A> {
    A allocate(int size);

    double get(A a, int index);

    void set(A a, int index, double value);

    /** {@code to} starts with {@code from}. */
    void copy(float[] from, A to);

    /** {@code to} starts with the elements of {@code from} from {@code offset} on, which have that precision. */
    void load(MemorySegment from, Precision precision, long offset, A to, int size);

    /** The elements of {@code to} from {@code at} on, which have that precision, become those of {@code from}. */
    void store(A from, int offset, int size, MemorySegment to, Precision precision, long at);

    void fill(A a, int offset, int size, double value);

    /** {@code y += x}. */
    void add(int size, A y, int yo, A x, int xo);

    /**
     * {@code y = f(a, b, c)}; a function of fewer operands ignores the last ones.
     *
     * @param as 1, or 0 where one number serves all elements; likewise {@code bs} and {@code cs}
     */
    void map(Function f, int size, A y, int yo, A a, int ao, int as, A b, int bo, int bs, A c, int co, int cs);

    double sum(A a, int offset, int size);

    double maximum(A a, int offset, int size);

    /** {@code y[r] += w x[r]} for each row; {@code w} is {@code [m, k]}, rows of {@code y} are dense. */
    void product(A w, int wo, int m, int k, A x, int xo, int xs, A y, int yo, int rows);

    /** {@code x[r] += transpose(w) y[r]} for each row; {@code w} is {@code [m, k]}, rows of {@code x} are dense. */
    void transposedProduct(A w, int wo, int m, int k, A y, int yo, int ys, A x, int xo, int rows);

    /** {@code s += sum over r of a[r] transpose(b[r])}; {@code s} is {@code [m, k]}. */
    void outerSum(A s, int so, int m, int k, A a, int ao, int as, A b, int bo, int bs, int rows);
}
