package dev.rnnc.bench.peers;

import dev.rnnc.bench.workload.Problem;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Tensors from arrays and back. */
final class TorchTensors {
    private TorchTensors() {}

    static Tensor of(float[] values, long... shape) {
        return torch.tensor(values).reshape(shape);
    }

    static Tensor ofTokens(int[] tokens, long... shape) {
        long[] values = new long[tokens.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = tokens[i];
        }
        return torch.tensor(values).reshape(shape);
    }

    static float[] floats(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.numel())];
        new FloatPointer(tensor.contiguous().data_ptr()).get(values);
        return values;
    }

    /** The parameters of a recurrent layer or cell get those of ours: both have the same ones in the same order. */
    @SuppressWarnings("try") // The guard is there to be closed.
    static List<Tensor> load(Module module, Problem problem, List<String> names) {
        TensorVector parameters = module.parameters();
        List<Tensor> loaded = new ArrayList<>();
        try (NoGradGuard guard = new NoGradGuard()) {
            for (int i = 0; i < names.size(); i++) {
                // What the vector returns is a reference into the vector's own memory; this tensor shares the numbers.
                Tensor parameter = new Tensor(parameters.get(i));
                parameter.copy_(torch.tensor(problem.weights(names.get(i))).view_as(parameter));
                loaded.add(parameter);
            }
        }
        if (parameters.size() != names.size()) {
            throw new IllegalStateException("PyTorch has " + parameters.size() + " parameters, ours are " + names);
        }
        return loaded;
    }

    /** The names of our parameters of {@code layers} recurrent layers. */
    static List<String> names(int layers) {
        List<String> names = new ArrayList<>();
        for (int layer = 1; layer <= layers; layer++) {
            for (String name : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
                names.add("h" + layer + "." + name);
            }
        }
        return names;
    }
}
