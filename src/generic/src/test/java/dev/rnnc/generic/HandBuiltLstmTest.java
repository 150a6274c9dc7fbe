package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Scan, reverse scan and engine against PyTorch without any front end: an LSTM stack built value by value. */
class HandBuiltLstmTest {
    private static final double TOLERANCE = 1e-9;

    private final GraphBuilder builder = new GraphBuilder();
    private final List<Root> roots = new ArrayList<>();
    private final Set<String> inputs = new LinkedHashSet<>();

    @Test
    void outputsAndGradientsOfOneLayerAgreeWithPyTorch() {
        agrees("041-lstm-i8-h64-l1-b2-t12");
    }

    @Test
    void outputsAndGradientsOfThreeLayersAgreeWithPyTorch() {
        agrees("046-lstm-i16-h16-l3-b2-t11");
    }

    private void agrees(String name) {
        List<TorchCase> cases = TorchCase.matching(name);
        assumeTrue(!cases.isEmpty(), "needs torch-cases/" + name + ".safetensors in RNNC_DATA");
        TorchCase recorded = cases.getFirst();
        int hidden = recorded.number("hidden");
        int layers = recorded.number("layers");
        Value x = input("x", Type.real(Rows.SEQUENCE, recorded.number("input")));
        Value loss = builder.constant(0);
        for (int i = 0; i < layers; i++) {
            Value scan = layer(x, i, hidden);
            x = result(scan, 2);
            for (int k = 0; k < 2; k++) {
                String state = "hc".charAt(k) + "n" + i;
                Value end = result(scan, k);
                roots.add(new Root(RootKind.STATE, state, end));
                loss = add(loss, dot(end, leaf(new Op.Input("g" + state), end.type())));
            }
        }
        roots.add(new Root(RootKind.OUTPUT, "y", x));
        loss = add(loss, dot(x, leaf(new Op.Input("gy"), x.type())));
        roots.add(new Root(RootKind.LOSS, "loss", loss));
        Graph graph = GraphVerifier.verify(Differentiate.gradients(builder.graph(roots), inputs));

        GenericEngine engine = new GenericEngine(graph, recorded.number("steps"), recorded.number("batch"));
        engine.bind("x", recorded.tensor("x"));
        engine.bind("gy", recorded.tensor("gy"));
        for (int i = 0; i < layers; i++) {
            engine.bind("h0" + i, recorded.layer("h0", i));
            engine.bind("c0" + i, recorded.layer("c0", i));
            engine.bind("ghn" + i, recorded.layer("ghn", i));
            engine.bind("gcn" + i, recorded.layer("gcn", i));
            for (String p : parameters(i)) {
                engine.parameter(p, recorded.tensor("param." + p));
            }
        }
        engine.run();

        same("y", engine.result(RootKind.OUTPUT, "y"), recorded.tensor("y"));
        same("loss", engine.result(RootKind.LOSS, "loss"), recorded.tensor("loss"));
        same("grad.x", engine.result(RootKind.INPUT_GRADIENT, "x"), recorded.tensor("grad.x"));
        for (int i = 0; i < layers; i++) {
            same("h_n", engine.result(RootKind.STATE, "hn" + i), recorded.layer("h_n", i));
            same("c_n", engine.result(RootKind.STATE, "cn" + i), recorded.layer("c_n", i));
            same("grad.h0", engine.result(RootKind.INPUT_GRADIENT, "h0" + i), recorded.layer("grad.h0", i));
            same("grad.c0", engine.result(RootKind.INPUT_GRADIENT, "c0" + i), recorded.layer("grad.c0", i));
            for (String p : parameters(i)) {
                same("grad." + p, engine.result(RootKind.GRADIENT, p), recorded.tensor("grad." + p));
            }
        }
    }

    /** One LSTM layer; results are the last h, the last c and all h. */
    private Value layer(Value x, int layer, int hidden) {
        GraphBuilder body = new GraphBuilder();
        Type state = Type.real(Rows.BATCH, hidden);
        Value h = body.leaf(new Op.CarryIn(0), state, Origin.NONE.named("h"));
        Value c = body.leaf(new Op.CarryIn(1), state, Origin.NONE.named("c"));
        Value input = body.leaf(new Op.StepInput(0), x.type().withRows(Rows.BATCH), Origin.NONE.named("x"));
        List<Value> operands = new ArrayList<>(List.of(input("h0" + layer, state), input("c0" + layer, state), x));
        List<Value> weights = new ArrayList<>();
        int width = x.type().width();
        List<Type> types = List.of(
                Type.real(Rows.NONE, 4 * hidden, width),
                Type.real(Rows.NONE, 4 * hidden, hidden),
                Type.real(Rows.NONE, 4 * hidden),
                Type.real(Rows.NONE, 4 * hidden));
        for (int i = 0; i < 4; i++) {
            String name = parameters(layer).get(i);
            operands.add(leaf(new Op.Parameter(name), types.get(i)));
            weights.add(body.leaf(new Op.Invariant(i), types.get(i), Origin.NONE.named(name)));
        }
        Value fromInput = body.apply(new Op.Product(), Origin.NONE, weights.get(0), input, weights.get(2));
        Value a = body.apply(new Op.Product(), Origin.NONE.named("a"), weights.get(1), h, fromInput);
        a = body.map(Function.ADD, Origin.NONE, a, weights.get(3));
        Value[] gates = new Value[4];
        for (int i = 0; i < 4; i++) {
            Value part = body.apply(new Op.Slice(i * hidden, hidden), Origin.NONE, a);
            gates[i] = body.map(i == 2 ? Function.TANH : Function.SIGMOID, Origin.NONE, part);
        }
        Value kept = body.map(Function.MULTIPLY, Origin.NONE, gates[1], c);
        Value added = body.map(Function.MULTIPLY, Origin.NONE, gates[0], gates[2]);
        Value nextC = body.map(Function.ADD, Origin.NONE.named("c'"), kept, added);
        Value squashed = body.map(Function.TANH, Origin.NONE, nextC);
        Value nextH = body.map(Function.MULTIPLY, Origin.NONE.named("h'"), gates[3], squashed);
        Op.Body step = body.body(List.of(nextH, nextC), List.of(new Op.Output(nextH, Op.Collect.STACK)), 1, 4);
        return builder.add(new Op.Scan(step, false), operands, null, Origin.NONE);
    }

    private static List<String> parameters(int layer) {
        return List.of("weight_ih_l" + layer, "weight_hh_l" + layer, "bias_ih_l" + layer, "bias_hh_l" + layer);
    }

    private Value input(String name, Type type) {
        inputs.add(name);
        return leaf(new Op.Input(name), type);
    }

    private Value leaf(Op op, Type type) {
        return builder.leaf(op, type, Origin.NONE);
    }

    private Value result(Value scan, int index) {
        return builder.apply(new Op.Result(index), Origin.NONE, scan);
    }

    private Value dot(Value a, Value b) {
        return GradientCheck.sum(builder, builder.map(Function.MULTIPLY, Origin.NONE, a, b));
    }

    private Value add(Value a, Value b) {
        return builder.map(Function.ADD, Origin.NONE, a, b);
    }

    private static void same(String what, double[] found, double[] expected) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).as("%s[%s]", what, i).isEqualTo(expected[i], within(TOLERANCE));
        }
    }
}
