package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.compiler.sema.SampleTexts;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Models of every topology, with every cell of the library, in sizes that fit lines and vectors and that do not. */
final class ModelTexts {
    /** The calls of every recurrent cell of the library, for {@code %s} inputs {@code x} and size {@code %d}. */
    static final List<String> CELLS =
            List.of("rnn(%s, %d)", "rnn_relu(%s, %d)", "lstm(%s, %d)", "lstmp(%s, %d, C: 7)", "gru(%s, %d)");

    private ModelTexts() {}

    /** The sample model. */
    static String characterModel() {
        try {
            return Files.readString(Path.of("../../samples/char-lm/char-lm.rnn"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two layers of a cell behind real inputs, with a loss over all steps. */
    static String stack(String call, int inputs, int size) {
        return """
                model Stack {
                  input x : real[%d] sequence
                  target wanted : real[%d] sequence
                  layer a = %s
                  output b = %s
                  loss mse(b, wanted)
                  train { steps 5 batch 3 }
                }
                """.formatted(inputs, size, call.formatted("x", size), call.formatted("dropout(a, 0.2)", size));
    }

    /** All models, by a name. */
    static Map<String, String> all() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("char-lm", characterModel());
        for (String cell : CELLS) {
            for (int size : new int[] {1, 5, 17, 33}) {
                texts.put(cell.formatted("x", size), stack(cell, size == 5 ? 3 : size, size));
            }
        }
        texts.put(
                "gru in double", stack("gru(%s, %d)", 3, 5).replace("model Stack {", "model Stack { precision double"));
        texts.put("many to one", """
                model Sentiment {
                  input words : token(11) sequence
                  target label : token(3)
                  layer h = lstm(embed(words, 5), 17)
                  output logits = dense(last(h), 3)
                  loss crossentropy(logits, label)
                  train { steps 6 batch 5 }
                }
                """);
        texts.put("a table that ends the parameters", """
                model Table {
                  input words : token(16) sequence
                  target wanted : real[5] sequence
                  output x = embed(words, 5)
                  loss mse(x, wanted)
                  train { steps 6 batch 5 }
                }
                """);
        for (int width : new int[] {5, 16}) {
            texts.put("few rows of a table of width " + width + ", from two inputs", """
                    model Sparse {
                      input words : token(200) sequence
                      input topic : token(200)
                      target wanted : real[%d] sequence
                      layer a = embed(words, %d)
                      layer b = share(a, topic)
                      output y = a + b
                      loss mse(y, wanted)
                      train { steps 6 batch 5 optimizer sgd(rate: 0.1) }
                    }
                    """.formatted(width, width));
        }
        texts.put("an input that only the loss reads", """
                model Weighted {
                  input x : real[3] sequence
                  input weight : real[4] sequence
                  input unread : real[2]
                  target wanted : real[4] sequence
                  output y = gru(x, 4)
                  loss mean(weight * (y - wanted) ^ 2)
                  train { steps 6 batch 5 }
                }
                """);
        texts.put("a weight for each of 300 classes", """
                model Weights {
                  input x : real[4] sequence
                  target g : token(300) sequence
                  output y = dense(x, 300)
                  loss weighted_crossentropy(y, g, [%s])
                  train { steps 3 batch 2 }
                }
                """.formatted(
                        "1, 0.5, 2, 3, 0.25, ".repeat(60).replaceAll(", $", "")));
        texts.put("constants times a product", """
                cell scaled(x[X]) -> h[H] {
                  state h[H]
                  param w[H, X], u[H, H] ~ uniform(0.1)
                  h' = tanh([1, 2, 3, 4, 5, 6, 7, 0.5] * (w @ x) + u @ h) * [8, 7, 6, 5, 4, 3, 2, 0.25]
                }
                model Constants {
                  input x : real[4] sequence
                  target g : real[8] sequence
                  output y = scaled(x, 8)
                  loss mse(y, g)
                  train { steps 4 batch 3 }
                }
                """);
        String scored = """
                cell scored(x[K], l : token(K)) -> a { state a  a' = a + pick(x, l) }
                model Scored {
                  input x : real[3] sequence
                  target l : token(4) sequence
                  layer e = %s
                  output h = dense(%s, 4)
                  loss mean(final(scored(h, l)))
                  train { steps 6 batch 5 }
                }
                """;
        texts.put("a state in a loss that reads a target", scored.formatted("x * 2", "e"));
        texts.put(
                "a state in a loss that reads a target that is fed back",
                scored.formatted("gru(concat(embed(previous(l), 3), x), 3)", "e"));
        for (int i = 0; i < SampleTexts.ALL.size(); i++) {
            texts.put("sample text " + i, SampleTexts.ALL.get(i));
        }
        return texts;
    }

    /** The programs that a model has. */
    static ProgramKind[] kinds(Model model) {
        return Compiler.programs(model).toArray(ProgramKind[]::new);
    }

    /** The model that a text states. */
    static Model model(String text) {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", text));
        assertThat(checked.model()).as(checked.render()).isPresent();
        return checked.model().orElseThrow();
    }
}
