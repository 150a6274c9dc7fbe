package dev.rnnc.bench.peers;

import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Dataset;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.GRUImpl;
import org.bytedeco.pytorch.GRUOptions;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A model of tokens: embedding, recurrent layers, linear layer, cross-entropy, Adam. */
final class TorchTraining implements Session {
    private final Problem problem;
    private final Workload workload;
    private final EmbeddingImpl embedding;
    private final LSTMImpl lstm;
    private final GRUImpl gru;
    private final LinearImpl linear;
    private final Adam adam;
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final List<Tensor> texts = new ArrayList<>();
    private final List<Tensor> targets = new ArrayList<>();
    private double loss;
    private int calls;

    TorchTraining(Problem problem) {
        this.problem = problem;
        workload = problem.workload();
        int steps = workload.steps();
        int batch = workload.batch();
        embedding = new EmbeddingImpl(workload.vocabulary(), workload.inputs());
        linear = new LinearImpl(workload.hidden(), workload.vocabulary());
        if (workload.cell() == Cell.LSTM) {
            LSTMOptions options = new LSTMOptions(workload.inputs(), workload.hidden());
            options.num_layers().put(workload.layers());
            lstm = new LSTMImpl(options);
            gru = null;
        } else {
            GRUOptions options = new GRUOptions(workload.inputs(), workload.hidden());
            options.num_layers().put(workload.layers());
            gru = new GRUImpl(options);
            lstm = null;
        }
        load(List.of("x.weight"), TorchTensors.load(embedding, problem, List.of("x.weight")));
        List<String> names = TorchTensors.names(workload.layers());
        load(names, TorchTensors.load(lstm != null ? lstm : gru, problem, names));
        load(List.of("y.weight", "y.bias"), TorchTensors.load(linear, problem, List.of("y.weight", "y.bias")));
        adam = new Adam(
                new TensorVector(parameters.values().toArray(Tensor[]::new)),
                new AdamOptions(problem.model().spec().train().optimizer().rate()));
        for (int i = 0; i < Dataset.BATCHES; i++) {
            texts.add(TorchTensors.ofTokens(problem.data().tokens()[i], steps, batch));
            targets.add(TorchTensors.ofTokens(problem.data().targets()[i], (long) steps * batch));
        }
    }

    private void load(List<String> names, List<Tensor> tensors) {
        for (int i = 0; i < names.size(); i++) {
            parameters.put(names.get(i), tensors.get(i));
        }
    }

    @Override
    @SuppressWarnings("try") // The scope is there to be closed.
    public void run() {
        int turn = calls++ % Dataset.BATCHES;
        try (PointerScope scope = new PointerScope()) {
            adam.zero_grad();
            Tensor x = embedding.forward(texts.get(turn));
            Tensor h = lstm != null ? lstm.forward(x).get0() : gru.forward(x).get0();
            Tensor logits = linear.forward(h).reshape(-1, workload.vocabulary());
            Tensor error = torch.cross_entropy_loss(logits, targets.get(turn));
            error.backward();
            adam.step();
            loss = error.item_float();
        }
    }

    @Override
    public Map<String, double[]> answers() {
        Map<String, double[]> answers = new LinkedHashMap<>();
        double[] losses = new double[Session.checkedUpdates(problem)];
        for (int update = 0; update < losses.length; update++) {
            run();
            losses[update] = loss;
            if (update == 0) {
                // They stay until the next step sets them to zero.
                parameters.forEach((name, tensor) ->
                        answers.put(GRADIENT + name, Values.doubles(TorchTensors.floats(tensor.grad()))));
            }
        }
        answers.put(LOSS, losses);
        return answers;
    }
}
