package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradients of what the library defines agree with central differences. */
class LibraryGradientTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "relu",
                "leaky_relu",
                "elu",
                "selu",
                "gelu",
                "silu",
                "softplus",
                "softsign",
                "hard_sigmoid",
                "softmax",
                "log_softmax",
                "layernorm",
                "tanh",
                "sigmoid",
                "exp",
                "abs"
            })
    void activations(String name) {
        check("input x : real[4] sequence  target g : real[4] sequence  output y = %s(x)  loss sum(y * g)"
                .formatted(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rnn(x, 3)",
                "rnn_relu(x, 3)",
                "lstm(x, 3)",
                "lstmp(x, 3, C: 5)",
                "gru(x, 3)",
                "dense(x, 3)",
                "rnn_nobias(x, 3)",
                "rnn_relu_nobias(x, 3)",
                "lstm_nobias(x, 3)",
                "lstmp_nobias(x, 3, C: 5)",
                "gru_nobias(x, 3)",
                "dense_nobias(x, 3)",
                "gru_reset_before(x, 3)",
                "lstm_peephole(x, 3)",
                "lstm_coupled(x, 3)",
                "mgu(x, 3)",
                "indrnn(x, 3)",
                "sru(dense(x, 3))",
                "ligru(x, 3)",
                "lstm_layernorm(x, 3)",
                "gru_layernorm(x, 3)",
                "lstm_zoneout(x, 3, zone_h: 0.3)",
                "lstm_dropout(x, 3)",
                "backward(gru(x, 3))",
                "dense(bidirectional(lstm(x, 2)), 3)",
                "attention(rnn(x, 3), dense(x, 3))",
                "attention(gru(x, 2), dense(x, 2), dense(x, 3))",
                "attention_general(rnn(x, 5), dense(x, 3))",
                "attention_projected(rnn(x, 5), x, A: 3)",
                "attention_additive(rnn(x, 5), dense(x, 3), A: 4)",
                "dense(previous(x, start: 2), 3)"
            })
    void cells(String call) {
        check("input x : real[4] sequence  target g : real[3] sequence  output y = %s  loss sum(y * g)"
                .formatted(call));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mse(y, g)", "mae(y, g)", "huber(y, g)", "bce(sigmoid(y), g)"})
    void losses(String loss) {
        check("input x : real[4] sequence  target g : real[3] sequence  output y = dense(x, 3)  loss %s"
                .formatted(loss));
    }

    @ParameterizedTest
    @ValueSource(strings = {"first(h)", "last(h)", "sum(h)", "mean(h)", "max(h)", "final(h)", "final(h.c)"})
    void manyToOne(String end) {
        String words = "input words : token(%d) sequence  ".formatted(GradientCheck.VOCABULARY);
        check(words
                + "target g : real[3]  layer h = lstm(embed(words, 4), 3)  output y = tanh(%s)  loss sum(y * g)"
                        .formatted(end));
    }

    @Test
    void weightedCrossEntropyOfSequences() {
        check(("input x : real[4] sequence  target t : token(%d) sequence  output y = dense(x, %1$d)  "
                        + "loss weighted_crossentropy(y, t, [1, 2, 0.5, 3, 1])")
                .formatted(GradientCheck.VOCABULARY));
    }

    private static void check(String statements) {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", "model Test { " + statements + " }"));
        assertThat(checked.render()).isEmpty();
        GradientCheck.check(BuildGraph.build(checked.model().orElseThrow()));
    }
}
