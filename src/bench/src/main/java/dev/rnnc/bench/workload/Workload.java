package dev.rnnc.bench.workload;

import java.util.Locale;

/**
 * One thing to measure: a stack of equal recurrent layers, what is done with it, and its sizes.
 *
 * @param work what one call does
 * @param cell the recurrent layers' cell
 * @param layers recurrent layers, each reading the one before
 * @param vocabulary 0 for real-valued input; else the input goes through an embedding, and a linear layer gives the
 *     logits of a cross-entropy
 * @param inputs features X of the first recurrent layer's input
 * @param hidden units H of each layer
 * @param batch sequences B
 * @param steps time steps T; 1 for a step
 * @param adam whether a training step ends with an update by Adam
 * @param weights how inference keeps the weights
 */
public record Workload(
        Work work,
        Cell cell,
        int layers,
        int vocabulary,
        int inputs,
        int hidden,
        int batch,
        int steps,
        boolean adam,
        Weights weights) {

    /** How inference keeps the weights. */
    public enum Weights {
        /** As single precision. */
        FLOAT,
        /** Rounded to bfloat16: {@code precision weights bf16}. */
        BF16
    }

    /** Checks the sizes. */
    public Workload {
        if (layers < 1 || vocabulary < 0 || inputs < 1 || hidden < 1 || batch < 1 || steps < 1) {
            throw new IllegalArgumentException("sizes must be positive");
        }
        if (work == Work.STEP && (batch != 1 || steps != 1)) {
            throw new IllegalArgumentException("a step is one step of one sequence");
        }
        if (adam && vocabulary == 0) {
            throw new IllegalArgumentException("Adam is for models of tokens, whose batches differ from step to step");
        }
    }

    /** One step at batch 1, with as many inputs as units. */
    public static Workload step(Cell cell, int hidden) {
        return new Workload(Work.STEP, cell, 1, 0, hidden, hidden, 1, 1, false, Weights.FLOAT);
    }

    /** Inference over a sequence, with as many inputs as units. */
    public static Workload sequence(Cell cell, int hidden, int batch, int steps) {
        return new Workload(Work.SEQUENCE, cell, 1, 0, hidden, hidden, batch, steps, false, Weights.FLOAT);
    }

    /** Forward pass and BPTT of one layer under a squared error, with as many inputs as units. */
    public static Workload gradient(Cell cell, int hidden, int batch, int steps) {
        return new Workload(Work.TRAINING, cell, 1, 0, hidden, hidden, batch, steps, false, Weights.FLOAT);
    }

    /** A step of training of a model of tokens, with Adam; the embedding has as many features as a layer has units. */
    public static Workload training(Cell cell, int layers, int vocabulary, int hidden, int batch, int steps) {
        return new Workload(Work.TRAINING, cell, layers, vocabulary, hidden, hidden, batch, steps, true, Weights.FLOAT);
    }

    /** The same with bfloat16 weights. */
    public Workload withBf16() {
        return new Workload(work, cell, layers, vocabulary, inputs, hidden, batch, steps, adam, Weights.BF16);
    }

    /** The same with that many layers. */
    public Workload withLayers(int count) {
        return new Workload(work, cell, count, vocabulary, inputs, hidden, batch, steps, adam, weights);
    }

    /** The largest difference from the reference that counts as equal, for numbers up to 1. */
    public double tolerance() {
        return switch (weights) {
            case FLOAT -> 1e-4;
            // A bfloat16 has 8 bits: each weight is off by less than 2^-8 of its size.
            case BF16 -> 2e-2;
        };
    }

    /** A short name, as in {@code step-lstm-128} or {@code training-2x-lstm-128-v65-b32-t64-adam}. */
    public String name() {
        StringBuilder name = new StringBuilder(work.name().toLowerCase(Locale.ROOT)).append('-');
        if (layers > 1) {
            name.append(layers).append("x-");
        }
        name.append(cell.name().toLowerCase(Locale.ROOT)).append('-').append(hidden);
        if (vocabulary > 0) {
            name.append("-v").append(vocabulary);
        }
        if (work != Work.STEP) {
            name.append("-b").append(batch).append("-t").append(steps);
        }
        return name.append(adam ? "-adam" : "")
                .append(weights == Weights.BF16 ? "-bf16" : "")
                .toString();
    }
}
