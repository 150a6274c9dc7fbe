package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a draw of dropout holds for: a step, or all steps of a run. */
class DropoutTest {
    private static final int STEPS = 6;
    private static final int BATCH = 3;
    private static final int WIDTH = 40;

    private final Model model = model("""
            cell kept(x[X]) -> y[2*X] {
              state sum[X]
              sum' = sum + x
              y = concat(dropout(x, 0.5, mask: sequence), dropout(x, 0.5))
            }
            model M {
              input x : real[40] sequence
              output constant = dropout(x, 0.5, mask: sequence)
              output changing = dropout(x, 0.5)
              output within = kept(x)
            }
            """);

    @Test
    void oneDrawForAllStepsIsTheSameAtEachStepAndAnotherForEachSequence() {
        double[][] steps = steps(run(7, "constant"), WIDTH);
        assertThat(List.of(steps)).allSatisfy(step -> assertThat(step).isEqualTo(steps[0]));
        assertThat(Arrays.copyOf(steps[0], WIDTH))
                .containsOnly(0, 2)
                .isNotEqualTo(Arrays.copyOfRange(steps[0], WIDTH, 2 * WIDTH));
        double[][] others = steps(run(7, "changing"), WIDTH);
        assertThat(others[0]).isNotEqualTo(others[1]);
    }

    @Test
    void withinACellAsWell() {
        double[][] steps = steps(run(7, "within"), 2 * WIDTH);
        double[][] constant = Arrays.stream(steps).map(step -> half(step, 0)).toArray(double[][]::new);
        double[][] changing =
                Arrays.stream(steps).map(step -> half(step, WIDTH)).toArray(double[][]::new);
        assertThat(List.of(constant)).allSatisfy(step -> assertThat(step).isEqualTo(constant[0]));
        assertThat(changing[0]).isNotEqualTo(changing[1]);
        assertThat(constant[0]).isNotEqualTo(changing[0]);
    }

    @Test
    void anotherRunDrawsAnew() {
        assertThat(run(7, "constant")).isEqualTo(run(7, "constant")).isNotEqualTo(run(8, "constant"));
        assertThat(run(7, "within")).isNotEqualTo(run(8, "within"));
    }

    @Test
    void outsideOfTrainingNothingIsDropped() {
        CompiledModel compiled =
                Compiler.load(model, CompileOptions.of(ProgramKind.SEQUENCE).sized(STEPS, BATCH));
        try (Program program = compiled.newProgram(ProgramKind.SEQUENCE, new Parameters(compiled.spec()))) {
            Ports.write(program, Ports.port(program, "x"), ones(), STEPS);
            program.run(STEPS);
            for (String output : new String[] {"constant", "changing", "within"}) {
                assertThat(Ports.read(program, Ports.port(program, output), STEPS))
                        .containsOnly(1);
            }
        }
    }

    private double[] run(long seed, String output) {
        GenericEngine engine = new GenericEngine(BuildGraph.build(model), STEPS, BATCH);
        engine.seed(seed);
        engine.bind("x", ones());
        engine.run();
        return engine.result(RootKind.OUTPUT, output);
    }

    private static double[] ones() {
        double[] ones = new double[STEPS * BATCH * WIDTH];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static double[][] steps(double[] sequence, int width) {
        return IntStream.range(0, STEPS)
                .mapToObj(t -> Arrays.copyOfRange(sequence, t * BATCH * width, (t + 1) * BATCH * width))
                .toArray(double[][]::new);
    }

    /** A part of each row of a step. */
    private static double[] half(double[] step, int from) {
        return IntStream.range(0, BATCH * WIDTH)
                .mapToDouble(i -> step[i / WIDTH * 2 * WIDTH + from + i % WIDTH])
                .toArray();
    }

    private static Model model(String text) {
        Checked checked = FrontEnd.check(new SourceText("dropout.rnn", text));
        assertThat(checked.render()).isEmpty();
        return checked.model().orElseThrow();
    }
}
