package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The cookbook's additive attention of one query for each sequence. */
class AdditiveAttentionTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```rnn\\n(cell additive_score.*?)^```$");
    private static final int STEPS = 5;
    private static final int[] LENGTHS = {3, 5, 0, 1};

    private final Model model = model();

    @Test
    void readsTheMeanOfValidStepsWeightedByTheSoftmaxOfTheirScores() {
        CompiledModel compiled = Compiler.load(
                model,
                CompileOptions.of(ProgramKind.INSPECTION)
                        .sized(STEPS, LENGTHS.length)
                        .withLengths(true));
        Parameters parameters = new Parameters(compiled.spec());
        Initialization.fill(parameters, 7);
        Random random = new Random(7);
        double[] question = random.doubles(LENGTHS.length * 8L, -1, 1).toArray();
        try (Program program = compiled.newProgram(ProgramKind.INSPECTION, parameters)) {
            Ports.write(
                    program,
                    Ports.port(program, "words"),
                    random.ints((long) STEPS * LENGTHS.length, 0, 50).toArray(),
                    STEPS);
            Ports.write(program, Ports.port(program, "words.lengths"), LENGTHS, STEPS);
            Ports.write(program, Ports.port(program, "question"), question, STEPS);
            program.run(STEPS);
            double[] h = Ports.read(program, Ports.port(program, "h"), STEPS);
            double[] read = Ports.read(program, Ports.port(program, "read"), STEPS);
            for (int row = 0; row < LENGTHS.length; row++) {
                double[] expected = new double[16];
                double sum = 0;
                for (int t = 0; t < LENGTHS[row]; t++) {
                    double power = Math.exp(score(parameters, question, row * 8, h, (t * LENGTHS.length + row) * 16));
                    sum += power;
                    for (int i = 0; i < 16; i++) {
                        expected[i] += power * h[(t * LENGTHS.length + row) * 16 + i];
                    }
                }
                for (int i = 0; i < 16; i++) {
                    assertThat(read[row * 16 + i])
                            .as("sequence of " + LENGTHS[row] + " steps")
                            .isCloseTo(sum == 0 ? 0 : expected[i] / sum, within(1e-12));
                }
            }
            assertThat(Ports.gradient(program, "score.weight_v")).doesNotContain(Double.NaN);
        }
    }

    @Test
    void itsGradientAgreesWithDifferences() {
        GradientCheck.check(BuildGraph.build(model));
        GradientCheck.check(BuildGraph.build(model, BuildOptions.of(model).withLengths(true)));
    }

    /** {@code v . tanh(W q + U k)} of a query and a key that begin at these places. */
    private static double score(Parameters parameters, double[] query, int q, double[] keys, int k) {
        double[] v = parameters.values("score.weight_v");
        double[] ofQuery = parameters.values("score.weight_q");
        double[] ofKey = parameters.values("score.weight_k");
        double score = 0;
        for (int a = 0; a < v.length; a++) {
            double sum = 0;
            for (int i = 0; i < 8; i++) {
                sum += ofQuery[a * 8 + i] * query[q + i];
            }
            for (int i = 0; i < 16; i++) {
                sum += ofKey[a * 16 + i] * keys[k + i];
            }
            score += v[a] * Math.tanh(sum);
        }
        return score;
    }

    /** The model as it stands in the cookbook, in double. */
    private static Model model() {
        try {
            Matcher block = BLOCK.matcher(Files.readString(Path.of("../../docs/cookbook.md")));
            assertThat(block.find()).isTrue();
            String text = block.group(1).replace("model Answer {", "model Answer { precision double");
            Checked checked = FrontEnd.check(new SourceText("answer.rnn", text));
            assertThat(checked.render()).isEmpty();
            return checked.model().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
