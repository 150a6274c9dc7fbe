package dev.rnnc.generic;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix products over heap arrays of any size, in register tiles. The tiles are small methods of their own: one method
 * with many vector calls would overflow the JIT's first tier and never be compiled well.
 */
final class FloatProducts {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    /** Rows of a tile: enough accumulators to hide the latency of an FMA. */
    private static final int TILE = 4;
    /** Floats of an operand's panel that stays in the L1 data cache, half of it. */
    private static final int PANEL = 4096;

    private FloatProducts() {}

    /** {@code y[r][i] += w[i] . x[r]}: both operands are read along {@code k}. */
    static void byDots(float[] w, int wo, int m, int k, float[] x, int xo, int xs, float[] y, int yo, int rows) {
        int pairs = rows - rows % 2;
        // Pairs of rows share what they read of the weights; a panel of those stays in L1 while all rows pass.
        int panel = Math.max(TILE, PANEL / Math.max(1, k) / TILE * TILE);
        for (int from = 0; pairs > 0 && from < m; from += panel) {
            int to = Math.min(m, from + panel);
            for (int r = 0; r < pairs; r += 2) {
                dotPair(w, wo, from, to, m, k, x, xo + r * xs, xs, y, yo + r * m);
            }
        }
        if (pairs < rows) {
            dotRow(w, wo, m, k, x, xo + pairs * xs, y, yo + pairs * m);
        }
    }

    private static void dotPair(
            float[] w, int wo, int from, int to, int m, int k, float[] x, int xo, int xs, float[] y, int yo) {
        int i = from;
        for (; i + TILE <= to; i += TILE) {
            dotTile(w, wo + i * k, k, x, xo, xs, y, yo + i, m);
        }
        for (; i < to; i++) {
            y[yo + i] += dot(w, wo + i * k, x, xo, k);
            y[yo + m + i] += dot(w, wo + i * k, x, xo + xs, k);
        }
    }

    private static void dotRow(float[] w, int wo, int m, int k, float[] x, int xo, float[] y, int yo) {
        int i = 0;
        for (; i + 2 * TILE <= m; i += 2 * TILE) {
            dotColumn(w, wo + i * k, k, x, xo, y, yo + i);
        }
        for (; i < m; i++) {
            y[yo + i] += dot(w, wo + i * k, x, xo, k);
        }
    }

