package dev.rnnc.cli;

/** {@code torch.nn.LSTMCell} as its page writes it, one row, in double: a witness that shares nothing with the compiler. */
final class LstmReference {
    private final double[] weightIh;
    private final double[] weightHh;
    private final double[] biasIh;
    private final double[] biasHh;
    private final double[] h;
    private final double[] c;

    /** All as PyTorch has them: gates i f g o. */
    LstmReference(double[] weightIh, double[] weightHh, double[] biasIh, double[] biasHh) {
        this.weightIh = weightIh;
        this.weightHh = weightHh;
        this.biasIh = biasIh;
        this.biasHh = biasHh;
        this.h = new double[biasIh.length / 4];
        this.c = new double[biasIh.length / 4];
    }

    double[] h() {
        return h;
    }

    double[] c() {
        return c;
    }

    void step(float[] x, int from) {
        int size = h.length;
        int inputs = weightIh.length / (4 * size);
        double[] gates = new double[4 * size];
        for (int g = 0; g < gates.length; g++) {
            double sum = biasIh[g] + biasHh[g];
            for (int k = 0; k < inputs; k++) {
                sum += weightIh[g * inputs + k] * x[from + k];
            }
            for (int k = 0; k < size; k++) {
                sum += weightHh[g * size + k] * h[k];
            }
            gates[g] = sum;
        }
        for (int i = 0; i < size; i++) {
            c[i] = sigmoid(gates[size + i]) * c[i] + sigmoid(gates[i]) * Math.tanh(gates[2 * size + i]);
            h[i] = sigmoid(gates[3 * size + i]) * Math.tanh(c[i]);
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
