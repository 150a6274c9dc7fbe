package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.ModelException;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.SequenceSources;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.generate.Generator;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A generator gives at each step what teacher forcing gives for the sequence that was generated. */
class GeneratorTest {
    private static final int DATA_STEPS = 7;
    private static final int BATCH = 3;
    private static final int[] LENGTHS = {4, 7, 1};

    private static final String CELLS = """
            cell listener(x[X], keys[K] sequence) -> h[H] {
              state h[H]
              param w[H, X + 2 * K], u[H, H] ~ uniform(1)
              a = attention_additive(h, keys, A: 7)
              h' = tanh(w @ concat(x, a, attend(keys[0] * h[0], keys)) + u @ dropout(h, 0.3, mask: sequence))
            }
            """;

    private static Model model(String statements) {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", CELLS + "model Test { " + statements + " }"));
        assertThat(checked.render()).isEmpty();
        return checked.model().orElseThrow();
    }

    private static final String ENCODER = "input words : token(6) sequence  target out : token(5) sequence "
            + "layer e = bidirectional(gru(embed(words, 4), 3))  layer y = embed(previous(out, start: 2), 4) ";

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                // An encoder's last state; what it says at every step; both.
                ENCODER + "layer d = gru(y, 6, initial: {h: final(e)})  output z = dense(d, 5) * 4",
                ENCODER + "layer d = lstm(concat(y, last(e)), 6)  output z = dense(concat(d, mean(e)), 5) * 4",
                ENCODER + "layer d = gru(y, 6, initial: {h: final(e)})  layer a = attention(d, e)"
                        + " output z = dense(tanh(dense(concat(a, d), 9)), 5) * 4",
                ENCODER + "layer d = gru(y, 8)  output z = dense(attention_general(d, e), 5) * 4",
                ENCODER + "layer d = gru(y, 8)  output z = dense(attention_projected(d, e, 4), 5) * 4",
                // Cells that read all that was encoded at each step.
                ENCODER + "layer d = listener(y, e, 8)  output z = dense(d, 5) * 4",
                ENCODER + "layer d = listener(concat(y, e), e, 8)  output z = dense(concat(d, e), 5) * 4",
                ENCODER + "layer d = gru(y, 8)  output z = dense(attention_additive(d, e, A: 4), 5) * 4",
                ENCODER + "layer d = gru(y, 6)  output z = dense(concat(attention(d, e), e), 5) * 4",
                // Data that come step by step beside what is fed back, as numbers and as tokens.
                ENCODER + "layer d = gru(concat(y, e), 8)  layer f = lstm(d + share(d, concat(y, e)), 5)"
                        + " output z = dense(f, 5) * 4 + one_hot(words)[:5]",
                ENCODER + "layer d = gru(concat(y, one_hot(previous(words))), 8) "
                        + " output z = dense(d, 5) * 4 + pick(dense(d, 6), words)",
                // No sequence among the data, or no data at all.
                "input image : real[3]  target out : token(5) sequence  layer y = embed(previous(out), 4) "
                        + "layer d = lstm(concat(image, y), 5, initial: {h: dense(image, 5)}) output z = dense(d, 5) * 4",
                "target out : token(5) sequence  layer d = gru(gru(embed(previous(out), 4), 4), 4)"
                        + " output z = dense(d, 5) * 4",
                // Real numbers, several at once.
                "input x : real[2] sequence  target v : real[2] sequence  target out : token(5) sequence "
                        + "layer d = gru(concat(x, previous(v, start: 0.5), one_hot(previous(out))), 5)"
                        + " output p = dense(d, 2)  output z = dense(d, 5) * 4",
                "target v : real sequence  layer d = rnn(gru([1, 2] * previous(v), 3), 3)  output p = dense(d, 1)[0]"
            })
    void whatIsGeneratedIsWhatTeacherForcingGives(String statements) {
        for (String precision : new String[] {"double", "float"}) {
            double tolerance = precision.equals("double") ? 1e-12 : 1e-5;
            compare(model("precision " + precision + "  " + statements), false, tolerance);
            compare(model("precision " + precision + "  " + statements), true, tolerance);
        }
    }

    private void compare(Model model, boolean ragged, double tolerance) {
        Generation generation = Generation.of(model);
        assertThat(generation.obstacle()).isEmpty();
        // The program that the generation begins with comes along.
        CompiledModel compiled = Compiler.load(
                model,
                new CompileOptions(Set.of(ProgramKind.DECODING, ProgramKind.SEQUENCE), DATA_STEPS, BATCH, List.of(), "")
                        .withLengths(ragged));
        Parameters parameters = new Parameters(compiled.spec());
        Initialization.fill(parameters, 1);
        Map<String, double[]> fed = new LinkedHashMap<>();
        Map<String, double[]> results = new LinkedHashMap<>();
        try (Generator generator = new Generator(compiled, parameters);
                Program whole = compiled.newProgram(ProgramKind.SEQUENCE, parameters)) {
            write(generator.encoder(), Map.of());
            generator.start(DATA_STEPS);
            Map<String, double[]> last = new LinkedHashMap<>();
            for (Generation.Feed feed : generation.feeds()) {
                int width =
                        feed.port().element() == Element.TOKEN ? 1 : feed.port().width();
                double[] start = new double[BATCH * width];
                Arrays.fill(start, feed.start());
                last.put(feed.port().name(), start);
            }
            for (int t = 0; t < DATA_STEPS; t++) {
                last.forEach((name, values) -> write(generator.decoder(), name, values));
                generator.step();
                for (Generation.Feed feed : generation.feeds()) {
                    double[] given = read(generator.decoder(), feed.output().name());
                    results.merge(feed.output().name(), given, GeneratorTest::append);
                    double[] next = feed.port().element() == Element.TOKEN ? largest(given) : given;
                    last.put(feed.port().name(), next);
                    fed.merge(feed.port().name(), next, GeneratorTest::append);
                }
            }
            write(whole, fed);
            whole.run(DATA_STEPS);
            for (Generation.Feed feed : generation.feeds()) {
                String name = feed.output().name();
                double[] expected = Ports.read(whole, Ports.port(whole, name), DATA_STEPS);
                double[] found = results.get(name);
                int width = feed.output().width();
                boolean cut = ragged && followsData(model, name);
                for (int i = 0; i < expected.length; i++) {
                    int row = i / width;
                    if (!cut || row / BATCH < LENGTHS[row % BATCH]) {
                        assertThat(found[i])
                                .as(name + " at " + i + (ragged ? ", ragged" : ""))
                                .isCloseTo(expected[i], within(tolerance));
                    }
                }
            }
        }
    }

    /** Whether an output ends where the data do. */
    private static boolean followsData(Model model, String output) {
        return SequenceSources.of(model).bindings().get(output).stream()
                .anyMatch(name -> name.equals("words") || name.equals("x"));
    }

    /** Writes data that depend on names alone, or those given. */
    private static void write(Program program, Map<String, double[]> fed) {
        for (PortSpec port : program.spec().ports()) {
            if (port.role() != Role.INPUT) {
                continue;
            }
            String sequence = port.name().replace(Model.LENGTHS, "");
            if (port.name().endsWith(Model.LENGTHS)) {
                int[] full = {DATA_STEPS, DATA_STEPS, DATA_STEPS};
                Ports.write(program, port, fed.containsKey(sequence) ? full : LENGTHS, DATA_STEPS);
            } else {
                write(program, port.name(), fed.getOrDefault(port.name(), data(port)));
            }
        }
    }

    private static double[] data(PortSpec port) {
        Random random = new Random(port.name().hashCode());
        int rows = port.rows() == Rows.SEQUENCE ? DATA_STEPS * BATCH : BATCH;
        return port.element() == Element.TOKEN
                ? random.ints(rows, 0, port.vocabulary()).asDoubleStream().toArray()
                : random.doubles(rows * port.width(), -1, 1).toArray();
    }

    private static void write(Program program, String name, double[] values) {
        PortSpec port = Ports.port(program, name);
        if (port.element() == Element.TOKEN) {
            Ports.write(
                    program, port, Arrays.stream(values).mapToInt(v -> (int) v).toArray(), DATA_STEPS);
        } else {
            Ports.write(program, port, values, DATA_STEPS);
        }
    }

    private static double[] read(Program program, String name) {
        return Ports.read(program, Ports.port(program, name), 1);
    }

    private static double[] append(double[] before, double[] more) {
        double[] both = Arrays.copyOf(before, before.length + more.length);
        System.arraycopy(more, 0, both, before.length, more.length);
        return both;
    }

    private static double[] largest(double[] scores) {
        double[] best = new double[BATCH];
        int width = scores.length / BATCH;
        for (int row = 0; row < BATCH; row++) {
            for (int i = 1; i < width; i++) {
                if (scores[row * width + i] > scores[row * width + (int) best[row]]) {
                    best[row] = i;
                }
            }
        }
        return best;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "backward(gru(y, 4)) | 'd' runs backward, from the last step to the first",
                "attention(y, gru(y, 4)) | its attention looks at all steps of what it generates",
                "y - mean(y) | it takes a sum, mean, minimum or maximum over all steps of what it generates",
                "y * first(y) | it looks at the first or last step of what it generates",
                "gru(y, 4, initial: final(q)) | it looks at the final state of 'q', which runs along what it generates"
            })
    void whatNeedsTheWholeResultIsNamed(String layer, String obstacle) {
        Model model = model(ENCODER + "layer q = gru(y, 4) layer d = " + layer + "  output z = dense(d, 5)");
        assertThat(Generation.of(model).obstacle()).contains(obstacle);
        assertThatThrownBy(() -> Compiler.load(model, CompileOptions.of(ProgramKind.DECODING)))
                .isInstanceOf(ModelException.class)
                .hasMessage("model Test cannot generate: " + obstacle);
    }
}
