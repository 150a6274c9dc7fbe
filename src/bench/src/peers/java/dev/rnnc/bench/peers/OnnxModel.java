package dev.rnnc.bench.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Work;
import dev.rnnc.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * One recurrent layer as an ONNX model, by the operators LSTM, GRU and RNN of https://onnx.ai/onnx/operators. Their gates
 * stand in another order than PyTorch's.
 */
final class OnnxModel {
    private static final int IR_VERSION = 8;
    private static final int OPERATOR_SET = 14;

    private OnnxModel() {}

    /** Inputs {@code x} and, of a step, {@code h} and {@code c}; outputs {@code y} or {@code h_next} and {@code c_next}. */
    static byte[] of(Problem problem) {
        Workload w = problem.workload();
        boolean step = w.work() == Work.STEP;
        boolean lstm = w.cell() == Cell.LSTM;
        int gates = switch (w.cell()) {
            case LSTM -> 4;
            case GRU -> 3;
            case RNN -> 1;
            case PEEPHOLE, LAYERNORM, MINIMAL -> throw new IllegalArgumentException("ONNX has no " + w.cell());
        };
        // LSTM: input, output, forget, cell instead of input, forget, cell, output. GRU: update before reset.
        int[] order = lstm ? new int[] {0, 3, 1, 2} : gates == 3 ? new int[] {1, 0, 2} : new int[] {0};
        int rows = gates * w.hidden();
        NodeProto.Builder node = NodeProto.newBuilder()
                .setOpType(w.cell().name())
                .addAllInput(List.of("x", "w", "r", "b", ""))
                .addAttribute(integer("hidden_size", w.hidden()));
        if (w.cell() == Cell.GRU) {
            // The reset gate acts after the product with the state, as in PyTorch.
            node.addAttribute(integer("linear_before_reset", 1));
        }
        List<ValueInfoProto> inputs = new ArrayList<>(List.of(tensor("x", w.steps(), w.batch(), w.inputs())));
        List<ValueInfoProto> outputs = new ArrayList<>();
        if (step) {
            node.addInput("h").addAllOutput(List.of("", "h_next"));
            inputs.add(tensor("h", 1, 1, w.hidden()));
            outputs.add(tensor("h_next", 1, 1, w.hidden()));
            if (lstm) {
                node.addInput("c").addOutput("c_next");
                inputs.add(tensor("c", 1, 1, w.hidden()));
                outputs.add(tensor("c_next", 1, 1, w.hidden()));
            }
        } else {
            node.addOutput("y");
            outputs.add(tensor("y", w.steps(), 1, w.batch(), w.hidden()));
        }
        float[] biasIh = Values.blocks(problem.weights("h1.bias_ih"), order);
        float[] biasHh = Values.blocks(problem.weights("h1.bias_hh"), order);
        float[] bias = new float[2 * rows];
        System.arraycopy(biasIh, 0, bias, 0, rows);
        System.arraycopy(biasHh, 0, bias, rows, rows);
        GraphProto graph = GraphProto.newBuilder()
                .setName("bench")
                .addNode(node)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addInitializer(
                        constant("w", Values.blocks(problem.weights("h1.weight_ih"), order), 1, rows, w.inputs()))
                .addInitializer(
                        constant("r", Values.blocks(problem.weights("h1.weight_hh"), order), 1, rows, w.hidden()))
                .addInitializer(constant("b", bias, 1, 2 * rows))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static ValueInfoProto tensor(String name, long... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (long size : shape) {
            dimensions.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        TypeProto.Tensor type = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .setShape(dimensions)
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    private static TensorProto constant(String name, float[] values, long... shape) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
        for (long size : shape) {
            tensor.addDims(size);
        }
        for (float value : values) {
            tensor.addFloatData(value);
        }
        return tensor.build();
    }
}
