package dev.rnnc.compiler.lower;

/**
 * What kernels are shaped for.
 *
 * @param lanes lanes of a vector of the model's precision; 1 for plain numbers
 * @param wideRegisters whether there are 32 vector registers rather than 16
 */
public record Target(int lanes, boolean wideRegisters) {
    /** The usual machine with that many float lanes: 512-bit units have 32 registers. */
    public static Target of(int lanes) {
        return new Target(lanes, lanes >= 16);
    }

    /** Rows of a register tile, where that many are there. */
    int tileRows() {
        return 4;
    }

    /**
     * Rows of a register tile of a single vector: with four accumulators each multiply-add would wait for the one before.
     *
     * @param rows how many there are, or what their number is a multiple of; those beyond whole tiles go one by one
     */
    int narrowTileRows(int rows) {
        int most = 2 * tileRows();
        boolean single = rows > tileRows() && rows < most;
        return single ? rows : rows % most == 0 ? most : tileRows();
    }

    /**
     * Vectors of a register tile with {@code rows} rows: enough accumulators to hide the latency of a multiply-add, and
     * no more than HotSpot's first compiler takes. On JDK 25 it takes tiles of 4 x 4 and 1 x 16 vectors, and refuses those
     * of 4 x 5 (1,559 bytecodes) and 4 x 6 (1,838) as "out of virtual registers".
     */
    int tileVectors(int rows) {
        int accumulators = wideRegisters ? 16 : 12;
        int most = rows > 1 ? 6 : wideRegisters ? 16 : 8;
        return Math.max(1, Math.min(most, accumulators / rows));
    }

    /**
     * The same for a tile whose every accumulator starts from a value of its own. With those loads HotSpot's first
     * compiler refuses tiles of 4 x 4 vectors in about every second process (JDK 25) and those of 1 x 16 in every one, and
     * takes those of 4 x 3 and 1 x 12. A bias that is loaded once for 4 rows is no such start: 4 x 3 would be 10 % slower.
     */
    int startedTileVectors(int rows) {
        return Math.min(tileVectors(rows), Math.max(1, 12 / rows));
    }

    /**
     * Vectors of a tile of one row whose panels are read in turn from either end: what is still in the cache is the end of
     * the last panel, and more of narrow ones.
     */
    int turnedTileVectors() {
        return 8;
    }

    /** The most vectors of a tile that has a loop for each piece of its operand: they add up. */
    int piecedTileVectors() {
        return 8;
    }
}
