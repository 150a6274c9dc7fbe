package dev.rnnc.generic.random;

/**
 * What a term is for one row of the batch: numbers for each of its steps, or for all steps alike.
 *
 * @param sequence whether it has steps of its own
 * @param at the numbers of each step; of one where it has none. A token is one number
 */
record Val(boolean sequence, double[][] at) {
    static Val row(double... numbers) {
        return new Val(false, new double[][] {numbers});
    }

    static Val sequence(double[][] steps) {
        return new Val(true, steps);
    }

    /** The numbers at a step. */
    double[] step(int t) {
        return sequence ? at[t] : at[0];
    }

    /** The numbers, of a value without steps. */
    double[] numbers() {
        if (sequence) {
            throw new IllegalStateException("a sequence where one row is needed");
        }
        return at[0];
    }

    /** A function of what several values are at one step. */
    interface OfStep {
        double[] apply(double[][] operands);
    }

    /** The function at each step that all operands have: a sequence made from several is as long as the shortest. */
    static Val each(OfStep function, Val... operands) {
        boolean sequence = false;
        int length = Integer.MAX_VALUE;
        for (Val operand : operands) {
            if (operand.sequence) {
                sequence = true;
                length = Math.min(length, operand.at.length);
            }
        }
        double[][] results = new double[sequence ? length : 1][];
        for (int t = 0; t < results.length; t++) {
            double[][] now = new double[operands.length][];
            for (int i = 0; i < operands.length; i++) {
                now[i] = operands[i].step(t);
            }
            results[t] = function.apply(now);
        }
        return new Val(sequence, results);
    }
}