    /** Two rows of {@code x} with four of {@code w}. */
    private static void dotTile(float[] w, int wo, int k, float[] x, int xo, int xs, float[] y, int yo, int ys) {
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = s00;
        FloatVector s02 = s00;
        FloatVector s03 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s12 = s00;
        FloatVector s13 = s00;
        int j = 0;
        for (; j <= k - LANES; j += LANES) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, x, xo + j);
            FloatVector x1 = FloatVector.fromArray(SPECIES, x, xo + xs + j);
            FloatVector w0 = FloatVector.fromArray(SPECIES, w, wo + j);
            FloatVector w1 = FloatVector.fromArray(SPECIES, w, wo + k + j);
            FloatVector w2 = FloatVector.fromArray(SPECIES, w, wo + 2 * k + j);
            FloatVector w3 = FloatVector.fromArray(SPECIES, w, wo + 3 * k + j);
            s00 = x0.fma(w0, s00);
            s01 = x0.fma(w1, s01);
            s02 = x0.fma(w2, s02);
            s03 = x0.fma(w3, s03);
            s10 = x1.fma(w0, s10);
            s11 = x1.fma(w1, s11);
            s12 = x1.fma(w2, s12);
            s13 = x1.fma(w3, s13);
        }
        y[yo] += s00.reduceLanes(VectorOperators.ADD);
        y[yo + 1] += s01.reduceLanes(VectorOperators.ADD);
        y[yo + 2] += s02.reduceLanes(VectorOperators.ADD);
        y[yo + 3] += s03.reduceLanes(VectorOperators.ADD);
        y[yo + ys] += s10.reduceLanes(VectorOperators.ADD);
        y[yo + ys + 1] += s11.reduceLanes(VectorOperators.ADD);
        y[yo + ys + 2] += s12.reduceLanes(VectorOperators.ADD);
        y[yo + ys + 3] += s13.reduceLanes(VectorOperators.ADD);
        if (j < k) {
            for (int i = 0; i < TILE; i++) {
                y[yo + i] += tail(w, wo + i * k, x, xo, j, k);
                y[yo + ys + i] += tail(w, wo + i * k, x, xo + xs, j, k);
            }
        }
    }

    /** One row of {@code x} with eight of {@code w}: fewer sums at a time would wait for one another. */
    private static void dotColumn(float[] w, int wo, int k, float[] x, int xo, float[] y, int yo) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        int j = 0;
        for (; j <= k - LANES; j += LANES) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, x, xo + j);
            int at = wo + j;
            s0 = x0.fma(FloatVector.fromArray(SPECIES, w, at), s0);
            s1 = x0.fma(FloatVector.fromArray(SPECIES, w, at + k), s1);
            s2 = x0.fma(FloatVector.fromArray(SPECIES, w, at + 2 * k), s2);
            s3 = x0.fma(FloatVector.fromArray(SPECIES, w, at + 3 * k), s3);
            s4 = x0.fma(FloatVector.fromArray(SPECIES, w, at + 4 * k), s4);
            s5 = x0.fma(FloatVector.fromArray(SPECIES, w, at + 5 * k), s5);
            s6 = x0.fma(FloatVector.fromArray(SPECIES, w, at + 6 * k), s6);
            s7 = x0.fma(FloatVector.fromArray(SPECIES, w, at + 7 * k), s7);
        }
        y[yo] += s0.reduceLanes(VectorOperators.ADD);
        y[yo + 1] += s1.reduceLanes(VectorOperators.ADD);
        y[yo + 2] += s2.reduceLanes(VectorOperators.ADD);
        y[yo + 3] += s3.reduceLanes(VectorOperators.ADD);
        y[yo + 4] += s4.reduceLanes(VectorOperators.ADD);
        y[yo + 5] += s5.reduceLanes(VectorOperators.ADD);
        y[yo + 6] += s6.reduceLanes(VectorOperators.ADD);
        y[yo + 7] += s7.reduceLanes(VectorOperators.ADD);
        if (j < k) {
            for (int i = 0; i < 2 * TILE; i++) {
                y[yo + i] += tail(w, wo + i * k, x, xo, j, k);
            }
        }
    }

    private static float dot(float[] w, int wo, float[] x, int xo, int k) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int j = 0;
        for (; j <= k - LANES; j += LANES) {
            sum = FloatVector.fromArray(SPECIES, w, wo + j).fma(FloatVector.fromArray(SPECIES, x, xo + j), sum);
        }
        return sum.reduceLanes(VectorOperators.ADD) + tail(w, wo, x, xo, j, k);
    }

    private static float tail(float[] w, int wo, float[] x, int xo, int from, int to) {
        float sum = 0;
        for (int j = from; j < to; j++) {
            sum += w[wo + j] * x[xo + j];
        }
        return sum;
    }

    /**
     * {@code c[p][q] += sum over l of a[p, l] * b[l][q]}: numbers of {@code a} times rows of {@code b}.
     *
     * @param p rows of {@code c}, which is dense
     * @param q columns of {@code c}
     * @param l terms of each sum
     * @param ap distance of the numbers of {@code a} from one row of {@code c} to the next
     * @param al distance from one term to the next
     * @param bs distance of the rows of {@code b}
     */
    static void bySums(
            float[] c, int co, int p, int q, int l, float[] a, int ao, int ap, int al, float[] b, int bo, int bs) {
        int whole = q - q % LANES;
        int tiled = whole - whole % (2 * LANES);
        int panel = PANEL / (2 * LANES);
        // A panel of two vectors' width stays in L1 while all rows of the result pass.
        for (int j = 0; j < tiled; j += 2 * LANES) {
            for (int from = 0; from < l; from += panel) {
                int terms = Math.min(panel, l - from);
                sumPanel(c, co + j, q, p, terms, a, ao + from * al, ap, al, b, bo + from * bs + j, bs);
            }
        }
        if (tiled < whole) {
            for (int i = 0; i < p; i++) {
                sumVector(c, co + i * q + tiled, l, a, ao + i * ap, al, b, bo + tiled, bs);
            }
        }
        if (whole < q) {
            for (int i = 0; i < p; i++) {
                sumTail(c, co + i * q, whole, q, l, a, ao + i * ap, al, b, bo, bs);
            }
        }
    }

    /** Two vectors of every row. */
    private static void sumPanel(
            float[] c, int co, int cs, int p, int l, float[] a, int ao, int ap, int al, float[] b, int bo, int bs) {
        int r = 0;
        for (; r + TILE <= p; r += TILE) {
            sumTile(c, co + r * cs, cs, l, a, ao + r * ap, ap, al, b, bo, bs);
        }
        for (; r < p; r++) {
            sumVector(c, co + r * cs, l, a, ao + r * ap, al, b, bo, bs);
            sumVector(c, co + r * cs + LANES, l, a, ao + r * ap, al, b, bo + LANES, bs);
        }
    }

    /** Four rows, two vectors. */
    private static void sumTile(
            float[] c, int co, int cs, int l, float[] a, int ao, int ap, int al, float[] b, int bo, int bs) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, c, co);
        FloatVector s01 = FloatVector.fromArray(SPECIES, c, co + LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, c, co + cs);
        FloatVector s11 = FloatVector.fromArray(SPECIES, c, co + cs + LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, c, co + 2 * cs);
        FloatVector s21 = FloatVector.fromArray(SPECIES, c, co + 2 * cs + LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, c, co + 3 * cs);
        FloatVector s31 = FloatVector.fromArray(SPECIES, c, co + 3 * cs + LANES);
        for (int i = 0; i < l; i++) {
            int at = ao + i * al;
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + i * bs);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + i * bs + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + ap]);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2 * ap]);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3 * ap]);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
        }
        s00.intoArray(c, co);
        s01.intoArray(c, co + LANES);
        s10.intoArray(c, co + cs);
        s11.intoArray(c, co + cs + LANES);
        s20.intoArray(c, co + 2 * cs);
        s21.intoArray(c, co + 2 * cs + LANES);
        s30.intoArray(c, co + 3 * cs);
        s31.intoArray(c, co + 3 * cs + LANES);
    }

    /** One vector of one row. */
    private static void sumVector(float[] c, int co, int l, float[] a, int ao, int al, float[] b, int bo, int bs) {
        FloatVector sum = FloatVector.fromArray(SPECIES, c, co);
        for (int i = 0; i < l; i++) {
            FloatVector factor = FloatVector.broadcast(SPECIES, a[ao + i * al]);
            sum = factor.fma(FloatVector.fromArray(SPECIES, b, bo + i * bs), sum);
        }
        sum.intoArray(c, co);
    }

    private static void sumTail(
            float[] c, int co, int from, int to, int l, float[] a, int ao, int al, float[] b, int bo, int bs) {
        for (int i = 0; i < l; i++) {
            float factor = a[ao + i * al];
            for (int j = from; j < to; j++) {
                c[co + j] += factor * b[bo + i * bs + j];
            }
        }
    }
}
