package dev.rnnc.bench.peers;

import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Workload;
import dev.rnnc.runtime.spec.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GRUImpl;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Forward and backward pass of one layer under a squared error: PyTorch's layer, or {@link TorchCells} in a loop. */
final class TorchGradient implements Session {
    private final Workload workload;
    private final LSTMImpl lstm;
    private final GRUImpl gru;
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Tensor input;
    private final Tensor goal;
    private double loss;

    TorchGradient(Problem problem) {
        workload = problem.workload();
        int x = workload.inputs();
        int h = workload.hidden();
        lstm = workload.cell() == Cell.LSTM ? new LSTMImpl(x, h) : null;
        gru = workload.cell() == Cell.GRU ? new GRUImpl(x, h) : null;
        if (lstm != null || gru != null) {
            List<String> names = TorchTensors.names(1);
            List<Tensor> tensors = TorchTensors.load(lstm != null ? lstm : gru, problem, names);
            for (int i = 0; i < names.size(); i++) {
                parameters.put(names.get(i), tensors.get(i));
            }
        } else {
            for (ParameterSpec parameter : problem.model().spec().parameters()) {
                long[] shape =
                        parameter.shape().stream().mapToLong(Integer::longValue).toArray();
                Tensor tensor = TorchTensors.of(problem.weights(parameter.name()), shape);
                tensor.set_requires_grad(true);
                parameters.put(parameter.name(), tensor);
            }
        }
        input = TorchTensors.of(problem.data().inputs(), workload.steps(), workload.batch(), x);
        goal = TorchTensors.of(problem.data().goals(), workload.steps(), workload.batch(), h);
    }

    @Override
    @SuppressWarnings("try") // The scope is there to be closed.
    public void run() {
        try (PointerScope scope = new PointerScope()) {
            for (Tensor parameter : parameters.values()) {
                // Gone rather than zero, which is PyTorch's quicker way.
                parameter.mutable_grad().reset();
            }
            Tensor y = lstm != null
                    ? lstm.forward(input).get0()
                    : gru != null ? gru.forward(input).get0() : new TorchCells(workload, parameters).outputs(input);
            Tensor error = torch.mse_loss(y, goal);
            error.backward();
            loss = error.item_float();
        }
    }

    @Override
    public Map<String, double[]> answers() {
        run();
        Map<String, double[]> answers = new LinkedHashMap<>();
        answers.put(LOSS, new double[] {loss});
        parameters.forEach(
                (name, tensor) -> answers.put(GRADIENT + name, Values.doubles(TorchTensors.floats(tensor.grad()))));
        return answers;
    }
}
