package dev.rnnc.generic;

import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Models that have odd shapes or sizes compute what their equations say, whatever code is generated for them. */
class DifferentialTest {
    private static final Map<String, String> MODELS = Map.ofEntries(
            Map.entry("aProductOfTheWholeSequenceAndOneValueForEachSequence", """
                    cell both(x[X], z[Z]) -> h[H] {
                      state h[H]
                      param w[H, X], v[H, Z], u[H, H], b[H] ~ uniform(0.5)
                      h' = tanh(w @ x + v @ z + u @ h + b)
                    }
                    model M {
                      input x : real[3] sequence
                      input z : real[7]
                      target g : real[5] sequence
                      output y = both(x, z, 5)
                      loss mse(y, g)
                    }
                    """),
            Map.entry("unequalOddPiecesFeedAProduct", """
                    model M {
                      input a : real[3] sequence
                      input b : real[17] sequence
                      input c : real[1] sequence
                      target g : real[5] sequence
                      layer joined = concat(a, tanh(b), c, a)
                      output y = dense(joined, 5)
                      output z = gru(concat(y, c), 9)
                      loss mse(y, g) + mean(z * z)
                    }
                    """),
            Map.entry("aResidualSumOfTwoLayers", """
                    model M {
                      input x : real[5] sequence
                      target g : real[5] sequence
                      layer h1 = lstm(x, 5)
                      layer h2 = lstm(h1 + x, 5)
                      output y = h1 + h2
                      loss mse(y, g)
                    }
                    """),
            Map.entry("aShiftRegister", """
                    cell shift(x[X]) -> y[X] {
                      state a[X], b[X], c[X]
                      a' = x
                      b' = a
                      c' = b
                      y = c + 0.5 * a
                    }
                    model M {
                      input x : real[3] sequence
                      target g : real[3] sequence
                      output y = shift(x)
                      output old = y.c
                      loss mse(y, g) + mean(old * g)
                    }
                    """),
            Map.entry("twoStatesThatChangePlaces", """
                    cell swap(x[X]) -> y[X] {
                      state a[X], b[X]
                      a' = b
                      b' = a + x
                      y = a * b
                    }
                    model M {
                      input x : real[5] sequence
                      target g : real[5] sequence
                      output y = swap(x)
                      loss mse(y, g)
                    }
                    """),
            Map.entry("aCellWhoseOutputIsNoState", """
                    cell watcher(x[X]) -> y[Y] {
                      state m[X]
                      param w[Y, X], b[Y] ~ uniform(0.5)
                      m' = 0.9 * m + 0.1 * x
                      y = sigmoid(w @ (x - m) + b)
                    }
                    model M {
                      input x : real[7] sequence
                      target g : real[3] sequence
                      output y = watcher(x, 3)
                      loss mse(y, g)
                    }
                    """),
            Map.entry("sumsAndMeansOverTimeOfAProduct", """
                    model M {
                      input x : real[5] sequence
                      target g : real[3]
                      layer d = dense(x, 3)
                      output s = sum(d)
                      output m = mean(dense(tanh(d), 3))
                      loss mse(s + m, g)
                    }
                    """),
            Map.entry("anOutputThatIsAnInput", """
                    model M {
                      input x : real[5] sequence
                      target g : real[5] sequence
                      output y = x
                      output z = gru(x, 5)
                      loss mse(y + z, g)
                    }
                    """),
            Map.entry("aLayerThatIsTwoOutputs", """
                    model M {
                      input x : real[5] sequence
                      target g : real[6] sequence
                      layer h = gru(x, 6)
                      output a = h
                      output b = h
                      output c = final(h)
                      output d = last(h)
                      loss mse(a, g) + mean(b * g) + mean(c + d)
                    }
                    """),
            Map.entry("oneLayerSharedByTwoInputs", """
                    model M {
                      input a : real[5] sequence
                      input b : real[5] sequence
                      target g : real[6] sequence
                      layer h = gru(a, 6)
                      layer k = gru(b, 6, initial: {h: final(h)})
                      output y = h * k
                      loss mse(y, g)
                    }
                    """),
            Map.entry("manyToOne", """
                    model M {
                      input words : token(11) sequence
                      target label : token(3)
                      layer h = lstm(dropout(embed(words, 5), 0.3), 17)
                      output logits = dense(last(h), 3)
                      loss crossentropy(logits, label)
                    }
                    """),
            Map.entry("theLargestOfBothDirectionsWhoseGradientIsCarriedInOnePieceAndReadInTwo", """
                    model M {
                      input x : real[2] sequence
                      target g : real[14] sequence
                      layer h = bidirectional(rnn(x, 7))
                      output most = max(h)
                      loss mse(h, g) + sum(most * most)
                    }
                    """),
            Map.entry("noSequenceAtAll", """
                    model M {
                      input x : real[4]
                      target g : real[3]
                      output y = dense(tanh(dropout(dense(x, 33), 0.2)), 3)
                      loss huber(y, g)
                    }
                    """),
            Map.entry("gradientsThatDoNotDependOnTheData", """
                    model M {
                      input x : real[4]
                      output y = dense(x, 3)
                      loss sum(y)
                    }
                    """),
            Map.entry("inputsThatOnlyTheLossReads", """
                    model M {
                      input x : real[3] sequence
                      input weight : real[4] sequence
                      target g : real[4] sequence
                      output y = gru(x, 4)
                      loss mean(weight * (y - g) ^ 2)
                    }
                    """),
            Map.entry("anOutputOfParametersAlone", """
                    cell offset(x[X]) -> y[X] {
                      param b[X] ~ uniform(1)
                      y = 0 * x + b
                    }
                    cell still(x[X]) -> h[X] {
                      state h[X]
                      param b[X] ~ uniform(1)
                      h' = tanh(b)
                    }
                    model M {
                      input x : real[5] sequence
                      target g : real[5] sequence
                      output y = offset(x)
                      output z = still(x)
                      loss mse(y, g) + mse(z, g)
                    }
                    """),
            Map.entry("scalarsAndNormalisation", """
                    model M {
                      input x : real[5] sequence
                      input s : real[1] sequence
                      target g : real[5] sequence
                      layer n = layernorm(dense(x, 5))
                      output y = softmax(lstm(n * n[2] + s[0], 5))
                      output z = sum(y * x)
                      loss mse(y, g) + mean(abs(z))
                    }
                    """),
            Map.entry("weightsSharedWithinACell", """
                    cell tied(x[X]) -> h[X] {
                      state h[X]
                      param w[X, X] ~ uniform(0.5)
                      h' = tanh(w @ (x + w @ h)) - w @ x
                    }
                    model M {
                      input x : real[6] sequence
                      target g : real[6] sequence
                      output y = tied(tied(x))
                      loss mse(y, g)
                    }
                    """),
            Map.entry("aLargeModel", """
                    model M {
                      input words : token(40) sequence
                      target next : token(40) sequence
                      layer x = embed(words, 33)
                      layer a = lstmp(dropout(x, 0.2), 31, C: 47)
                      layer b = gru(concat(a, x), 65)
                      output logits = dense(b, 40)
                      loss crossentropy(logits, next)
                    }
                    """),
            Map.entry("piecesWithinPieces", """
                    cell pieces(x[X], keys[K] sequence) -> h[H] {
                      state h[H]
                      param w[H, X + 2 * K], u[H, H] ~ uniform(1)
                      h' = tanh(w @ concat(x, attention_additive(h, keys, A: 7), attend(keys[0] * h[0], keys)) + u @ h)
                    }
                    model M {
                      input a : real[4] sequence
                      input b : real[6] sequence
                      target g : real[8] sequence
                      layer e = bidirectional(gru(b, 3))
                      layer y = tanh(a)
                      output h = pieces(concat(y, e), e, 8)
                      output z = dense(concat(h, e, y), 8)
                      loss mse(h, g) + mse(z, g)
                    }
                    """),
            Map.entry("piecesOfOneStep", """
                    cell pieces(x[X], read[K], more[K], h[H]) -> y[H] {
                      param w[H, X + 2 * K], u[H, H] ~ uniform(1)
                      y = tanh(w @ concat(x, read, more) + u @ h)
                    }
                    model M {
                      input a : real[4]
                      input b : real[6]
                      input h : real[8]
                      input keys : real[6] sequence
                      target g : real[8]
                      layer read = attention(dense(h, 6), keys)
                      output y = pieces(concat(tanh(a), b), read, attend(keys[0] * h[0], keys), h)
                      loss mse(y, g)
                    }
                    """),
            Map.entry("minimaMaximaAndBranches", """
                    model M {
                      input x : real[5] sequence
                      target g : real[5] sequence
                      layer h = rnn_relu(x, 5)
                      output y = where(h > 0.1, selu(h), elu(x)) + min(h, x) * max(h, 0.2) + gelu(softplus(x))
                      output z = max(y)
                      output w = min(h)
                      loss mse(y, g) + mean(z * w)
                    }
                    """));

