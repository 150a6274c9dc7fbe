package dev.rnnc.bench.workload;

import dev.rnnc.runtime.random.CounterRandom;

/**
 * Random data, the same for every engine.
 *
 * @param inputs {@code [T, B, X]}; of a step {@value #STEPS} vectors that are taken in turn; empty for tokens
 * @param goals {@code [T, B, H]}, what the squared error compares with; empty where there is none
 * @param tokens {@value #BATCHES} batches {@code [T, B]} that are taken in turn; empty for real-valued input
 * @param targets the same for the tokens to predict
 */
public record Dataset(float[] inputs, float[] goals, int[][] tokens, int[][] targets) {
    /** Different inputs of a step. */
    public static final int STEPS = 16;

    /** Different batches of tokens, so that training does not come to an end while it is measured. */
    public static final int BATCHES = 8;

    /** The data of a workload. */
    static Dataset of(Workload w) {
        CounterRandom random = new CounterRandom(1, 7);
        int rows = w.steps() * w.batch();
        if (w.vocabulary() > 0) {
            int[][] tokens = new int[BATCHES][rows];
            int[][] targets = new int[BATCHES][rows];
            for (int batch = 0; batch < BATCHES; batch++) {
                for (int i = 0; i < rows; i++) {
                    tokens[batch][i] = random.nextInt(w.vocabulary());
                    targets[batch][i] = random.nextInt(w.vocabulary());
                }
            }
            return new Dataset(new float[0], new float[0], tokens, targets);
        }
        int inputs = (w.work() == Work.STEP ? STEPS : rows) * w.inputs();
        int goals = w.work() == Work.TRAINING ? rows * w.hidden() : 0;
        return new Dataset(normal(random, inputs), normal(random, goals), new int[0][], new int[0][]);
    }

    private static float[] normal(CounterRandom random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextNormal();
        }
        return values;
    }
}
