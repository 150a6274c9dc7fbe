package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.random.RandomMask;
import dev.rnnc.runtime.spec.Rows;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two time steps, two rows, by hand. */
class GenericEngineTest {
    private static final Type VECTOR = Type.real(Rows.SEQUENCE, 2);
    private static final double[] X = {1, 2, 3, 4, 5, 6, 7, 8};

    private final GraphBuilder builder = new GraphBuilder();
    private final Value x = builder.leaf(new Op.Input("x"), VECTOR, Origin.NONE);
    private final Value words = builder.leaf(new Op.Input("words"), Type.token(Rows.SEQUENCE), Origin.NONE);
    private final Value weight = builder.leaf(new Op.Parameter("w"), Type.real(Rows.NONE, 3, 2), Origin.NONE);

    @Test
    void repeatsOperandsWithFewerRows() {
        Value bias = builder.leaf(new Op.State("s"), Type.real(Rows.BATCH), Origin.NONE);

        assertThat(run(builder.map(Function.ADD, Origin.NONE, x, bias)))
                .containsExactly(11, 12, 23, 24, 15, 16, 27, 28);
    }

    @Test
    void multipliesEachRowWithAMatrix() {
        assertThat(run(builder.apply(new Op.Product(), Origin.NONE, weight, x)))
                .containsExactly(1, 2, 3, 3, 4, 7, 5, 6, 11, 7, 8, 15);
    }

    @Test
    void sumsOverTimeAndOverAllRows() {
        assertThat(run(builder.apply(new Op.SumRows(Rows.BATCH), Origin.NONE, x)))
                .containsExactly(6, 8, 10, 12);
        assertThat(run(builder.apply(new Op.SumRows(Rows.NONE), Origin.NONE, x)))
                .containsExactly(16, 20);
    }

    @Test
    void foldsPicksAndLooksUp() {
        assertThat(run(builder.apply(new Op.Reduce(Op.Fold.MAXIMUM), Origin.NONE, x)))
                .containsExactly(2, 4, 6, 8);
        assertThat(run(builder.apply(new Op.Pick(), Origin.NONE, x, words))).containsExactly(2, 3, 6, 8);
        assertThat(run(builder.apply(new Op.Lookup(), Origin.NONE, weight, words)))
                .containsExactly(0, 1, 1, 0, 0, 1, 0, 1);
        assertThat(run(builder.apply(new Op.OneHot(2), Origin.NONE, words))).containsExactly(0, 1, 1, 0, 0, 1, 0, 1);
        assertThat(run(builder.apply(new Op.TableSum(2), Origin.NONE, x, words)))
                .containsExactly(3, 4, 13, 16);
    }

    @Test
    void takesAndPadsTimeSteps() {
        Value last = builder.apply(new Op.StepAt(-1), Origin.NONE, x);
        assertThat(run(last)).containsExactly(5, 6, 7, 8);
        assertThat(run(builder.apply(new Op.StepPad(0), Origin.NONE, last))).containsExactly(5, 6, 7, 8, 0, 0, 0, 0);
    }

    @Test
    void sumsOuterProductsOverAllRows() {
        // Columns of x: (1, 3, 5, 7) and (2, 4, 6, 8).
        assertThat(run(builder.apply(new Op.OuterSum(), Origin.NONE, x, x))).containsExactly(84, 100, 100, 120);
    }

    @Test
    void runsAScanForwardsAndBackwards() {
        assertThat(run(scanned(false, 1))).containsExactly(1, 2, 3, 4, 6, 8, 10, 12);
        assertThat(run(scanned(true, 1))).containsExactly(6, 8, 10, 12, 5, 6, 7, 8);
        assertThat(run(scanned(true, 0))).containsExactly(6, 8, 10, 12);
        assertThat(run(scanned(false, 2))).containsExactly(7, 10, 13, 16);
    }

    /** Carries that change places need both old values. */
    @Test
    void exchangesCarries() {
        GraphBuilder body = new GraphBuilder();
        Type scalar = Type.real(Rows.NONE);
        Value a = body.leaf(new Op.CarryIn(0), scalar, Origin.NONE);
        Value b = body.leaf(new Op.CarryIn(1), scalar, Origin.NONE);
        Value sum = body.map(Function.ADD, Origin.NONE, a, b);
        Op.Body fibonacci = body.body(List.of(b, sum), List.of(), 0, 0);
        Value scan =
                builder.apply(new Op.Scan(fibonacci, false), Origin.NONE, builder.constant(1), builder.constant(1));

        assertThat(run(builder.apply(new Op.Result(0), Origin.NONE, scan))).containsExactly(2);
        assertThat(run(builder.apply(new Op.Result(1), Origin.NONE, scan))).containsExactly(3);
    }

