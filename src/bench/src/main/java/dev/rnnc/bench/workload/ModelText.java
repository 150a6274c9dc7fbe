package dev.rnnc.bench.workload;

import dev.rnnc.runtime.spec.Precision;

/** The models of all workloads, as {@code .rnn} texts. */
final class ModelText {
    static final double RATE = 0.001;

    private ModelText() {}

    /** The model of a workload, in that precision. */
    static String of(Workload w, Precision precision) {
        StringBuilder text = new StringBuilder("model Bench {\n");
        if (precision == Precision.DOUBLE) {
            text.append("  precision double\n");
        } else if (w.weights() == Workload.Weights.BF16) {
            text.append("  precision weights bf16\n");
        }
        return text.append(w.vocabulary() > 0 ? ofTokens(w) : ofNumbers(w))
                .append("}\n")
                .toString();
    }

    private static String ofTokens(Workload w) {
        StringBuilder text = new StringBuilder("""
                  input  text : token(%1$d) sequence
                  target next : token(%1$d) sequence
                  layer  x = embed(text, %2$d)
                """.formatted(w.vocabulary(), w.inputs()));
        String input = "x";
        for (int i = 1; i <= w.layers(); i++) {
            text.append("  layer  h%d = %s(%s, %d)\n".formatted(i, w.cell().call(), input, w.hidden()));
            input = "h" + i;
        }
        return text.append("""
                          output y = dense(%s, %d)
                          loss crossentropy(y, next)
                          train { steps %d  batch %d  optimizer adam(rate: %s) }
                        """.formatted(input, w.vocabulary(), w.steps(), w.batch(), RATE))
                .toString();
    }

    private static String ofNumbers(Workload w) {
        boolean training = w.work() == Work.TRAINING;
        StringBuilder text = new StringBuilder("  input  x : real[%d] sequence\n".formatted(w.inputs()));
        if (training) {
            text.append("  target goal : real[%d] sequence\n".formatted(w.hidden()));
        }
        String input = "x";
        for (int i = 1; i <= w.layers(); i++) {
            String role = i == w.layers() ? "output" : "layer ";
            text.append("  %s h%d = %s(%s, %d)\n".formatted(role, i, w.cell().call(), input, w.hidden()));
            input = "h" + i;
        }
        if (training) {
            text.append("  loss mse(%s, goal)\n".formatted(input));
        }
        return text.append("  train { steps %d  batch %d }\n".formatted(w.steps(), w.batch()))
                .toString();
    }
}
