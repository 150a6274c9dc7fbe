package dev.rnnc.compiler.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.GraphPrinter;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The shape of derived gradients; that they are right is checked against central differences in the generic engine. */
class DifferentiateTest {
    private static final Type STEP = Type.real(Rows.BATCH, 4);
    private static final Type SEQUENCE = Type.real(Rows.SEQUENCE, 4);

    private final GraphBuilder builder = new GraphBuilder();

    @Test
    void keepsTheForwardRootsAndAddsOneForEachParameterAndWantedInput() {
        Value x = input("x", SEQUENCE);
        Value y = input("y", SEQUENCE);
        Value w = parameter("w", 4);
        Graph graph = gradients(sum(multiply(multiply(x, y), w)), Set.of("x"));

        assertThat(graph.roots())
                .extracting(r -> r.kind() + " " + r.name())
                .containsExactly("LOSS loss", "GRADIENT w", "INPUT_GRADIENT x");
        assertThat(graph.root(RootKind.GRADIENT, "w").type()).isEqualTo(w.type());
        assertThat(graph.root(RootKind.INPUT_GRADIENT, "x").type()).isEqualTo(SEQUENCE);
    }

    @Test
    void givesZerosToAParameterTheLossDoesNotReach() {
        Value x = input("x", SEQUENCE);
        parameter("unused", 4);
        Value gradient = gradients(sum(x), Set.of()).root(RootKind.GRADIENT, "unused");

        assertThat(gradient.op()).isEqualTo(new Op.Expand());
        assertThat(gradient.operand(0).op()).isEqualTo(new Op.Constant(0));
    }

    @Test
    void makesNoGradientOfWhatDependsOnNothingWanted() {
        Value x = input("x", SEQUENCE);
        Value w = parameter("w", 4);
        Value busy = builder.map(Function.EXPONENTIAL, Origin.NONE, builder.map(Function.TANH, Origin.NONE, x));
        Graph forward = forward(sum(multiply(busy, w)));
        Graph graph = Differentiate.gradients(forward, Set.of());

        List<Op> added = graph.values().stream()
                .filter(v -> !forward.values().contains(v))
                .map(Value::op)
                .toList();
        assertThat(added)
                .containsExactly(
                        new Op.Constant(1),
                        new Op.Expand(),
                        new Op.Expand(),
                        new Op.Map(Function.MULTIPLY),
                        new Op.SumRows(Rows.NONE));
    }

    @Test
    void joinsTheGradientsOfSlicesThatTileAValueInOneConcat() {
        Value x = input("x", SEQUENCE);
        Value lower = builder.map(Function.TANH, Origin.NONE, builder.apply(new Op.Slice(0, 2), Origin.NONE, x));
        Value upper = builder.map(Function.EXPONENTIAL, Origin.NONE, builder.apply(new Op.Slice(2, 2), Origin.NONE, x));
        Value gradient = gradients(sum(multiply(lower, upper)), Set.of("x")).root(RootKind.INPUT_GRADIENT, "x");

        assertThat(gradient.op()).isEqualTo(new Op.Concat());
        assertThat(gradient.operands()).hasSize(2).allMatch(v -> v.op() instanceof Op.Map);
    }

    @Test
    void namesTheGradientOfAValueAfterItAndKeepsItsPlace() {
        Origin origin = new Origin("h1", "c", "c = tanh(x)", 7);
        Value x = input("x", SEQUENCE);
        Value c = builder.map(Function.TANH, origin, multiply(x, parameter("w", 4)));
        Graph graph = gradients(sum(multiply(c, c)), Set.of());

        assertThat(graph.values()).extracting(Value::origin).contains(new Origin("h1", "dc", "c = tanh(x)", 7));
    }

