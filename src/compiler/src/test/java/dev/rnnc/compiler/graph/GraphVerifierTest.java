package dev.rnnc.compiler.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphVerifierTest {
    private static final Type VECTOR = Type.real(Rows.SEQUENCE, 4);

    private final GraphBuilder builder = new GraphBuilder();
    private final Value x = builder.leaf(new Op.Input("x"), VECTOR, Origin.NONE);
    private final Value y = builder.map(Function.TANH, Origin.NONE, x);

    @Test
    void acceptsAWellFormedGraphAndHandsItBack() {
        Graph graph = builder.graph(List.of(new Root(RootKind.OUTPUT, "y", y)));

        assertThat(GraphVerifier.verify(graph)).isSameAs(graph);
    }

    @Test
    void refusesAUserThatStandsBeforeItsOperand() {
        broken(new Graph(List.of(y, x), List.of()), "has an operand that does not stand before it");
    }

    @Test
    void refusesAValueThatStandsTwice() {
        broken(new Graph(List.of(x, x), List.of()), "stands twice");
    }

    @Test
    void refusesARootFromAnotherGraph() {
        broken(new Graph(List.of(x), List.of(new Root(RootKind.OUTPUT, "y", y))), "root OUTPUT y but not in the graph");
    }

    @Test
    void refusesTwoRootsOfOneKindAndName() {
        Root root = new Root(RootKind.OUTPUT, "y", y);
        broken(builder.graph(List.of(root, root)), "a second root OUTPUT y");
    }

    @Test
    void refusesALossThatIsNotOneNumber() {
        broken(builder.graph(List.of(new Root(RootKind.LOSS, "loss", y))), "must have type real[]");
    }

    @Test
    void refusesAGradientOfAnotherTypeThanItsParameter() {
        Value w = builder.leaf(new Op.Parameter("w"), Type.real(Rows.NONE, 3, 4), Origin.NONE);
        assertThat(w.type()).isNotEqualTo(y.type());
        broken(builder.graph(List.of(new Root(RootKind.GRADIENT, "w", y))), "must have type real[3, 4]");
        broken(builder.graph(List.of(new Root(RootKind.GRADIENT, "v", y))), "no parameter v");
    }

    @Test
    void refusesOneNameWithTwoTypes() {
        builder.leaf(new Op.Input("x"), Type.real(Rows.BATCH, 4), Origin.NONE);
        broken(builder.graph(List.of()), "has another type than before");
    }

    @Test
    void refusesABodyLeafOutsideABody() {
        builder.leaf(new Op.CarryIn(0), Type.real(Rows.BATCH, 4), Origin.NONE);
        broken(builder.graph(List.of()), "stands outside a body");
    }

    @Test
    void refusesACarryThatIsNotInTheBody() {
        GraphBuilder body = new GraphBuilder();
        Value carry = body.leaf(new Op.CarryIn(0), Type.real(Rows.BATCH, 4), Origin.NONE);
        GraphBuilder elsewhere = new GraphBuilder();
        Value stranger = elsewhere.leaf(new Op.CarryIn(0), carry.type(), Origin.NONE);
        Value initial = builder.leaf(new Op.State("s"), carry.type(), Origin.NONE);
        builder.apply(new Op.Scan(body.body(List.of(stranger), List.of(), 0, 0), false), Origin.NONE, initial);

        broken(builder.graph(List.of()), "carries a value that is not in its body");
    }

    private static void broken(Graph graph, String message) {
        assertThatThrownBy(() -> GraphVerifier.verify(graph))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
    }
}
