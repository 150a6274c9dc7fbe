package dev.rnnc.compiler.sema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.ModelVerifier;
import dev.rnnc.runtime.spec.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How layers of several directions, shared layers and several inputs resolve. */
class TopologiesTest {
    private static Checked check(String statements) {
        return FrontEnd.check(new SourceText("test.rnn", "model M { input x : real[3] sequence " + statements + " }"));
    }

    private static Model model(String statements) {
        Checked checked = check(statements);
        assertThat(checked.render()).isEmpty();
        ModelVerifier.verify(checked.model().orElseThrow());
        return checked.model().orElseThrow();
    }

    private static List<String> parameters(Model model) {
        return model.spec().parameters().stream().map(p -> p.name()).toList();
    }

    private static List<String> ports(Model model, Role role) {
        return model.spec().ports(role).stream().map(p -> p.name() + p.shape()).toList();
    }

    @Test
    void aBidirectionalLayerHasParametersAndStatesForEachDirection() {
        Model model = model("output y = bidirectional(rnn(dense(x, 2), 4))");
        assertThat(parameters(model))
                .containsExactly(
                        "y.dense.weight",
                        "y.dense.bias",
                        "y.forward.weight_ih",
                        "y.forward.weight_hh",
                        "y.forward.bias_ih",
                        "y.forward.bias_hh",
                        "y.backward.weight_ih",
                        "y.backward.weight_hh",
                        "y.backward.bias_ih",
                        "y.backward.bias_hh");
        assertThat(ports(model, Role.STATE)).containsExactly("y.forward.h[4]", "y.backward.h[4]");
        assertThat(ports(model, Role.OUTPUT)).containsExactly("y[8]");
        assertThat(model.recurrences()).extracting(r -> r.backward()).containsExactly(false, true);
    }

    @Test
    void statesOfBothDirectionsAreReadTogetherOrApart() {
        Model model = model("""
                layer h = bidirectional(lstm(x, 4))
                output cells = h.c
                output one = h.forward.c
                output ends = concat(final(h), final(h.c), final(h.backward), final(h.backward.c))
                """);
        assertThat(ports(model, Role.OUTPUT)).containsExactly("cells[8]", "one[4]", "ends[24]");
    }

    @Test
    void initialStatesAreForBothDirectionsOrForOne() {
        String inputs = "input a : real[4]  input b : real[4]  output y = bidirectional(";
        assertThat(check(inputs + "gru(x, 4, initial: a)) + sum(b[0])").render())
                .contains("time steps");
        model(inputs + "gru(x, 4, initial: {forward.h: a, backward.h: b}))");
        model(inputs + "lstm(x, 4, initial: {h: a, forward.c: b}))");
        assertThat(check(inputs + "lstm(x, 4, initial: {h: a, forward.h: b}))").render())
                .contains("'forward.h' is given twice");
        assertThat(check(inputs + "lstm(x, 4, initial: {sideways.h: a, backward.h: b}))")
                        .render())
                .contains("forward.STATE and backward.STATE");
    }

    @Test
    void aBackwardLayerKeepsItsPlainNames() {
        Model model = model("output y = backward(gru(x, 4)) + gru(x, 4)");
        assertThat(parameters(model)).contains("y.weight_ih", "y.gru.weight_ih");
    }

    @Test
    void onlyACallOfACellWithStateHasADirection() {
        assertThat(check("output y = bidirectional(dense(x, 4))").render())
                .contains("'bidirectional' takes one call of a cell with state");
        assertThat(check("layer h = gru(x, 4) output y = backward(h)").render())
                .contains("'backward' takes one call of a cell with state");
    }

    @Test
    void sharedLayersHaveOneSetOfWeightsAndStatesOfTheirOwn() {
        Model model = model("""
                input z : real[3] sequence
                layer a = lstm(x, 4)
                layer b = share(a, z, initial: {c: final(a.c)})
                output y = concat(a, b)
                """);
        assertThat(parameters(model)).containsExactly("a.weight_ih", "a.weight_hh", "a.bias_ih", "a.bias_hh");
        assertThat(ports(model, Role.STATE)).containsExactly("a.h[4]", "a.c[4]", "b.h[4]", "b.c[4]");
    }

    @Test
    void embeddingsAndBidirectionalLayersCanBeShared() {
        Model model = model("""
                input s : token(9) sequence   input t : token(9) sequence
                layer e = embed(s, 3)
                layer f = share(e, t)
                layer a = bidirectional(gru(e, 4))
                output y = concat(a, share(a, f), share(a, x))
                """);
        assertThat(parameters(model)).hasSize(1 + 8);
        assertThat(ports(model, Role.STATE))
                .containsExactly(
                        "a.forward.h[4]",
                        "a.backward.h[4]",
                        "y.forward.h[4]",
                        "y.backward.h[4]",
                        "y.share.forward.h[4]",
                        "y.share.backward.h[4]");
    }

