package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Index;

/**
 * Panels of one width: {@code count} panels of {@code vectors} vectors, from column {@code column} on.
 *
 * @param strip vectors of memory in a line of a strip; the last strip of a panel may be narrower
 * @param length lines, the length of the contraction
 * @param rounded whether the weights are rounded to bfloat16, and two of them in a word
 */
record Panels(Buffer buffer, int column, int count, int vectors, int strip, int length, boolean rounded) {
    /** Vectors of memory in a line of a panel. */
    int words() {
        return rounded ? (vectors + 1) / 2 : vectors;
    }

    /** Where vector {@code word} of the memory of line {@code k} of panel {@code panel} lies. */
    Index at(Index panel, Index k, int word, int lanes) {
        int first = word / strip * strip;
        int width = Math.min(strip, words() - first);
        return panel.times(words() * lanes * length)
                .plus(first * lanes * length)
                .plus(k.times(width * lanes))
                .plus((word - first) * lanes);
    }

    /**
     * How wide panels are.
     *
     * @param widest the most vectors of one
     * @param even whether they are of like width, as tiles of one row want it: a narrow one would wait for its few
     *     accumulators. Tiles of several rows do better with panels as wide as they can be, and a narrow last one
     * @param strips whether a panel is cut into strips. A tile of few rows waits for its weights. Read as one run of
     *     memory they come from the second cache at half its rate; read as four to eight runs side by side, at nearly all
     *     of it
     * @param pairs whether two vectors share a word, so that a panel of odd width would leave half a word of each line unused
     */
    record Widths(int widest, boolean even, boolean strips, boolean pairs) {
        /** The width of the next panels, where {@code left} vectors are left. */
        int next(int left) {
            if (!even) {
                return Math.min(widest, left);
            }
            int width = Math.ceilDiv(left, Math.ceilDiv(left, widest));
            return pairs && width % 2 == 1 && width < Math.min(widest, left) ? width + 1 : width;
        }

        /** How many panels have that width. */
        int count(int left) {
            int width = next(left);
            int count = 0;
            for (int rest = left; rest > 0 && next(rest) == width; rest -= width) {
                count++;
            }
            return count;
        }

        /** More strips than these were slower again, fewer were where HotSpot unrolls the loop along them. */
        private static final int MOST_STRIPS = 8;

        /** The width of strips of panels of {@code words} vectors of memory. */
        int strip(int words) {
            return strips ? Math.ceilDiv(words, MOST_STRIPS) : words;
        }
    }
}
