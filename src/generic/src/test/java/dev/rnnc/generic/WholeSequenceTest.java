package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.opt.HoistFromScans;
import dev.rnnc.compiler.opt.Optimizer;
import dev.rnnc.compiler.opt.RemoveDeadValues;
import dev.rnnc.compiler.opt.RemoveDropout;
import dev.rnnc.compiler.opt.SelectRoots;
import dev.rnnc.compiler.opt.StackProducts;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Rows;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Cells that get a whole sequence at each step: attention with a state, scores of one's own, additive attention. */
class WholeSequenceTest {
    private static final Map<String, String> MODELS = Map.of(
            "additiveAttentionOfASequenceOfQueries",
            """
            model M {
              input q : real[5] sequence
              input k : real[3] sequence
              target g : real[3] sequence
              output y = attention_additive(gru(q, 5), k, A: 7)
              loss sum(y * g)
            }
            """,
            "additiveAttentionOfOneQuery",
            """
            model M {
              input q : real[5]
              input k : real[3] sequence
              target g : real[3]
              layer h = rnn(k, 3)
              output y = attention_additive(q, h, A: 4)
              loss sum(y * g)
            }
            """,
            "aDecoderThatAttendsWithItsState",
            """
            cell decoder(x[X], keys[K] sequence; A) -> h[H] {
              state h[H]
              param weight_ih[3*H, X + K], weight_hh[3*H, H] ~ uniform(1/sqrt(H))
              context = attention_additive(h, keys, A: A)
              r_x, z_x, n_x = split(weight_ih @ concat(x, context), 3)
              r_h, z_h, n_h = split(weight_hh @ h, 3)
              z = sigmoid(z_x + z_h)
              h' = (1 - z) * tanh(n_x + sigmoid(r_x + r_h) * n_h) + z * h
            }
            model M {
              input words : real[4] sequence
              input start : real[17]
              target g : real[17] sequence
              layer e = bidirectional(gru(words, 9))
              layer d = decoder(words, e, 17, A: 5, initial: start)
              output y = d
              loss mse(y, g)
            }
            """,
            "inputFeedingWithDotProducts",
            """
            cell feeding(x[X], keys[H] sequence, values[V] sequence) -> y[H + V] {
              state h[H], context[V]
              param w[H, X], u[H, H], c[H, V] ~ uniform(1/sqrt(H))
              h' = tanh(w @ x + u @ h + c @ context)
              context' = attention(h', keys, values)
              y = concat(h', context')
            }
            model M {
              input a : real[4] sequence
              input b : real[3] sequence
              target g : real[9] sequence
              layer e = rnn(b, 6)
              output y = backward(feeding(a, e, b))
              output last_context = final(y.context)
              loss mse(y, g) + mean(last_context)
            }
            """,
            "scoresOfOnesOwn",
            """
            cell pool(keys[K] sequence) -> y[K] {
              param v[K] ~ uniform(1)
              y = attend(sum(v * keys) - 0.3 * sum(keys * keys), keys)
            }
            cell nearest(x[X], keys[X] sequence, values[V] sequence; width = 0.7) -> y[V] {
              param scale[X] ~ uniform(1)
              y = attend(-sum(((x - keys) * scale)^2) / width, values)
            }
            model M {
              input a : real[3] sequence
              input b : real[5] sequence
              target g : real[5] sequence
              layer distance = nearest(dense(b, 3), a, concat(a, b), width: 0.5)
              output y = distance[3:] + pool(b)
              loss mse(y, g) + mean(distance)
            }
            """,
            "wholeSequencesOfTokensAndTwoLooks",
            """
            cell reader(x[X], words: token(5) sequence) -> h[H] {
              state h[H]
              param table[5, H] ~ uniform(1)
              param w[H, X], u[H, H] ~ uniform(0.5)
              keys = table[words]
              first = attention(h, keys)
              second = attention(h + first, keys, keys * sigmoid(x[0]))
              h' = tanh(w @ x + u @ second)
            }
            model M {
              input words : token(5) sequence
              input x : real[3] sequence
              target g : real[6] sequence
              output y = reader(x, words, 6)
              loss mse(y, g)
            }
            """,
            "sharedWeightsAndCellsWithinCells",
            """
            cell attentive(x[X], keys[K] sequence; A = 6) -> h[H] {
              state h[H]
              param weight_ih[H, X + K], weight_hh[H, H] ~ uniform(1/sqrt(H))
              context = attention_additive(h, keys, A: A)
              h' = tanh(weight_ih @ concat(x, context) + weight_hh @ h)
            }
            cell block(x[X], keys[K]) -> y[X] {
              a = attention_additive(x, keys, A: 4)
              y = attention_additive(concat(x, a), dense(keys, X), A: 4)
            }
            model M {
              input x : real[4] sequence
              input z : real[3] sequence
              target g : real[4] sequence
              layer a = bidirectional(attentive(x, z, 2))
              layer b = share(a, dense(a, 4), dense(z, 3))
              output y = b + block(x, z) + block(last(x), z)
              loss mse(y, g)
            }
            """,
            "oneMaskForAllSteps",
            """
            cell dropped(x[X], keys[X] sequence) -> h[H] {
              state h[H]
              param w[H, X], u[H, H], c[H, X] ~ uniform(0.5)
              kept = dropout(h, 0.25, mask: sequence)
              seen = attention(dropout(x, 0.2), dropout(keys, 0.3, mask: sequence))
              h' = tanh(w @ x + dropout(u, 0.2, mask: sequence) @ kept + c @ seen) + 0.1 * kept
            }
            model M {
              input x : real[3] sequence
              target g : real[5] sequence
              layer e = dropout(x, 0.4, mask: sequence)
              output y = dropped(e, x, 5)
              loss mse(y, g)
            }
            """);

