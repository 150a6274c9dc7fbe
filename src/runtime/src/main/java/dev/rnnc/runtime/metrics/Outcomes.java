package dev.rnnc.runtime.metrics;

/**
 * Outputs of a batch of sequences beside their targets.
 *
 * @param task what an output says of its target
 * @param steps T; 1 where the target has no time steps
 * @param batch B
 * @param width numbers in a row of the output: the number of classes, or the features
 * @param outputs {@code [T, B, width]}, row-major
 * @param targets {@code [T, B]} tokens where the task is {@link Task#CLASSES}, else {@code [T, B, width]}
 * @param lengths for each sequence how many of its steps count; the others are never looked at
 */
public record Outcomes(Task task, int steps, int batch, int width, double[] outputs, double[] targets, int[] lengths) {
    /** @throws IllegalArgumentException if an array has not the size that the others ask for */
    public Outcomes {
        int targetWidth = task == Task.CLASSES ? 1 : width;
        if (outputs.length != steps * batch * width
                || targets.length != steps * batch * targetWidth
                || lengths.length != batch) {
            throw new IllegalArgumentException("%s x %s rows of %s outputs and %s targets, but %s, %s and %s lengths"
                    .formatted(steps, batch, width, targetWidth, outputs.length, targets.length, lengths.length));
        }
    }

    /** Hears of one row that counts. */
    @FunctionalInterface
    public interface RowVisitor {
        /**
         * A row.
         *
         * @param step from 0
         * @param sequence from 0
         * @param row its index in the arrays
         */
        void visit(int step, int sequence, int row);
    }

    /** Goes through all rows that count, step by step. */
    public void forEachRow(RowVisitor visitor) {
        for (int step = 0; step < steps; step++) {
            for (int sequence = 0; sequence < batch; sequence++) {
                if (step < lengths[sequence]) {
                    visitor.visit(step, sequence, step * batch + sequence);
                }
            }
        }
    }

    /** Hears of one decision. */
    @FunctionalInterface
    interface DecisionVisitor {
        void visit(int answer, int truth);
    }

    /** Goes through all decisions: one for each row, or of {@link Task#BINARY} one for each element. */
    void forEachDecision(DecisionVisitor visitor) {
        forEachRow((_, _, row) -> {
            switch (task) {
                case CLASSES -> visitor.visit(answer(row), token(row));
                case BINARY -> {
                    for (int i = row * width; i < (row + 1) * width; i++) {
                        visitor.visit(outputs[i] >= 0.5 ? 1 : 0, targets[i] >= 0.5 ? 1 : 0);
                    }
                }
                case REALS -> throw new IllegalStateException("real numbers are no decisions");
            }
        });
    }

    /** The class with the highest score of a row, the first of equal ones. */
    public int answer(int row) {
        int best = 0;
        for (int i = 1; i < width; i++) {
            if (outputs[row * width + i] > outputs[row * width + best]) {
                best = i;
            }
        }
        return best;
    }

    /** The target token of a row. */
    public int token(int row) {
        return (int) targets[row];
    }

    /** The logarithm of the probability that a row's softmax gives to a class. */
    public double logProbability(int row, int symbol) {
        double largest = outputs[row * width + answer(row)];
        double sum = 0;
        for (int i = row * width; i < (row + 1) * width; i++) {
            sum += StrictMath.exp(outputs[i] - largest);
        }
        return outputs[row * width + symbol] - largest - StrictMath.log(sum);
    }
}
