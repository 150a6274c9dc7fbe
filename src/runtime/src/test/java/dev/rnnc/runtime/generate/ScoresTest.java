package dev.rnnc.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScoresTest {
    @Test
    void theLikeliestTokenIsTheFirstOfTheLargestScores() {
        assertThat(Scores.likeliest(new float[] {-3, 2, 1, 2})).isEqualTo(1);
    }

    @Test
    void surpriseIsTheCrossEntropyOfOneToken() {
        float[] scores = {(float) Math.log(1), (float) Math.log(2), (float) Math.log(5)};

        assertThat(Scores.probability(scores, 1)).isCloseTo(0.25, within(1e-6));
        assertThat(Scores.surprise(scores, 1)).isCloseTo(Math.log(4), within(1e-6));
    }

    @Test
    void largeScoresDoNotOverflow() {
        assertThat(Scores.surprise(new float[] {1e30f, 1e30f}, 0)).isFinite();
        assertThat(Scores.surprise(new float[] {1000, 0}, 1)).isEqualTo(1000);
    }
}