    @TestFactory
    Stream<DynamicTest> gradientsAgreeWithDifferences() {
        return each(text -> {
            Model model = model(text);
            GradientCheck.check(BuildGraph.build(model));
            GradientCheck.check(BuildGraph.build(model, BuildOptions.of(model).withLengths(true)));
        });
    }

    @TestFactory
    Stream<DynamicTest> inDoubleAllResultsAgree() {
        return each(text -> {
            String inDouble = text.replace("model M {", "model M { precision double");
            Differential.check(inDouble, ProgramKind.INSPECTION, 1, 6, 3, 6, 6, 2, 1);
            Differential.check(inDouble, ProgramKind.INSPECTION, 1, 1, 1, 1, 1);
            Differential.check(inDouble, ProgramKind.TRAINING, 1, 5, 6, 5, 3);
        });
    }

    @TestFactory
    Stream<DynamicTest> inFloatAllResultsAgreeForEveryLaneCount() {
        List<Integer> counts = IntStream.of(16, 8, 4, 1)
                .filter(n -> n <= Lanes.count())
                .boxed()
                .toList();
        return each(text -> {
            counts.forEach(lanes ->
                    Differential.check(text, ProgramKind.INSPECTION, lanes, 5, lanes == 8 ? 4 : 3, 5, 2, 5, 1));
            Differential.check(text, ProgramKind.TRAINING, Lanes.count(), 5, 6, 5, 3);
            Differential.check(text, ProgramKind.SEQUENCE, Lanes.count(), 32, 1, 32, 17);
            Differential.check(text, ProgramKind.STEP, Lanes.count(), 1, 1, 1, 1, 1);
        });
    }

    @TestFactory
    Stream<DynamicTest> unequalLengthsGiveTheSameBitsForEveryLaneCount() {
        return each(text -> {
            Model model = model(text);
            Graph graph = BuildGraph.build(model, BuildOptions.of(model).withLengths(true));
            GeneratedOpTest.agrees(RemoveDeadValues.apply(
                    RemoveDropout.apply(SelectRoots.apply(graph, EnumSet.of(RootKind.OUTPUT, RootKind.LOSS)))));
        });
    }

    @TestFactory
    Stream<DynamicTest> eachPassLeavesAValidGraph() {
        return each(text -> {
            Graph graph = StackProducts.apply(HoistFromScans.wholeSequences(BuildGraph.build(model(text))));
            graph = GraphVerifier.verify(Differentiate.gradients(GraphVerifier.verify(graph), Set.of()));
            for (Optimizer.Pass pass : Optimizer.PASSES) {
                graph = GraphVerifier.verify(pass.apply().apply(graph));
            }
        });
    }

    @Test
    void aProjectionOfTheKeysAndItsGradientStandOutsideOfTheLoop() {
        Graph graph = Compiler.optimized(
                model(MODELS.get("aDecoderThatAttendsWithItsState")),
                ProgramKind.TRAINING,
                BuildOptions.of(model(MODELS.get("aDecoderThatAttendsWithItsState"))));
        List<Value> within = graph.values().stream()
                .filter(v -> v.op() instanceof Op.Scan)
                .flatMap(v -> ((Op.Scan) v.op()).body().values().stream())
                .toList();
        assertThat(within)
                .as("products over all keys at each step")
                .noneMatch(v -> (v.op() instanceof Op.Product
                                || v.op() instanceof Op.TransposedProduct
                                || v.op() instanceof Op.OuterSum)
                        && v.operands().stream().anyMatch(o -> o.type().rows() == Rows.SEQUENCE));
    }

    private interface Check {
        void check(String text);
    }

    private static Stream<DynamicTest> each(Check check) {
        return MODELS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check.check(e.getValue())));
    }

    private static Model model(String text) {
        Checked checked = FrontEnd.check(new SourceText("whole.rnn", text));
        assertThat(checked.render()).isEmpty();
        return checked.model().orElseThrow();
    }
}
