package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
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
            strings = {"rnn(x, 3)", "rnn_relu(x, 3)", "lstm(x, 3)", "lstmp(x, 3, C: 5)", "gru(x, 3)", "dense(x, 3)"})
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

    private static void check(String statements) {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", "model Test { " + statements + " }"));
        assertThat(checked.render()).isEmpty();
        GradientCheck.check(BuildGraph.build(checked.model().orElseThrow()));
    }
}
