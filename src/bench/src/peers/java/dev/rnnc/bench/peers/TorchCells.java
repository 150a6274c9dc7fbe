package dev.rnnc.bench.peers;

import dev.rnnc.bench.workload.Workload;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Cells that PyTorch has no layer of, as its users write them: all input products in one, then a loop over the time steps.
 * The equations are those of rnnc's library.
 */
final class TorchCells {
    private static final double EPSILON = 1e-5;

    private final Workload workload;
    private final Map<String, Tensor> parameters;

    TorchCells(Workload workload, Map<String, Tensor> parameters) {
        this.workload = workload;
        this.parameters = parameters;
    }

    /** The outputs {@code [T, B, H]}. */
    Tensor outputs(Tensor input) {
        return switch (workload.cell()) {
            case PEEPHOLE -> peephole(input);
            case LAYERNORM -> layerNormalised(input);
            case MINIMAL -> minimal(input);
            case LSTM, GRU, RNN -> throw new IllegalArgumentException("PyTorch has a layer " + workload.cell());
        };
    }

    private Tensor parameter(String name) {
        return parameters.get("h1." + name);
    }

    private Tensor zeros() {
        return torch.zeros(workload.batch(), workload.hidden());
    }

    private Tensor peephole(Tensor input) {
        TensorVector steps =
                torch.linear(input, parameter("weight_ih"), parameter("bias")).unbind(0);
        Tensor weight = parameter("weight_hh").t();
        Tensor h = zeros();
        Tensor c = zeros();
        TensorVector outputs = new TensorVector();
        for (int t = 0; t < workload.steps(); t++) {
            TensorVector gates = torch.addmm(steps.get(t), h, weight).chunk(4, 1);
            Tensor i = torch.addcmul(gates.get(0), parameter("peephole_i"), c).sigmoid();
            Tensor f = torch.addcmul(gates.get(1), parameter("peephole_f"), c).sigmoid();
            c = torch.addcmul(f.mul(c), i, gates.get(2).tanh());
            Tensor o = torch.addcmul(gates.get(3), parameter("peephole_o"), c).sigmoid();
            h = o.mul(c.tanh());
            outputs.push_back(h);
        }
        return torch.stack(outputs, 0);
    }

    private Tensor layerNormalised(Tensor input) {
        Tensor products = input.matmul(parameter("weight_ih").t());
        TensorVector steps =
                normalised(products, parameter("scale_ih"), parameter("bias")).unbind(0);
        Tensor weight = parameter("weight_hh").t();
        TensorOptional none = new TensorOptional();
        Tensor h = zeros();
        Tensor c = zeros();
        TensorVector outputs = new TensorVector();
        for (int t = 0; t < workload.steps(); t++) {
            Tensor recurrent = torch.layer_norm(
                    h.matmul(weight),
                    new long[] {4L * workload.hidden()},
                    new TensorOptional(parameter("scale_hh")),
                    none,
                    EPSILON,
                    true);
            TensorVector gates = steps.get(t).add(recurrent).chunk(4, 1);
            c = torch.addcmul(
                    gates.get(1).sigmoid().mul(c),
                    gates.get(0).sigmoid(),
                    gates.get(2).tanh());
            h = gates.get(3)
                    .sigmoid()
                    .mul(normalised(c, parameter("scale_c"), parameter("shift_c"))
                            .tanh());
            outputs.push_back(h);
        }
        return torch.stack(outputs, 0);
    }

    private static Tensor normalised(Tensor x, Tensor scale, Tensor shift) {
        return torch.layer_norm(
                x, new long[] {scale.numel()}, new TensorOptional(scale), new TensorOptional(shift), EPSILON, true);
    }

    private Tensor minimal(Tensor input) {
        TensorVector steps =
                torch.linear(input, parameter("weight_ih"), parameter("bias")).unbind(0);
        Tensor weightF = parameter("weight_hf").t();
        Tensor weightN = parameter("weight_hn").t();
        Tensor h = zeros();
        TensorVector outputs = new TensorVector();
        for (int t = 0; t < workload.steps(); t++) {
            TensorVector gates = steps.get(t).chunk(2, 1);
            Tensor f = torch.addmm(gates.get(0), h, weightF).sigmoid();
            Tensor n = torch.addmm(gates.get(1), f.mul(h), weightN).tanh();
            h = torch.addcmul(h, f, n.sub(h));
            outputs.push_back(h);
        }
        return torch.stack(outputs, 0);
    }
}
