package dev.rnnc.bench.peers;

import dev.rnnc.bench.engine.Engine;
import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Dataset;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Work;
import dev.rnnc.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Deeplearning4j: training of LSTM models of tokens, one thread, targets as indices. Its LSTM has one bias where PyTorch's
 * and ours has two, so that after Adam's first update it is another model; before it the loss must be equal.
 */
public final class Dl4j implements Engine {
    @Override
    public String name() {
        return "dl4j";
    }

    @Override
    public boolean supports(Workload w) {
        return w.work() == Work.TRAINING && w.vocabulary() > 0 && w.cell() == Cell.LSTM;
    }

    @Override
    public Session open(Problem problem) {
        // The native operations are there once a backend was looked for.
        Nd4j.getBackend();
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        return new Dl4jSession(problem);
    }

    private static final class Dl4jSession implements Session {
        private final Workload workload;
        private final MultiLayerNetwork network;
        private final List<DataSet> batches = new ArrayList<>();
        private int calls;

        Dl4jSession(Problem problem) {
            workload = problem.workload();
            double rate = problem.model().spec().train().optimizer().rate();
            NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                    .dataType(DataType.FLOAT)
                    .updater(new Adam(rate))
                    .list()
                    .layer(new EmbeddingSequenceLayer.Builder()
                            .nIn(workload.vocabulary())
                            .nOut(workload.inputs())
                            .inputLength(workload.steps())
                            .hasBias(false)
                            .outputDataFormat(RNNFormat.NCW)
                            .build());
            for (int layer = 0; layer < workload.layers(); layer++) {
                layers.layer(new LSTM.Builder()
                        .nIn(layer == 0 ? workload.inputs() : workload.hidden())
                        .nOut(workload.hidden())
                        .dataFormat(RNNFormat.NCW)
                        .activation(Activation.TANH)
                        .gateActivationFunction(Activation.SIGMOID)
                        .build());
            }
            MultiLayerConfiguration configuration = layers.layer(new RnnOutputLayer.Builder(new LossSparseMCXENT())
                            .nIn(workload.hidden())
                            .nOut(workload.vocabulary())
                            .dataFormat(RNNFormat.NCW)
                            .activation(Activation.SOFTMAX)
                            .build())
                    .build();
            network = new MultiLayerNetwork(configuration);
            network.init();
            load(problem);
            for (int i = 0; i < Dataset.BATCHES; i++) {
                batches.add(new DataSet(
                        tokens(problem.data().tokens()[i]),
                        tokens(problem.data().targets()[i])));
            }
        }

        private void load(Problem problem) {
            int hidden = workload.hidden();
            set("0_W", problem.weights("x.weight"), workload.vocabulary(), workload.inputs());
            for (int layer = 1; layer <= workload.layers(); layer++) {
                int inputs = layer == 1 ? workload.inputs() : hidden;
                String name = "h" + layer + ".";
                setTransposed(layer + "_W", gates(problem.weights(name + "weight_ih")), 4 * hidden, inputs);
                setTransposed(layer + "_RW", gates(problem.weights(name + "weight_hh")), 4 * hidden, hidden);
                float[] bias = Values.sum(problem.weights(name + "bias_ih"), problem.weights(name + "bias_hh"));
                set(layer + "_b", gates(bias), 1, 4 * hidden);
            }
            int last = workload.layers() + 1;
            setTransposed(last + "_W", problem.weights("y.weight"), workload.vocabulary(), hidden);
            set(last + "_b", problem.weights("y.bias"), 1, workload.vocabulary());
        }

        /** From input, forget, cell, output to DL4J's order: cell, forget, output, input. */
        private static float[] gates(float[] values) {
            return Values.blocks(values, 2, 1, 3, 0);
        }

        private void setTransposed(String name, float[] values, int rows, int columns) {
            set(name, Values.transposed(values, rows, columns), columns, rows);
        }

        private void set(String name, float[] values, int rows, int columns) {
            network.setParam(name, Nd4j.createFromArray(values).reshape(rows, columns));
        }

        /** From {@code [T, B]} to DL4J's {@code [B, 1, T]}. */
        private INDArray tokens(int[] tokens) {
            float[] values = new float[tokens.length];
            for (int t = 0; t < workload.steps(); t++) {
                for (int b = 0; b < workload.batch(); b++) {
                    values[b * workload.steps() + t] = tokens[t * workload.batch() + b];
                }
            }
            return Nd4j.createFromArray(values).reshape(workload.batch(), 1, workload.steps());
        }

        @Override
        public void run() {
            network.fit(batches.get(calls++ % Dataset.BATCHES));
        }

        @Override
        public Map<String, double[]> answers() {
            run();
            // DL4J sums over time and takes the mean over the rows only.
            return Map.of(LOSS, new double[] {network.score() / workload.steps()});
        }
    }
}
