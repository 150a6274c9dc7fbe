package dev.rnnc.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Metrics against values calculated by hand. */
class MetricTest {
    private static final double NONSENSE = Double.NaN;

    /** Two sequences of three steps, three classes; the second has one step only, what lies behind is nonsense. */
    private static final Outcomes RAGGED = new Outcomes(
            Task.CLASSES,
            3,
            2,
            3,
            new double[] {
                9, 0, 0, 0, 9, 0, // answers 0 and 1
                0, 9, 0, NONSENSE, NONSENSE, NONSENSE, // 1
                0, 0, 9, NONSENSE, NONSENSE, NONSENSE // 2
            },
            new double[] {0, 0, 1, 77, 1, 77},
            new int[] {3, 1});

    @Test
    void accuracyIsTheShareOfRightAnswersAmongStepsThatCount() {
        // Right: step 0 and 1 of the first sequence.
        assertThat(number(MetricKind.ACCURACY, RAGGED)).isEqualTo(0.5);
    }

    @Test
    void f1IsTheHarmonicMeanOfPrecisionAndRecallOfEachClassThatOccurs() {
        Metric f1 = MetricKind.F1.create();
        f1.add(RAGGED);

        // Truth 0 0 1 1, answers 0 1 1 2. Class 0: TP 1, FN 1; class 1: TP 1, FP 1, FN 1; class 2: FP 1.
        Figure.PerClass classes = (Figure.PerClass) f1.figures().get(1);
        assertThat(classes.values()).containsOnlyKeys(0, 1, 2);
        assertThat(classes.values().get(0)).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(classes.values().get(1)).isEqualTo(0.5);
        assertThat(classes.values().get(2)).isZero();
        assertThat(((Figure.Number) f1.figures().get(0)).value()).isCloseTo((2.0 / 3 + 0.5) / 3, within(1e-12));
    }

    @Test
    void theConfusionMatrixCountsAnswersByTrueClass() {
        Metric confusion = MetricKind.CONFUSION.create();
        confusion.add(RAGGED);
        confusion.add(RAGGED);

        Figure.Matrix matrix = (Figure.Matrix) confusion.figures().getFirst();
        assertThat(matrix.count(0, 0)).isEqualTo(2);
        assertThat(matrix.count(0, 1)).isEqualTo(2);
        assertThat(matrix.count(1, 1)).isEqualTo(2);
        assertThat(matrix.count(1, 2)).isEqualTo(2);
        assertThat(matrix.count(2, 2)).isZero();
    }

    @Test
    void perplexityAndBitsComeFromTheSoftmaxOfTheScores() {
        // Probabilities 1/2, 1/4, 1/4 of a true class each: -log2 is 1, 2, 2.
        double[] scores = {Math.log(2), 0, 0};
        Outcomes outcomes = new Outcomes(
                Task.CLASSES,
                1,
                3,
                3,
                new double[] {scores[0], 0, 0, scores[0], 0, 0, scores[0] + 500, 500, 500},
                new double[] {0, 1, 2},
                new int[] {1, 1, 1});

        assertThat(number(MetricKind.BITS, outcomes)).isCloseTo(5.0 / 3, within(1e-12));
        assertThat(number(MetricKind.PERPLEXITY, outcomes)).isCloseTo(Math.pow(2, 5.0 / 3), within(1e-12));
    }

    @Test
    void errorsAreMeansOverAllElementsThatCount() {
        Outcomes outcomes = new Outcomes(
                Task.REALS, 2, 1, 2, new double[] {1, 2, NONSENSE, NONSENSE}, new double[] {4, 6, 0, 0}, new int[] {1});

        assertThat(number(MetricKind.MAE, outcomes)).isEqualTo(3.5);
        assertThat(number(MetricKind.RMSE, outcomes)).isCloseTo(Math.sqrt(12.5), within(1e-12));
    }

    @Test
    void aProbabilityOfOneHalfOrMoreAnswersYes() {
        Outcomes outcomes = new Outcomes(
                Task.BINARY, 1, 2, 2, new double[] {0.5, 0.4, 0.9, 0.1}, new double[] {1, 1, 0, 0}, new int[] {1, 1});

        assertThat(number(MetricKind.ACCURACY, outcomes)).isEqualTo(0.5);
    }

    @Test
    void editDistanceIsLevenshteins() {
        assertThat(EditDistance.between(letters("kitten"), letters("sitting"))).isEqualTo(3);
        assertThat(EditDistance.between(letters("abc"), letters(""))).isEqualTo(3);
        assertThat(EditDistance.between(letters("abcd"), letters("bcd"))).isEqualTo(1);

        Metric metric = MetricKind.EDIT_DISTANCE.create();
        metric.add(RAGGED);
        // 0 1 2 for 0 1 1, and 1 for 0: two edits in two sequences of four symbols.
        assertThat(metric.figures())
                .extracting(figure -> ((Figure.Number) figure).value())
                .containsExactly(1.0, 0.5);
    }

    @Test
    void aMetricThatSawNothingIsNotANumberAndForgetsOnReset() {
        for (MetricKind kind : MetricKind.values()) {
            Metric metric = kind.create();
            List<Figure> fresh = metric.figures();
            if (kind.measures(Task.CLASSES)) {
                metric.add(RAGGED);
            }
            metric.reset();
            assertThat(metric.figures()).isEqualTo(fresh);
            if (fresh.getFirst() instanceof Figure.Number number) {
                assertThat(number.value()).isNaN();
            }
        }
    }

    private static double number(MetricKind kind, Outcomes outcomes) {
        Metric metric = kind.create();
        metric.add(outcomes);
        return ((Figure.Number) metric.figures().getFirst()).value();
    }

    private static int[] letters(String word) {
        return word.chars().toArray();
    }
}
