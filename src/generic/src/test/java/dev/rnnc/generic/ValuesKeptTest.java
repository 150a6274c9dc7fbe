package dev.rnnc.generic;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A value is read as it was computed: whole, by every reader, for each step and row. Models in which a state is written
 * while its old value is still wanted, in which rows stand beside sequences, and in which values lie in several pieces give
 * what the generic engine makes of the equations, within {@link Differential}'s tolerances.
 */
class ValuesKeptTest {
    private static final Map<String, String> STATES = Map.of(
            "a part of a state is summed after another equation replaces the state", """
                    cell k(x[X]) -> h[X] { state h[X], c[X], m  h' = tanh(x)  m' = m + c[4]  c' = c + x }
                    model M { input x : real[5] sequence  layer v = k(x)  output o = final(v.m)  loss sum(o * o) }
                    """,
            "a state is made of pieces, and an error passes it by where", """
                    cell k(x[X]) -> h[X] { state h[X]  param w[1, X] ~ uniform(0.3)  h' = where(x > 0, concat(w @ x, x[1:2]), h) }
                    model M { input x : real[2] sequence  target t : real[2]  output o = final(k(x))  loss sum(o * t) }
                    """,
            "states change places, in part", """
                    cell k(x[X]) -> a[4] {
                      state a[4], b[2], c[2]
                      a' = concat(b + x[:2], c)
                      b' = a[1:3]
                      c' = b
                    }
                    model M { input x : real[3] sequence  output o = k(x)  loss sum(o * o) }
                    """,
            "a state is a rotation of itself, another its half", """
                    cell k(x[X]) -> a[6] {
                      state a[6], b[3]
                      param w[6, X] ~ uniform(0.5)
                      a' = concat(a[5:], a[:5]) + 0.1 * (w @ x)
                      b' = a[2:5]
                      y = a * concat(b, b)
                    }
                    model M { input x : real[3] sequence  layer v = k(x)  output o = v  output p = final(v.b)  loss sum(o * o) + sum(p) }
                    """);

    private static final Map<String, String> ROWS = Map.of(
            "a slice leaves a row beside a sequence", """
                    model M { input x : real[4] sequence  input r : real[4]  target t : real[2] sequence
                      layer v = concat(x, r)  output o = v[5:7]  loss sum(o * t) }
                    """,
            "a layer of rows stands beside a sequence", """
                    model M { input x : real[1] sequence  input r : real[1]  layer y = dense(r, 1)  output o = concat(x, y)  loss sum(o * o) }
                    """,
            "a sum loses the steps that only the rest of a concatenation has", """
                    model M { input x : real[2] sequence  input z : real[2]  target y : real[1]
                      layer a = concat(x, z)  layer s = sum(a[2:])  output o = dense(s, 1)  loss mse(o, y) }
                    """,
            "a slice leaves a state with a parameter", """
                    cell k(x[X]) -> h[H] { state h[H]  param w[6] ~ uniform(0.3)  h' = tanh(concat(w, x)[1:5]) }
                    model M { input x : real[3] sequence  target t : real[4] sequence  output o = k(x, 4)  loss sum(o * t) }
                    """,
            "a slice of an embedded row beside a sequence", """
                    model M { input x : real[1] sequence  input k : token(5)  layer e = embed(k, 2)  output o = concat(x, e[0:1])  loss sum(o * o) }
                    """,
            "rows of a table are summed by a token of the row, in pieces", """
                    model M { input x : real[9] sequence  input k : token(9)  target y : real[9] sequence
                      layer e = embed(k, 9)  layer a = e + x  layer b = concat(a[6:], x[:6])  output o = dense(b, 9)  loss mse(o, y) }
                    """,
            "the class of a row scores each step", """
                    model M { input x : real[3] sequence  target t : token(3)  output o = dense(x, 3)  loss crossentropy(o, t) }
                    """,
            "a row's class with weights scores each step", """
                    model M { input x : real[3] sequence  target t : token(3)  output o = dense(x, 3)  loss weighted_crossentropy(o, t, [1, 2, 0.5]) }
                    """,
            "a dropout of a parameter draws at each step", """
                    cell k(x[X]) -> h[2] { state h[2]  param w[2] ~ constant(0.25)  h' = dropout(w, 0.3) + x[0] }
                    model M { input x : real[2] sequence  output o = k(x)  loss sum(o * o) }
                    """,
            "a recurrent cell reads the row of a table that a token of the row names", """
                    cell rec(a[N], k : token(4)) -> h[N] { state h[N]  param w[4, N] ~ normal(0.4)  h' = tanh(h + a * w[k]) }
                    model M { input x : real[4] sequence  input k : token(4)  target y : real[4] sequence  output o = rec(x, k)  loss mse(o, y) }
                    """);

    private static final Map<String, String> PIECES = Map.of(
            "a token picks from a value in two pieces", """
                    model M { input x : real[4] sequence  input k : token(4) sequence  target y : real[1] sequence
                      layer a = dense(x, 4)  output o = pick(concat(a[2:], a[:2]), k) * [1]  loss mse(o, y) }
                    """,
            "a token of the row picks from both directions", """
                    model M { input x : real[3] sequence  input k : token(6)  target y : real[1] sequence
                      layer b = bidirectional(gru(x, 5))  output o = pick(b[2:8], k) * [1]  loss mse(o, y) }
                    """,
            "pieces within pieces", """
                    cell k(x[X]) -> c[H] { state c[H]  param w[1, H] ~ uniform(0.3)  c' = tanh(concat(concat(x, w @ c) * 3, dense(c, 1))) }
                    model M { input x : real[1] sequence  output o = k(x, 3)  loss sum(o * o) }
                    """,
            "the sequence of the step before, in pieces that a whole is made of", """
                    model M { input x : real[3] sequence  target y : real[20] sequence
                      layer a = gru(concat(previous(y), x), 4)
                      output o = dense(concat(concat(a[1:], x)[2:5], previous(y)[3:16], a), 20)  loss mse(o, y) }
                    """);

    @TestFactory
    Stream<DynamicTest> aStateKeepsItsOldValueForItsLastReader() {
        return tests(STATES);
    }

    @TestFactory
    Stream<DynamicTest> rowsBesideSequencesAreThereAtEveryStep() {
        return tests(ROWS);
    }

    @TestFactory
    Stream<DynamicTest> valuesInPiecesAreReadAndWrittenWhole() {
        return tests(PIECES);
    }

    private static Stream<DynamicTest> tests(Map<String, String> models) {
        return models.entrySet().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check(e.getValue())));
    }

    private static void check(String text) {
        check(Witness.model("kept", text.replace("model M {", "model M { precision double")), 1);
        for (int lanes : IntStream.of(1, 4, 8, 16)
                .filter(n -> n <= Lanes.count())
                .boxed()
                .toList()) {
            check(Witness.model("kept", text), lanes);
        }
    }

    private static void check(Model model, int lanes) {
        for (ProgramKind kind : List.of(ProgramKind.INSPECTION, ProgramKind.TRAINING)) {
            for (int batch : List.of(3, 17)) {
                CompileOptions options = CompileOptions.of(kind).sized(4, batch).lanes(lanes);
                Differential.check(model, options, 4, 1, 4);
                Differential.check(model, options.withLengths(true), 4, 1, 4);
                for (Unroll unroll : List.of(new Unroll.By(2), new Unroll.Full())) {
                    Differential.check(model, options.unrolled(unroll), 4, 1, 3, 4);
                }
            }
        }
    }
}
