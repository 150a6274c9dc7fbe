package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lengths as masks, and detached values. */
class MaskTest {
    private static final double NAN = Double.NaN;

    private final GraphBuilder b = new GraphBuilder();

    @Test
    void validStepsAreThoseBeforeTheLength() {
        assertThat(stepMask(Op.MaskKind.VALID, 0, 1, 3)).containsExactly(0, 1, 1, 0, 0, 1, 0, 0, 1);
    }

    @Test
    void theLastStepOfAnEmptySequenceIsNowhere() {
        assertThat(stepMask(Op.MaskKind.LAST, 0, 1, 3)).containsExactly(0, 1, 0, 0, 0, 0, 0, 0, 1);
    }

    @Test
    void featuresBelowALengthAreOne() {
        Value lengths = b.leaf(new Op.Input("lengths"), Type.token(Rows.BATCH), Origin.NONE);
        Value mask = b.apply(new Op.FeatureMask(2), Origin.NONE, lengths);
        GenericEngine engine = new GenericEngine(b.graph(List.of(new Root(RootKind.OUTPUT, "y", mask))), 3, 4);
        engine.bindTokens("lengths", new int[] {0, 1, 2, 3});
        engine.run();
        assertThat(engine.result(RootKind.OUTPUT, "y")).containsExactly(0, 0, 1, 0, 1, 1, 1, 1);
    }

    @Test
    void aDetachedValueIsAConstantForTheGradient() {
        Value x = b.leaf(new Op.Input("x"), Type.real(Rows.BATCH), Origin.NONE);
        Value y = b.map(Function.MULTIPLY, Origin.NONE, x, b.apply(new Op.Detach(), Origin.NONE, x));
        Value loss = b.apply(new Op.SumRows(Rows.NONE), Origin.NONE, y);
        Graph graph = Differentiate.gradients(b.graph(List.of(new Root(RootKind.LOSS, "loss", loss))), Set.of("x"));
        GenericEngine engine = new GenericEngine(GraphVerifier.verify(graph), 1, 1);
        engine.bind("x", new double[] {3});
        engine.run();
        assertThat(engine.result(RootKind.LOSS, "loss")).containsExactly(9);
        assertThat(engine.result(RootKind.INPUT_GRADIENT, "x")).containsExactly(3);
    }

    @Test
    void whatNaNStandsInPaddedStepsReachesNeitherStatesNorGradients() {
        Graph graph = PaddedCell.graph(b);
        GenericEngine padded = new GenericEngine(graph, 3, 2);
        padded.parameter("w", new double[] {0.5, -0.25, 0.75, 0.125});
        padded.bindTokens("lengths", new int[] {2, 0});
        padded.bind("x", new double[] {1, 2, NAN, NAN, -1, 0.5, NAN, NAN, NAN, NAN, NAN, NAN});
        padded.run();
        GenericEngine alone = new GenericEngine(graph, 2, 1);
        alone.parameter("w", new double[] {0.5, -0.25, 0.75, 0.125});
        alone.bindTokens("lengths", new int[] {2});
        alone.bind("x", new double[] {1, 2, -1, 0.5});
        alone.run();

        double[] end = alone.result(RootKind.OUTPUT, "end");
        assertThat(padded.result(RootKind.OUTPUT, "end")).containsExactly(end[0], end[1], 0, 0);
        assertThat(padded.result(RootKind.LOSS, "loss")).containsExactly(alone.result(RootKind.LOSS, "loss"));
        assertThat(padded.result(RootKind.GRADIENT, "w")).containsExactly(alone.result(RootKind.GRADIENT, "w"));
        double[] dx = alone.result(RootKind.INPUT_GRADIENT, "x");
        assertThat(padded.result(RootKind.INPUT_GRADIENT, "x"))
                .containsExactly(dx[0], dx[1], 0, 0, dx[2], dx[3], 0, 0, 0, 0, 0, 0);
    }

    private double[] stepMask(Op.MaskKind kind, int... lengths) {
        Value tokens = b.leaf(new Op.Input("lengths"), Type.token(Rows.BATCH), Origin.NONE);
        Value mask = b.apply(new Op.StepMask(kind), Origin.NONE, tokens);
        GenericEngine engine = new GenericEngine(b.graph(List.of(new Root(RootKind.OUTPUT, "y", mask))), 3, 3);
        engine.bindTokens("lengths", lengths);
        engine.run();
        return engine.result(RootKind.OUTPUT, "y");
    }
}