    /** s' = tanh(w * s + x), collected; the loss is the sum of all s'. */
    @Test
    void reversesAScanIntoAScanTheOtherWayThatSumsParameterGradients() {
        GraphBuilder body = new GraphBuilder();
        Value s = body.leaf(new Op.CarryIn(0), STEP, Origin.NONE.named("s"));
        Value step = body.leaf(new Op.StepInput(0), STEP, Origin.NONE.named("x"));
        Value weight = body.leaf(new Op.Invariant(0), Type.real(Rows.NONE, 4), Origin.NONE.named("w"));
        Value product = body.map(Function.MULTIPLY, Origin.NONE, weight, s);
        Value next =
                body.map(Function.TANH, Origin.NONE.named("s'"), body.map(Function.ADD, Origin.NONE, product, step));
        Op.Body loop = body.body(List.of(next), List.of(new Op.Output(next, Op.Collect.STACK)), 1, 1);
        Value start = builder.leaf(new Op.State("s"), STEP, Origin.NONE);
        Value scan =
                builder.apply(new Op.Scan(loop, false), Origin.NONE, start, input("x", SEQUENCE), parameter("w", 4));
        Graph graph = gradients(sum(builder.apply(new Op.Result(1), Origin.NONE, scan)), Set.of());

        List<Op.Scan> scans = scans(graph).toList();
        assertThat(scans).hasSize(2);
        // s' is collected already; the start of each step is what is needed besides.
        assertThat(scans.get(0).body().outputs()).extracting(Op.Output::value).containsExactly(next, s);
        Op.Scan reverse = scans.get(1);
        assertThat(reverse.backward()).isTrue();
        assertThat(reverse.body().carries()).hasSize(1);
        assertThat(reverse.body().sequences()).isEqualTo(3);
        assertThat(reverse.body().invariants()).isEqualTo(1);
        assertThat(reverse.body().outputs()).extracting(Op.Output::collect).containsExactly(Op.Collect.SUM);
        assertThat(graph.root(RootKind.GRADIENT, "w").op()).isEqualTo(new Op.Result(1));
        assertThat(GraphPrinter.print(graph)).contains("scan backward");
    }

    @Test
    void carriesNoGradientThroughACarryThatNothingWantedReaches() {
        GraphBuilder body = new GraphBuilder();
        Value count = body.leaf(new Op.CarryIn(0), STEP, Origin.NONE.named("count"));
        Value more = body.map(Function.ADD, Origin.NONE, count, body.constant(1));
        Value weight = body.leaf(new Op.Invariant(0), Type.real(Rows.NONE, 4), Origin.NONE.named("w"));
        Value out = body.map(Function.MULTIPLY, Origin.NONE, more, weight);
        Op.Body loop = body.body(List.of(more), List.of(new Op.Output(out, Op.Collect.SUM)), 0, 1);
        Value start = builder.leaf(new Op.State("count"), STEP, Origin.NONE);
        Value scan = builder.apply(new Op.Scan(loop, true), Origin.NONE, start, parameter("w", 4));
        Graph graph = gradients(sum(builder.apply(new Op.Result(1), Origin.NONE, scan)), Set.of());

        Op.Scan reverse = scans(graph).toList().get(1);
        assertThat(reverse.backward()).isFalse();
        assertThat(reverse.body().carries()).isEmpty();
    }

    @Test
    void refusesAGraphWithoutALoss() {
        assertThatThrownBy(() -> Differentiate.gradients(builder.graph(List.of()), Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs one loss of type real[]");
    }

    @Test
    void refusesToDifferentiateByWhatIsNotARealInput() {
        Value x = input("x", SEQUENCE);
        builder.leaf(new Op.Input("words"), Type.token(Rows.SEQUENCE), Origin.NONE);
        Graph forward = forward(sum(x));

        assertThatThrownBy(() -> Differentiate.gradients(forward, Set.of("x", "words", "y")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not real-valued inputs of the graph: [words, y]");
    }

    private static Stream<Op.Scan> scans(Graph graph) {
        return graph.values().stream().filter(v -> v.op() instanceof Op.Scan).map(v -> (Op.Scan) v.op());
    }

    private Value input(String name, Type type) {
        return builder.leaf(new Op.Input(name), type, Origin.NONE.named(name));
    }

    private Value parameter(String name, int size) {
        return builder.leaf(new Op.Parameter(name), Type.real(Rows.NONE, size), Origin.NONE.named(name));
    }

    private Value multiply(Value a, Value b) {
        return builder.map(Function.MULTIPLY, Origin.NONE, a, b);
    }

    private Value sum(Value value) {
        Value perRow = builder.apply(new Op.Reduce(Op.Fold.SUM), Origin.NONE, value);
        return builder.apply(new Op.SumRows(Rows.NONE), Origin.NONE, perRow);
    }

    private Graph forward(Value loss) {
        return builder.graph(List.of(new Root(RootKind.LOSS, "loss", loss)));
    }

    private Graph gradients(Value loss, Set<String> inputs) {
        return GraphVerifier.verify(Differentiate.gradients(GraphVerifier.verify(forward(loss)), inputs));
    }
}