    @Test
    void aSharedCellSharesTheCellsWithinIt() {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", """
                cell block(x[X]) -> y[X] { y = x + dense(tanh(dense(x, X)), X) }
                model M {
                  input x : real[3]
                  layer a = block(x)
                  layer b = share(a, a)
                  output y = dense(share(b, b), 2)
                }
                """));
        assertThat(checked.render()).isEmpty();
        assertThat(parameters(checked.model().orElseThrow()))
                .containsExactly(
                        "a.dense2.weight", "a.dense2.bias", "a.dense.weight", "a.dense.bias", "y.weight", "y.bias");
    }

    @Test
    void whatCannotBeSharedIsReported() {
        assertThat(check("layer a = tanh(x) output y = share(a, x)").render())
                .contains("'a' is not a layer that is one call of a cell");
        assertThat(check("layer a = dense(x, 4) output y = share(a, a)").render())
                .contains("the weights of 'a' are for real[3], found real[4]");
        assertThat(check("layer a = gru(x, 4) output y = share(a, x, 5)").render())
                .contains("'share' takes 1 input, found 2 arguments");
        assertThat(check("layer a = gru(x, 4) output y = share()").render()).contains("share(layer, x)");
    }

    @Test
    void layersOfDifferentWidthsResidualsAndSeveralInputsAndTargetsGoTogether() {
        Model model = model("""
                input mood : token(3)
                input z : real[2] sequence
                target a : real[3] sequence   target b : token(4)
                layer h1 = gru(concat(x, z), 3)
                layer h2 = lstm(h1 + x, 7)
                layer h3 = rnn(h2, 3) + h1
                output series = h3
                output label = dense(concat(last(h2), embed(mood, 2)), 4)
                loss mse(series, a) + 0.5 * crossentropy(label, b)
                """);
        assertThat(ports(model, Role.OUTPUT)).containsExactly("series[3]", "label[4]");
        assertThat(ports(model, Role.TARGET)).hasSize(2);
    }

    @Test
    void aBackwardLayerCannotStartWhereTheWindowBeforeEnded() {
        String text = "target t : real[4] sequence output y = %s loss mse(y, t) train { stateful }";
        assertThat(check(text.formatted("bidirectional(rnn(x, 2))")).render())
                .contains("'y.backward' runs from the last step to the first");
        assertThat(check(text.formatted("rnn(x, 4)")).render()).isEmpty();
    }

    @Test
    void previousTakesTheNameOfASequence() {
        String words = "target w : token(4) sequence  target one : token(4)  ";
        model(words + "output y = dense(concat(x, one_hot(previous(w))), 4)  "
                + "loss crossentropy(y, w) + crossentropy(last(y), one)");
        assertThat(check(words + "layer h = gru(x, 3) output y = previous(h)").render())
                .contains("'previous' takes the name of a target or an input; 'h' is none");
        assertThat(check(words + "output y = one_hot(previous(one))").render()).contains("no time steps");
        assertThat(check(words + "output y = one_hot(previous(w, start: 4))").render())
                .contains("the start must be a token from 0 to 3, found 4");
        assertThat(check(words + "output y = one_hot(previous(w)) layer z = one_hot(previous(w, start: 1))")
                        .render())
                .contains("the same everywhere, 0");
        assertThat(check(words + "output y = one_hot(previous(w, begin: 1))").render())
                .contains("it is called previous(words)");
    }

    @Test
    void attentionNeedsAQueryAndASequenceOfKeysOfOneSize() {
        model("output y = attention(gru(x, 3), x)  output z = attention(last(x), x, gru(x, 5))");
        assertThat(check("output y = attention(gru(x, 4), x)").render())
                .contains("a query has 4 values, a key 3")
                .contains("attention_general");
        assertThat(check("output y = attention(x, last(x))").render()).contains("'last(x)' has no time steps");
        assertThat(check("output y = attention(x)").render()).contains("'attention' takes 2 or 3 arguments, found 1");
    }

    @Test
    void parametersStartAsTheirCellSays() {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", """
                cell forgetful(x[X]) -> h[H] {
                  state h[H]
                  param weight[2*H, X] ~ split(xavier_uniform(), orthogonal(2))
                  param kernel[H, X] ~ kaiming_normal()
                  param bias[2*H] ~ split(constant(0), constant(1))
                  i, f = split(weight @ x + bias, 2)
                  h' = sigmoid(f) * h + sigmoid(i) * (kernel @ x)
                }
                model M { input x : real[4] sequence output y = forgetful(x, 2) }
                """));
        assertThat(checked.render()).isEmpty();
        assertThat(checked.model().orElseThrow().spec().parameters())
                .extracting(p -> p.initializer().toString())
                .containsExactly(
                        "Blocks[blocks=[Uniform[bound=1.0], Orthogonal[gain=2.0]]]",
                        "Normal[deviation=0.7071067811865476]",
                        "Blocks[blocks=[Constant[value=0.0], Constant[value=1.0]]]");
    }

    @Test
    void initialisersThatDoNotFitAreReported() {
        String cell = "cell c(x[X]) -> y[X] { param w[X, X] ~ %s  param b[X] ~ %s  y = w @ x + b } "
                + "model M { input x : real[3] output y = c(x) }";
        assertThat(render(cell.formatted("split(orthogonal(), normal(1))", "constant(0)")))
                .contains("cut into 2 equal parts");
        assertThat(render(cell.formatted("xavier_normal(1, 2)", "constant(0)")))
                .contains("at most 1 argument, the gain");
        assertThat(render(cell.formatted("normal(1)", "orthogonal()")))
                .contains("orthogonal needs a parameter that is");
        assertThat(render(cell.formatted("normal(size)", "constant(0)"))).contains("unknown name 'size'");
        assertThat(render(cell.formatted("normal()", "constant(0)"))).contains("'normal' takes 1 argument, found 0");
        assertThat(render(cell.formatted("normal(1)", "xavier"))).contains("unknown name 'xavier'");
    }

    private static String render(String text) {
        return FrontEnd.check(new SourceText("test.rnn", text)).render();
    }
}
