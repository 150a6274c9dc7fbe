package dev.rnnc.generic;

import dev.rnnc.compiler.model.Model;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A recorded case as a model in our language, with what goes in and what must come out. Names of parameters, inputs
 * and results are the model's.
 *
 * @param recorded the case
 * @param text the model file
 * @param steps T
 * @param batch B
 * @param parameters from our name to PyTorch's
 * @param reals real-valued inputs and targets
 * @param tokens inputs and targets of tokens
 * @param outputs expected outputs
 * @param states expected states after the last step
 * @param inputGradients expected gradients of inputs
 */
public record TorchModel(
        TorchCase recorded,
        String text,
        int steps,
        int batch,
        Map<String, String> parameters,
        Map<String, double[]> reals,
        Map<String, int[]> tokens,
        Map<String, double[]> outputs,
        Map<String, double[]> states,
        Map<String, double[]> inputGradients) {

    /**
     * The model of a case {@code NNN-*}: a stack of layers {@code l0, l1, ...}, the last an output; with {@code
     * x.lengths} and {@code gy.lengths} where the sequences differ in length.
     */
    public static TorchModel recurrent(TorchCase recorded) {
        String cell = recorded.text("cell");
        boolean bias = recorded.text("bias").equals("True");
        boolean both = recorded.number("directions") == 2;
        int layers = recorded.number("layers");
        int hidden = recorded.number("hidden");
        int projected = recorded.number("proj");
        int width = projected > 0 ? projected : hidden;
        TorchModel model = empty(recorded, recorded.number("steps"), recorded.number("batch"));
        StringBuilder text = new StringBuilder("model Recorded {\n  precision double\n");
        text.append("  input x : real[%d] sequence\n".formatted(recorded.number("input")));
        text.append("  target gy : real[%d] sequence\n".formatted(both ? 2 * width : width));
        model.reals.put("x", recorded.tensor("x"));
        model.reals.put("gy", recorded.tensor("gy"));
        model.inputGradients.put("x", recorded.tensor("grad.x"));
        if (!recorded.lengths().isEmpty()) {
            int[] lengths =
                    recorded.lengths().stream().mapToInt(Integer::intValue).toArray();
            model.tokens.put("x.lengths", lengths);
            model.tokens.put("gy.lengths", lengths);
        }
        StringBuilder body = new StringBuilder();
        StringBuilder loss = new StringBuilder("  loss sum(l%d * gy)".formatted(layers - 1));
        String name = (projected > 0 ? "lstmp" : cell.equals("rnn_tanh") ? "rnn" : cell) + (bias ? "" : "_nobias");
        for (int i = 0; i < layers; i++) {
            String layer = "l" + i;
            StringBuilder initial = new StringBuilder();
            for (int d = 0; d < (both ? 2 : 1); d++) {
                String direction = both ? List.of(".forward", ".backward").get(d) : "";
                int index = both ? 2 * i + d : i;
                for (String state : cell.equals("lstm") ? List.of("h", "c") : List.of("h")) {
                    String start = state + "0_" + layer + direction.replace('.', '_');
                    String cotangent = "g" + state + "_" + layer + direction.replace('.', '_');
                    int size = state.equals("h") ? width : hidden;
                    text.append(
                            "  input %s : real[%d]\n  target %s : real[%d]\n".formatted(start, size, cotangent, size));
                    model.reals.put(start, recorded.layer(state + "0", index));
                    model.reals.put(cotangent, recorded.layer("g" + state + "n", index));
                    model.states.put(layer + direction + "." + state, recorded.layer(state + "_n", index));
                    model.inputGradients.put(start, recorded.layer("grad." + state + "0", index));
                    initial.append(initial.isEmpty() ? "" : ", ")
                            .append(both ? direction.substring(1) + "." : "")
                            .append(state)
                            .append(": ")
                            .append(start);
                    loss.append(" + sum(final(%s%s.%s) * %s)".formatted(layer, direction, state, cotangent));
                }
            }
            String call = "%s(%s, %d%s, initial: {%s})"
                    .formatted(
                            name, i == 0 ? "x" : "l" + (i - 1), width, projected > 0 ? ", C: " + hidden : "", initial);
            body.append("  %s %s = %s\n"
                    .formatted(
                            i == layers - 1 ? "output" : "layer", layer, both ? "bidirectional(" + call + ")" : call));
        }
        for (String key : recorded.file().tensors().keySet()) {
            if (key.startsWith("param.")) {
                String theirs = key.substring("param.".length());
                model.parameters.put(ours(theirs, both), theirs);
            }
        }
        model.outputs.put("l" + (layers - 1), recorded.tensor("y"));
        return model.withText(text.append(body).append(loss).append("\n}\n").toString());
    }

    /** Our name for PyTorch's {@code weight_ih_l0_reverse}: {@code l0.backward.weight_ih}. */
    private static String ours(String theirs, boolean both) {
        String direction = !both ? "" : theirs.endsWith("_reverse") ? ".backward" : ".forward";
        String forward = theirs.replace("_reverse", "");
        int end = forward.lastIndexOf("_l");
        return forward.substring(end + 1) + direction + "." + forward.substring(0, end);
    }

    /**
     * The model of a case {@code mNN-many-to-one-bi-*}: one bidirectional layer, linear on its final states.
     *
     * @param train the contents of the model's train block
     */
    public static TorchModel manyToOne(TorchCase recorded, String train) {
        String cell = recorded.name().substring(recorded.name().lastIndexOf('-') + 1);
        List<Integer> x = recorded.file().tensors().get("data.x").shape();
        List<Integer> linear =
                recorded.file().tensors().get("param.linear.weight").shape();
        TorchModel model = empty(recorded, x.get(0), x.get(1));
        model.reals.put("x", recorded.tensor("data.x"));
        model.tokens.put("label", recorded.tokens("data.target"));
        model.outputs.put("linear", recorded.tensor("out"));
        for (String key : recorded.file().tensors().keySet()) {
            if (key.startsWith("param.")) {
                String theirs = key.substring("param.".length());
                model.parameters.put(
                        theirs.startsWith("rnn.") ? ours(theirs.substring("rnn.".length()), true) : theirs, theirs);
            }
        }
        return model.withText(
                """
                model Recorded {
                  precision double
                  input  x     : real[%d] sequence
                  target label : token(%d)
                  layer  l0     = bidirectional(%s(x, %d))
                  output linear = dense(final(l0.h), %2$d)
                  loss crossentropy(linear, label)
                  train { steps %5$d batch %6$d %7$s }
                }
                """.formatted(x.get(2), linear.get(0), cell, linear.get(1) / 2, x.get(0), x.get(1), train));
    }

    /**
     * The model of a case {@code mNN-charlm-*}: embedding, two recurrent layers, linear, cross-entropy.
     *
     * @param train the contents of the model's train block
     */
    public static TorchModel characters(TorchCase recorded, String train) {
        String cell = recorded.name().substring(recorded.name().lastIndexOf('-') + 1);
        int steps = recorded.file().tensors().get("data.ids").shape().get(0);
        int batch = recorded.file().tensors().get("data.ids").shape().get(1);
        var embedding = recorded.file().tensors().get("param.embedding.weight").shape();
        int hidden =
                recorded.file().tensors().get("param.linear.weight").shape().get(1);
        TorchModel model = empty(recorded, steps, batch);
        model.tokens.put("ids", recorded.tokens("data.ids"));
        model.tokens.put("next", recorded.tokens("data.target"));
        model.outputs.put("linear", recorded.tensor("out"));
        for (String key : recorded.file().tensors().keySet()) {
            if (key.startsWith("param.rnn.")) {
                String name = key.substring("param.rnn.".length());
                int end = name.lastIndexOf("_l");
                model.parameters.put(name.substring(end + 1) + "." + name.substring(0, end), "rnn." + name);
            } else if (key.startsWith("param.")) {
                model.parameters.put(key.substring("param.".length()), key.substring("param.".length()));
            }
        }
        return model.withText("""
                model Recorded {
                  precision double
                  input  ids  : token(%1$d) sequence
                  target next : token(%1$d) sequence
                  layer  embedding = embed(ids, %2$d)
                  layer  l0 = %3$s(embedding, %4$d)
                  layer  l1 = %3$s(l0, %4$d)
                  output linear = dense(l1, %1$d)
                  loss crossentropy(linear, next)
                  train { steps %5$d batch %6$d %7$s }
                }
                """.formatted(embedding.get(0), embedding.get(1), cell, hidden, steps, batch, train));
    }

    /**
     * The model of a case {@code m10-encoder-decoder-*}. Source and target share one time axis, as long as the longer of
     * them, and have lengths.
     *
     * @param train the contents of the model's train block
     */
    public static TorchModel encoderDecoder(TorchCase recorded, String train) {
        var tensors = recorded.file().tensors();
        int sourceSteps = tensors.get("data.source").shape().get(0);
        int targetSteps = tensors.get("data.target").shape().get(0);
        int batch = tensors.get("data.source").shape().get(1);
        int steps = Math.max(sourceSteps, targetSteps);
        TorchModel model = empty(recorded, steps, batch);
        model.tokens.put("source", Arrays.copyOf(recorded.tokens("data.source"), steps * batch));
        model.tokens.put("given", Arrays.copyOf(recorded.tokens("data.target_in"), steps * batch));
        model.tokens.put("wanted", Arrays.copyOf(recorded.tokens("data.target"), steps * batch));
        model.tokens.put(
                "source.lengths",
                Collections.nCopies(batch, sourceSteps).stream()
                        .mapToInt(i -> i)
                        .toArray());
        for (String name : List.of("given.lengths", "wanted.lengths")) {
            model.tokens.put(
                    name,
                    Collections.nCopies(batch, targetSteps).stream()
                            .mapToInt(i -> i)
                            .toArray());
        }
        model.outputs.put("linear", recorded.tensor("out"));
        for (String key : tensors.keySet()) {
            if (key.startsWith("param.")) {
                String theirs = key.substring("param.".length());
                model.parameters.put(theirs.replaceAll("_l0$", ""), theirs);
            }
        }
        List<Integer> table = tensors.get("param.src.weight").shape();
        return model.withText("""
                model Recorded {
                  precision double
                  input  source : token(%1$d) sequence
                  input  given  : token(%1$d) sequence
                  target wanted : token(%1$d) sequence
                  layer  src     = embed(source, %2$d)
                  layer  encoder = lstm(src, %3$d)
                  layer  tgt     = embed(given, %2$d)
                  layer  decoder = lstm(tgt, %3$d, initial: {h: final(encoder), c: final(encoder.c)})
                  output linear  = dense(decoder, %1$d)
                  loss crossentropy(linear, wanted)
                  train { steps %4$d batch %5$d %6$s }
                }
                """.formatted(
                        table.get(0),
                        table.get(1),
                        tensors.get("param.linear.weight").shape().get(1),
                        steps,
                        batch,
                        train));
    }

    /** The resolved model. */
    Model model() {
        return Witness.model(recorded.name(), text);
    }

    /** Whether sequences have lengths of their own. */
    public boolean hasLengths() {
        return tokens.keySet().stream().anyMatch(name -> name.endsWith(".lengths"));
    }

    /** The real-valued inputs whose gradients are recorded. */
    public Set<String> differentiable() {
        return inputGradients.keySet();
    }

    private static TorchModel empty(TorchCase recorded, int steps, int batch) {
        return new TorchModel(
                recorded,
                "",
                steps,
                batch,
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>());
    }

    /** The same case as another text. */
    public TorchModel withText(String modelText) {
        return new TorchModel(
                recorded, modelText, steps, batch, parameters, reals, tokens, outputs, states, inputGradients);
    }
}