    @Test
    void drawsMasksByAbsoluteTimeStepInAndOutsideScans() {
        Op mask = new Op.RandomMask(0.5, 3);
        GraphBuilder body = new GraphBuilder();
        Value inner = body.leaf(mask, VECTOR.withRows(Rows.BATCH), Origin.NONE);
        Op.Body step = body.body(List.of(), List.of(new Op.Output(inner, Op.Collect.STACK)), 0, 0);
        Value scan = builder.apply(new Op.Scan(step, true), Origin.NONE);
        double[] outside = run(builder.leaf(mask, VECTOR, Origin.NONE));

        assertThat(run(builder.apply(new Op.Result(0), Origin.NONE, scan))).containsExactly(outside);
        for (int i = 0; i < outside.length; i++) {
            assertThat(outside[i]).isEqualTo(RandomMask.value(42, 3, i, 0.5));
        }
    }

    @Test
    void startsStatesAtZeroAndAsksForAllElse() {
        Value state = builder.leaf(new Op.State("h"), Type.real(Rows.BATCH, 2), Origin.NONE);
        assertThat(run(state)).containsOnly(0);

        GenericEngine engine = new GenericEngine(graph(x), 2, 2);
        assertThatThrownBy(engine::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("never given");
    }

    @Test
    void allocatesNothingPerRun() {
        GenericEngine engine = new GenericEngine(graph(scanned(false, 1)), 2, 2);
        engine.bind("x", X);
        engine.bindTokens("words", new int[4]);
        engine.parameter("w", new double[6]);
        engine.run();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
            engine.run();
        }
        // What the measurement itself may allocate.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4096);
    }

    @Test
    void namesAnInputOfTheWrongSizeAndATokenOutOfRange() {
        GenericEngine engine = new GenericEngine(graph(builder.apply(new Op.OneHot(2), Origin.NONE, words)), 2, 2);
        assertThatThrownBy(() -> engine.bind("x", new double[7]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input x is real[T, B, 2], 8 elements; given 7 REAL");
        assertThatThrownBy(() -> engine.bind("z", new double[1])).hasMessageContaining("no input z");
        engine.bind("x", X);
        engine.parameter("w", new double[6]);
        engine.bindTokens("words", new int[] {0, 1, 2, 0});
        assertThatThrownBy(engine::run)
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("token 2 at step 1, row 0 is not below 2");
    }

    /** s' = s + x; results: the end, all s', their sum. */
    private Value scanned(boolean backward, int result) {
        GraphBuilder body = new GraphBuilder();
        Type step = VECTOR.withRows(Rows.BATCH);
        Value s = body.leaf(new Op.CarryIn(0), step, Origin.NONE);
        Value next = body.map(Function.ADD, Origin.NONE, s, body.leaf(new Op.StepInput(0), step, Origin.NONE));
        List<Op.Output> outputs = List.of(new Op.Output(next, Op.Collect.STACK), new Op.Output(next, Op.Collect.SUM));
        Value zeros = builder.expand(builder.constant(0), step, Origin.NONE);
        Value scan =
                builder.apply(new Op.Scan(body.body(List.of(next), outputs, 1, 0), backward), Origin.NONE, zeros, x);
        return builder.apply(new Op.Result(result), Origin.NONE, scan);
    }

    private double[] run(Value value) {
        GenericEngine engine = new GenericEngine(graph(value), 2, 2);
        engine.bind("x", X);
        engine.bindTokens("words", new int[] {1, 0, 1, 1});
        engine.parameter("w", new double[] {1, 0, 0, 1, 1, 1});
        engine.seed(42);
        if (builder.values().stream().anyMatch(v -> v.op().equals(new Op.State("s")))) {
            engine.state("s", new double[] {10, 20});
        }
        engine.run();
        return engine.result(RootKind.OUTPUT, "y");
    }

    private Graph graph(Value value) {
        return builder.graph(List.of(new Root(RootKind.OUTPUT, "y", value)));
    }
}
