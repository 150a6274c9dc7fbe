package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphPrinter;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the passes make of models: where work stands after them, and how often. */
class OptimizedGraphTest {
    private static final String RECURRENT = """
            model M {
              input x : real[3] sequence
              target g : real[5] sequence
              output y = rnn(x, 5)
              loss mse(y, g)
            }
            """;

    private static Graph optimized(String text, ProgramKind kind) {
        return Compiler.optimized(ModelTexts.model(text), kind);
    }

    private static List<Op.Body> bodies(Graph graph) {
        return graph.values().stream()
                .filter(v -> v.op() instanceof Op.Scan)
                .map(v -> ((Op.Scan) v.op()).body())
                .toList();
    }

    private static long count(List<Value> values, Class<? extends Op> op) {
        return values.stream().filter(v -> op.isInstance(v.op())).count();
    }

    private static Predicate<Value> is(Function function) {
        return v -> v.op().equals(new Op.Map(function));
    }

    @Test
    void theProductOfTheInputsLeavesTheLoopWithTheMergedBiasesAndIsAddedToTheRecurrentOne() {
        Graph graph = optimized("model M { input x : real[3] sequence  output y = rnn(x, 5) }", ProgramKind.SEQUENCE);
        assertThat(GraphPrinter.print(graph)).isEqualTo("""
                %0 = State[name=y.h] : real[B, 5]  // y.h
                %1 = Parameter[name=y.weight_ih] : real[5, 3]  // y.weight_ih
                %2 = Input[name=x] : real[T, B, 3]  // x
                %3 = Parameter[name=y.bias_ih] : real[5]  // y.bias_ih
                %4 = Parameter[name=y.weight_hh] : real[5, 5]  // y.weight_hh
                %5 = Parameter[name=y.bias_hh] : real[5]  // y.bias_hh
                %6 = add(%3, %5) : real[5]  // y
                %7 = Product(%1, %2, %6) : real[T, B, 5]  // y
                %8 = scan(%0, %7, %4) {
                  %9 = Invariant[index=0] : real[5, 5]  // y.weight_hh
                  %10 = CarryIn[index=0] : real[B, 5]  // y.h
                  %11 = Product(%9, %10) : real[B, 5]  // y
                  %12 = StepInput[index=0] : real[B, 5]  // y
                  %13 = add(%12, %11) : real[B, 5]  // y
                  %14 = tanh(%13) : real[B, 5]  // y.h'
                  carry 0 = %14
                  stack %14
                }
                %15 = Result[index=0](%8) : real[B, 5]  // y.h'
                %16 = Result[index=1](%8) : real[T, B, 5]  // y.h'
                root output y = %16
                root state y.h = %15
                """);
    }

    @Test
    void elementWiseWorkStaysInTheLoop() {
        Graph graph = optimized("""
                cell plain(x[X]) -> h[X] {
                  state h[X]
                  h' = 0.5 * h + tanh(x)
                }
                model M { input x : real[3] sequence  output y = plain(x) }
                """, ProgramKind.SEQUENCE);
        assertThat(graph.values()).noneMatch(is(Function.TANH));
        assertThat(bodies(graph).getFirst().values()).anyMatch(is(Function.TANH));
    }

    @Test
    void theWeightGradientsOfAllStepsAreOneSumBehindTheLoop() {
        Graph graph = optimized(RECURRENT, ProgramKind.TRAINING);
        assertThat(bodies(graph)).hasSize(2);
        for (Op.Body body : bodies(graph)) {
            assertThat(body.values()).noneMatch(v -> v.op() instanceof Op.OuterSum || v.op() instanceof Op.SumRows);
            assertThat(body.outputs()).allMatch(o -> o.collect() == Op.Collect.STACK);
        }
        assertThat(count(graph.values(), Op.OuterSum.class))
                .as("one for weight_ih and one for weight_hh")
                .isEqualTo(2);
    }