    private interface Check {
        void check(String text);
    }

    private static Stream<DynamicTest> each(Check check) {
        return MODELS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check.check(e.getValue())));
    }

    private static String inDouble(String text) {
        return text.replace("model M {", "model M { precision double");
    }

    @TestFactory
    Stream<DynamicTest> inDoubleAllResultsAgree() {
        return each(text -> {
            Differential.check(inDouble(text), ProgramKind.INSPECTION, 1, 6, 3, 6, 6, 2, 1);
            Differential.check(inDouble(text), ProgramKind.INSPECTION, 1, 1, 1, 1, 1);
        });
    }

    @TestFactory
    Stream<DynamicTest> inFloatAllResultsAgreeForEveryLaneCount() {
        List<Integer> counts = IntStream.of(16, 8, 4, 1)
                .filter(n -> n <= Lanes.count())
                .boxed()
                .toList();
        return each(text -> counts.forEach(
                lanes -> Differential.check(text, ProgramKind.INSPECTION, lanes, 5, lanes == 8 ? 4 : 3, 5, 2, 5, 1)));
    }

    @TestFactory
    Stream<DynamicTest> trainingWithDropoutAgrees() {
        return each(text -> {
            Differential.check(text, ProgramKind.TRAINING, Lanes.count(), 5, 6, 5, 3);
            Differential.check(inDouble(text), ProgramKind.TRAINING, 1, 5, 6, 5, 3);
        });
    }

    @TestFactory
    Stream<DynamicTest> withWeightsInBfloat16AllResultsAgreeForEveryLaneCount() {
        return each(text -> {
            String rounded = text.replace("model M {", "model M { precision weights bf16");
            for (int lanes = Lanes.count(); lanes >= 1; lanes = lanes == 4 ? 1 : lanes / 2) {
                Differential.check(rounded, ProgramKind.EVALUATION, lanes, 5, lanes == 8 ? 4 : 3, 5, 2);
            }
            Differential.check(rounded, ProgramKind.STEP, Lanes.count(), 1, 1, 1, 1);
            Differential.check(rounded, ProgramKind.TRAINING, Lanes.count(), 5, 3, 5);
        });
    }

    @TestFactory
    Stream<DynamicTest> programsWithoutGradientsAgree() {
        return each(text -> {
            Differential.check(text, ProgramKind.EVALUATION, Lanes.count(), 5, 5, 5, 3);
            Differential.check(text, ProgramKind.SEQUENCE, Lanes.count(), 5, 1, 5, 3);
            Differential.check(text, ProgramKind.OBSERVATION, Lanes.count(), 5, 2, 5, 3);
            Differential.check(text, ProgramKind.SEQUENCE, Lanes.count(), 5, 7, 5, 3);
            Differential.check(text, ProgramKind.STEP, Lanes.count(), 1, 1, 1, 1, 1);
        });
    }
}
