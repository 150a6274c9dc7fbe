package dev.rnnc.runtime.session;

import dev.rnnc.runtime.generate.Generator;
import dev.rnnc.runtime.generate.Sampler;
import dev.rnnc.runtime.random.CounterRandom;
import java.util.Arrays;

/**
 * A session that lets a model continue from its own outputs: {@code start} reads the data, then each {@code step} is given
 * the output of the step before.
 */
public abstract class GenerationSession extends TypedSession {
    private static final long SAMPLING = CounterRandom.stream("sampling");

    private final Generator generator;
    private boolean started;
    /** Whether there was a step since the start. */
    private boolean stepped;
    /** Tokens that were drawn and not yet fed; null where there are none. */
    private int[] drawn;

    /** A session of a generator, which it owns. For generated code. */
    protected GenerationSession(Generator generator) {
        this.generator = generator;
    }

    /** Reads the data that were given since {@link #begin}. For generated code. */
    protected final void startGeneration() {
        generator.start(given(1));
        started = true;
        stepped = false;
        drawn = null;
        ran(0);
    }

    /** Makes a step from what was given since {@link #begin}. For generated code. */
    protected final void runGeneration() {
        if (!started) {
            throw new IllegalStateException("call start before the first step");
        }
        generator.step();
        stepped = true;
        drawn = null;
        ran(1);
    }

    /**
     * Makes steps, each from tokens drawn from the scores of the step before; it goes on from the last step, of whichever
     * method. For generated code.
     *
     * @param fed where the tokens go, a row for each sequence of the batch
     * @param scores where their scores are, [B, V]
     * @param start the token of the first step
     * @param length how many tokens to draw for each row
     * @param temperature 0 takes the likeliest token each time, 1 draws as the model says
     * @param seed of the draws; the same seed gives the same tokens
     * @return the tokens, [B, length]
     */
    protected final int[][] drawTokens(
            TokenPort fed, FloatPort scores, int start, int length, double temperature, long seed) {
        return draw(fed, start, length, temperature, seed, (row, index) -> scores.get(0, row, index), scores);
    }

    /** The same in a model of precision double. For generated code. */
    protected final int[][] drawTokens(
            TokenPort fed, DoublePort scores, int start, int length, double temperature, long seed) {
        return draw(fed, start, length, temperature, seed, (row, index) -> scores.get(0, row, index), scores);
    }

    @Override
    final void free() {
        generator.close();
    }

    @FunctionalInterface
    private interface Scores {
        double of(int row, int index);
    }

    private int[][] draw(
            TokenPort fed, int start, int length, double temperature, long seed, Scores scores, SessionPort port) {
        if (length < 0) {
            throw new IllegalArgumentException("the length must be from 0 on, but is " + length);
        }
        Sampler.checkTemperature(temperature);
        int rows = generator.decoder().spec().batch();
        int[][] result = new int[rows][length];
        int[] last = new int[rows];
        Arrays.fill(last, start);
        if (drawn != null) {
            last = drawn;
        }
        CounterRandom[] random = new CounterRandom[rows];
        Arrays.setAll(random, row -> new CounterRandom(seed, SAMPLING + row));
        double[] row = new double[port.width];
        for (int t = 0; t < length; t++) {
            begin();
            // After steps of the caller's the scores are there already.
            if (t > 0 || !stepped || drawn != null) {
                fed.set(last);
                runGeneration();
            }
            for (int r = 0; r < rows; r++) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = scores.of(r, i);
                }
                last[r] = Sampler.sample(row, temperature, random[r]);
                result[r][t] = last[r];
            }
        }
        if (length > 0) {
            drawn = last;
        }
        return result;
    }
}
