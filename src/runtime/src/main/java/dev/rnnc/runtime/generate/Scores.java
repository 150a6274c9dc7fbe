package dev.rnnc.runtime.generate;

/** What scores (logits, [V]) say about tokens. Nothing here allocates. */
public final class Scores {
    private Scores() {}

    /** The token with the largest score, the first of equals. */
    public static int likeliest(float[] scores) {
        int largest = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[largest]) {
                largest = i;
            }
        }
        return largest;
    }

    /** The probability of a token, {@code softmax(scores)[token]}. */
    public static double probability(float[] scores, int token) {
        return StrictMath.exp(-surprise(scores, token));
    }

    /**
     * How little the scores expected a token: {@code -ln softmax(scores)[token]} in nats, the token's cross entropy. 0 is
     * what was certain.
     *
     * @throws IndexOutOfBoundsException if there is no score for the token
     */
    public static double surprise(float[] scores, int token) {
        float largest = scores[likeliest(scores)];
        double sum = 0;
        for (float score : scores) {
            sum += StrictMath.exp(score - largest);
        }
        return StrictMath.log(sum) + largest - scores[token];
    }

    /** The token with the largest score; see {@link #likeliest(float[])}. */
    public static int likeliest(double[] scores) {
        int largest = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[largest]) {
                largest = i;
            }
        }
        return largest;
    }

    /** The probability of a token; see {@link #probability(float[], int)}. */
    public static double probability(double[] scores, int token) {
        return StrictMath.exp(-surprise(scores, token));
    }

    /** How little a token was expected; see {@link #surprise(float[], int)}. */
    public static double surprise(double[] scores, int token) {
        double largest = scores[likeliest(scores)];
        double sum = 0;
        for (double score : scores) {
            sum += StrictMath.exp(score - largest);
        }
        return StrictMath.log(sum) + largest - scores[token];
    }
}
