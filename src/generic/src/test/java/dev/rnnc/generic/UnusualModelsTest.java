package dev.rnnc.generic;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Models as a researcher would write them: the derived gradient is the central difference ({@link GradientCheck}, whose
 * tolerance is said there), generated code gives what the equations do, within {@link Differential}'s 1e-10 in double and
 * 2e-5 in float, gradients ten times that.
 */
class UnusualModelsTest {
    private static final Map<String, String> MODELS = Map.of(
            "a weight for each of many classes, and constants of a row",
                    """
                    model M {
                      input  x : real[3] sequence
                      target g : token(33) sequence
                      layer  h = tanh([1, 2, 3, 4, 5, 6, 7, 0.5] * dense(x, 8)) * [8, 7, 6, 5, 4, 3, 2, 0.25]
                      output y = dense(h, 33)
                      loss weighted_crossentropy(y, g, [%s]) + mean([1, 2, 3] * x[0:3] * y[1:4])
                    }
                    """.formatted("1, 0.5, 2, ".repeat(11).replaceAll(", $", "")),
            "a peephole GRU with coupled gates", """
                    cell peephole_gru(x[X]) -> h[H] {
                      state h[H], c[H]
                      param weight_ih[2*H, X], weight_hh[2*H, H] ~ uniform(1/sqrt(H))
                      param bias[2*H] ~ split(constant(1), constant(0))
                      param peephole[H] ~ normal(0.5)
                      z, n = split(weight_ih @ x + weight_hh @ h + bias, 2)
                      keep = sigmoid(z + peephole * c)
                      c' = keep * c + (1 - keep) * tanh(n)
                      h' = tanh(c') * sigmoid(peephole * c' - z)
                    }
                    model M {
                      input  x : real[3] sequence
                      target g : real[2] sequence
                      layer  h = peephole_gru(x, 7)
                      output y = dense(h, 2)
                      output c = final(h.c)
                      loss mse(y, g) + mean(c * c)
                    }
                    """,
            "a network of second order that remembers two steps", """
                    cell second_order(x[X]) -> h[H] {
                      state h[H], older[H], oldest[H]
                      param w[H, X] ~ xavier_uniform()
                      param u[H, H], v[H, H] ~ orthogonal(0.8)
                      param b[H] ~ constant(0.1)
                      older'  = h
                      oldest' = older
                      h' = tanh(w @ x + (u @ h) * (1 + v @ older) + b) - 0.3 * oldest
                    }
                    model M {
                      input  x : real[5] sequence
                      target g : real[9] sequence
                      output h = second_order(second_order(x, 9), 9)
                      loss huber(h, g)
                    }
                    """,
            "sums so long that they are cut into passes, forward and backward", """
                    model M {
                      input  x : real[4500] sequence
                      target g : real[4100] sequence
                      output y = dense(tanh(dense(x, 5)), 4100)
                      loss mse(y, g)
                    }
                    """,
            "a clockwork whose slow half moves every third step", """
                    cell clockwork(x[X]) -> y[H] {
                      state fast[H], slow[H], tick
                      param w[H, X], u[H, H], v[H, H], a[H, H], b[H, H] ~ uniform(1/sqrt(H))
                      tick' = where(tick >= 1.5, 0, tick + 1)
                      fast' = tanh(w @ x + u @ fast + v @ slow)
                      slow' = where(tick < 0.5, tanh(a @ fast' + b @ slow), slow)
                      y = fast' + slow'
                    }
                    model M {
                      input  x : real[4] sequence
                      target g : real[5] sequence
                      output y = clockwork(x, 5)
                      loss mse(y, g)
                    }
                    """,
            "a bidirectional encoder that starts from another input", """
                    model M {
                      input  x     : real[3] sequence
                      input  image : real[6]
                      target g     : real[4]
                      layer  start = tanh(dense(image, 5))
                      layer  e = bidirectional(lstm(x, 5, initial: {forward.h: start, backward.c: dense(start, 5)}))
                      layer  d = bidirectional(gru(e, 3, initial: final(e.forward.c)[1:4]))
                      output y = dense(concat(final(d), final(e.c), last(e)), 4)
                      loss mse(y, g)
                    }
                    """,
            "three tasks whose losses are summed", """
                    model M {
                      input  words    : token(5) sequence
                      target tags     : token(5) sequence
                      target topic    : token(5)
                      target strength : real[2] sequence
                      layer  x      = embed(words, 7)
                      layer  h      = lstm(x, 9)
                      layer  k      = h + share(h, dense(h, 7))
                      output tag    = dense(k, 5)
                      output kind   = dense(mean(k), 5)
                      output weight = dense(concat(x, k), 2)
                      loss crossentropy(tag, tags) + 0.5 * weighted_crossentropy(kind, topic, [1, 2, 0.5, 1, 3])
                           + 0.1 * mae(weight, strength)
                    }
                    """);

    private interface Check {
        void of(Model model);
    }

    private static Stream<DynamicTest> each(boolean inDouble, Check check) {
        return MODELS.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(e -> {
            String text = inDouble ? e.getValue().replace("model M {", "model M { precision double") : e.getValue();
            return DynamicTest.dynamicTest(e.getKey(), () -> check.of(Witness.model("unusual", text)));
        });
    }

    @TestFactory
    Stream<DynamicTest> derivedGradientsAreCentralDifferences() {
        return each(true, model -> GradientCheck.check(BuildGraph.build(model)));
    }

    @TestFactory
    Stream<DynamicTest> inDoubleGeneratedCodeAgrees() {
        return each(true, model -> check(model, ProgramKind.INSPECTION, 1, true));
    }

    @TestFactory
    Stream<DynamicTest> inFloatGeneratedCodeAgrees() {
        return each(false, model -> {
            check(model, ProgramKind.INSPECTION, Lanes.count(), true);
            check(model, ProgramKind.TRAINING, 1, false);
        });
    }

    private static void check(Model model, ProgramKind kind, int lanes, boolean lengths) {
        Differential.check(
                model, CompileOptions.of(kind).sized(7, 3).lanes(lanes).withLengths(lengths), 7, 2, 7);
    }
}
