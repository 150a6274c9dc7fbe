package dev.rnnc.bench.peers;

import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Dataset;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Work;
import dev.rnnc.bench.workload.Workload;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GRUCellImpl;
import org.bytedeco.pytorch.GRUImpl;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.LSTMCellImpl;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Steps and sequences in inference mode, which is a setting of the thread: sessions are closed in reverse order. */
final class TorchInference implements Session {
    private final Workload workload;
    private final Dataset data;
    private final Work work;
    private final boolean lstm;
    private final LSTMCellImpl lstmCell;
    private final GRUCellImpl gruCell;
    private final LSTMImpl lstmLayer;
    private final GRUImpl gruLayer;
    private final InferenceMode mode;
    /** The memory of {@link #input}. */
    private final FloatPointer memory;

    private final Tensor input;
    private T_TensorTensor_T states;
    private Tensor state;
    private float[] outputs;
    private int calls;

    TorchInference(Problem problem) {
        workload = problem.workload();
        data = problem.data();
        work = workload.work();
        lstm = workload.cell() == Cell.LSTM;
        int x = workload.inputs();
        int h = workload.hidden();
        boolean step = work == Work.STEP;
        lstmCell = step && lstm ? new LSTMCellImpl(x, h) : null;
        gruCell = step && !lstm ? new GRUCellImpl(x, h) : null;
        lstmLayer = !step && lstm ? new LSTMImpl(x, h) : null;
        gruLayer = !step && !lstm ? new GRUImpl(x, h) : null;
        TorchTensors.load(
                step ? lstm ? lstmCell : gruCell : lstm ? lstmLayer : gruLayer, problem, TorchTensors.names(1));
        mode = new InferenceMode();
        int steps = workload.steps();
        int batch = workload.batch();
        memory = new FloatPointer((long) steps * batch * x);
        input = step
                ? torch.from_blob(memory, new long[] {1, x})
                : torch.from_blob(memory, new long[] {steps, batch, x});
        memory.put(data.inputs(), 0, steps * batch * x);
        if (step) {
            state = torch.zeros(1, h);
            states = new T_TensorTensor_T(torch.zeros(1, h), torch.zeros(1, h));
        }
    }

    @Override
    @SuppressWarnings("try") // The scope is there to be closed.
    public void run() {
        if (work == Work.SEQUENCE) {
            try (PointerScope scope = new PointerScope()) {
                Tensor y = lstm
                        ? lstmLayer.forward(input).get0()
                        : gruLayer.forward(input).get0();
                if (outputs != null) {
                    outputs = TorchTensors.floats(y);
                }
            }
            return;
        }
        memory.put(data.inputs(), calls++ % Dataset.STEPS * workload.inputs(), workload.inputs());
        if (lstm) {
            T_TensorTensor_T next = lstmCell.forward(input, states);
            states.close();
            states = next;
        } else {
            Tensor next = gruCell.forward(input, state);
            state.close();
            state = next;
        }
    }

    @Override
    public Map<String, double[]> answers() {
        if (work == Work.SEQUENCE) {
            outputs = new float[0];
            run();
            double[] answer = Values.doubles(outputs);
            outputs = null;
            return Map.of(OUTPUT, answer);
        }
        int width = workload.hidden();
        float[] all = new float[CHECKED_STEPS * width];
        for (int step = 0; step < CHECKED_STEPS; step++) {
            run();
            System.arraycopy(TorchTensors.floats(lstm ? states.get0() : state), 0, all, step * width, width);
        }
        return Map.of(OUTPUT, Values.doubles(all));
    }

    @Override
    public void close() {
        mode.close();
    }
}