    @Test
    void twoBiasesThatAreAddedHaveOneGradient() {
        Graph graph = optimized(RECURRENT, ProgramKind.TRAINING);
        assertThat(graph.root(Graph.RootKind.GRADIENT, "y.bias_ih"))
                .isSameAs(graph.root(Graph.RootKind.GRADIENT, "y.bias_hh"));
    }

    @Test
    void theOnlyProductOfAStepIsTheRecurrentOne() {
        for (Op.Body body : bodies(optimized(ModelTexts.characterModel(), ProgramKind.TRAINING))) {
            assertThat(count(body.values(), Op.Product.class) + count(body.values(), Op.TransposedProduct.class))
                    .isEqualTo(1);
        }
    }

    @Test
    void aManyToOneModelComputesItsHeadOnceAndKeepsNoStateOfTheStepsBefore() {
        Graph graph = optimized("""
                model M {
                  input x : real[3] sequence
                  layer h = gru(x, 5)
                  output y = dense(last(h), 2)
                }
                """, ProgramKind.SEQUENCE);
        assertThat(graph.root(Graph.RootKind.OUTPUT, "y").type()).hasToString("real[B, 2]");
        assertThat(bodies(graph).getFirst().values())
                .noneMatch(v -> v.type().shape().equals(List.of(2)));
    }

    @Test
    void aStateNobodyReadsIsNotCollected() {
        Graph graph = optimized("model M { input x : real[3] sequence  output y = lstm(x, 5) }", ProgramKind.SEQUENCE);
        assertThat(bodies(graph).getFirst().outputs()).hasSize(1);
    }

    @Test
    void whatOnlyFeedsItselfIsCarriedButNeitherCollectedNorDifferentiated() {
        String text = """
                cell twofold(x[X]) -> h[X] {
                  state h[X], unread[X]
                  h' = tanh(h + x)
                  unread' = exp(unread + x)
                }
                model M {
                  input x : real[3] sequence
                  target g : real[3] sequence
                  output y = dense(twofold(dense(x, 3)), 3)
                  loss mse(y, g)
                }
                """;
        Graph graph = optimized(text, ProgramKind.TRAINING);
        assertThat(bodies(graph).get(0).carries()).hasSize(2);
        assertThat(bodies(graph).get(1).carries()).hasSize(1);
    }

    @Test
    void equalWorkIsDoneOnce() {
        Graph graph = optimized(
                "model M { input x : real[3]  output a = tanh(x) + 1  output b = 2 * tanh(x) }", ProgramKind.SEQUENCE);
        assertThat(graph.values().stream().filter(is(Function.TANH))).hasSize(1);
    }

    @Test
    void withoutTrainingDropoutCostsNothing() {
        String text = "model M { input x : real[3] sequence  output y = dropout(x, 0.5) * 1 }";
        Graph graph = optimized(text, ProgramKind.SEQUENCE);
        assertThat(graph.values()).hasSize(1);
        assertThat(graph.root(Graph.RootKind.OUTPUT, "y").op()).isEqualTo(new Op.Input("x"));
    }

    @Test
    void aProductWithZeroStaysBecauseItMayHideNoNaN() {
        Graph graph = optimized("model M { input x : real[3]  output y = 0 * x + 0 }", ProgramKind.SEQUENCE);
        assertThat(graph.values()).anyMatch(is(Function.MULTIPLY)).noneMatch(is(Function.ADD));
    }

    @Test
    void aValuePerSequenceEntersBeforeTheStepsInputs() {
        Graph graph = optimized("""
                cell both(x[X], z[Z]) -> h[H] {
                  state h[H]
                  param w[H, X], v[H, Z], u[H, H] ~ uniform(0.5)
                  h' = tanh(w @ x + v @ z + u @ h)
                }
                model M { input x : real[3] sequence  input z : real[7]  output y = both(x, z, 5) }
                """, ProgramKind.SEQUENCE);
        List<Value> products = graph.values().stream()
                .filter(v -> v.op() instanceof Op.Product)
                .toList();
        assertThat(products).extracting(v -> v.type().toString()).containsExactly("real[B, 5]", "real[T, B, 5]");
        assertThat(products.get(1).operand(2)).isSameAs(products.get(0));
    }
}
