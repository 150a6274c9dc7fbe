package dev.rnnc.bench.peers;

import dev.rnnc.bench.engine.Engine;
import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Work;
import dev.rnnc.bench.workload.Workload;
import java.util.EnumSet;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's C++ library through JavaCPP, one thread: LSTMCell and GRUCell for a step, its layers for sequences and
 * training, and a loop over its operations, recorded by autograd, for cells that it has no layer of. Bfloat16 workloads it
 * runs in single precision.
 */
public final class PyTorch implements Engine {
    private static final EnumSet<Cell> LAYERS = EnumSet.of(Cell.LSTM, Cell.GRU);

    @Override
    public String name() {
        return "pytorch";
    }

    @Override
    public boolean supports(Workload w) {
        boolean single = w.layers() == 1 && w.vocabulary() == 0;
        return switch (w.work()) {
            case STEP, SEQUENCE -> single && LAYERS.contains(w.cell());
            case TRAINING -> w.vocabulary() > 0 ? LAYERS.contains(w.cell()) : single && w.cell() != Cell.RNN;
        };
    }

    @Override
    public Session open(Problem problem) {
        Workload w = problem.workload();
        if (!supports(w)) {
            throw new IllegalArgumentException("PyTorch is not set up for " + w.name());
        }
        torch.set_num_threads(1);
        if (w.work() == Work.TRAINING) {
            return w.vocabulary() > 0 ? new TorchTraining(problem) : new TorchGradient(problem);
        }
        return new TorchInference(problem);
    }
}
