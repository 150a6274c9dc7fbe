package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.LoopVerifier;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products that come again and again read large weights in turn from either end, and compute what they did before. */
class TurnedPanelsTest {
    private static final int STEPS = 5;
    private static final int INPUTS = 3;

    @ParameterizedTest
    @CsvSource({
        "lstm, auto, 16, BYTECODE",
        "lstm, auto, 16, JAVA",
        "lstm, 2, 8, BYTECODE",
        "lstm, 3, 4, JAVA",
        "lstm, full, 16, JAVA",
        "lstm, full, 1, BYTECODE",
        "gru, auto, 8, JAVA",
        "gru, 3, 1, BYTECODE"
    })
    void stepsOneByOneAndInOneRunGiveTheSameBits(String cell, String unroll, int lanes, BackendKind backend) {
        Model model = model(cell, 80);
        CompileOptions options = CompileOptions.of(ProgramKind.SEQUENCE, ProgramKind.STEP)
                .lanes(Math.min(lanes, Lanes.count()))
                .sized(STEPS, 1)
                .by(backend)
                .unrolled(Unroll.of(unroll));
        Compiler.plan(model, options).lanes().getFirst().programs().forEach(LoopVerifier::verify);
        CompiledModel compiled = Compiler.load(model, options);
        double[] x = new Random(5).doubles(STEPS * INPUTS, -1, 1).toArray();

        assertThat(oneByOne(compiled, x)).isEqualTo(inOneRun(compiled, x, STEPS));
    }

    @Test
    void trainingGivesTheSameBitsHoweverTheLoopIsUnrolled() {
        Model model = model("lstm", 80);
        CompileOptions options = CompileOptions.of(ProgramKind.TRAINING).sized(STEPS, 3);
        List<String> rolled =
                Runs.results(Compiler.load(model, options.unrolled(new Unroll.None())), ProgramKind.TRAINING, 5, 4, 1);

        for (String unroll : List.of("2", "3", "full")) {
            assertThat(Runs.results(
                            Compiler.load(model, options.unrolled(Unroll.of(unroll))), ProgramKind.TRAINING, 5, 4, 1))
                    .as("unroll %s", unroll)
                    .isEqualTo(rolled);
        }
    }

    @Test
    void weightsThatFitIntoTheFirstCacheAreReadOneWay() {
        assertThat(turned(model("lstm", 32), ProgramKind.SEQUENCE)).isEmpty();
        assertThat(turned(model("lstm", 32), ProgramKind.STEP)).isEmpty();
    }

    @Test
    void aLoopTurnsAtEachStepAndAProgramOfOneStepAtEachRun() {
        assertThat(turned(model("lstm", 128), ProgramKind.SEQUENCE))
                .isNotEmpty()
                .allMatch(Argument.EveryOther.class::isInstance);
        assertThat(turned(model("lstm", 128), ProgramKind.STEP))
                .isNotEmpty()
                .allMatch(Argument.EveryOtherRun.class::isInstance);
    }

    private static List<Argument> turned(Model model, ProgramKind kind) {
        LoopProgram program = Compiler.plan(
                        model, CompileOptions.of(kind).sized(STEPS, 1).unrolled(new Unroll.None()))
                .lanes()
                .getFirst()
                .programs()
                .getFirst();
        return calls(program.forward())
                .flatMap(call -> call.arguments().stream())
                .filter(a -> a instanceof Argument.EveryOther || a instanceof Argument.EveryOtherRun)
                .toList();
    }

    private static Stream<Step.Call> calls(List<Step> steps) {
        return steps.stream().flatMap(step -> switch (step) {
            case Step.Call call -> Stream.of(call);
            case Step.TimeLoop loop -> calls(loop.body());
            case Step.ChunkLoop loop -> calls(loop.body());
        });
    }

    private static double[] oneByOne(CompiledModel model, double[] x) {
        Parameters parameters = parameters(model);
        try (Program program = model.newProgram(ProgramKind.STEP, parameters)) {
            double[][] y = new double[STEPS][];
            for (int t = 0; t < STEPS; t++) {
                y[t] = run(program, Arrays.copyOfRange(x, t * INPUTS, (t + 1) * INPUTS), 1);
            }
            return Stream.of(y).flatMapToDouble(Arrays::stream).toArray();
        }
    }

    private static double[] inOneRun(CompiledModel model, double[] x, int steps) {
        try (Program program = model.newProgram(ProgramKind.SEQUENCE, parameters(model))) {
            return run(program, x, steps);
        }
    }

    private static Parameters parameters(CompiledModel model) {
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 3);
        return parameters;
    }

    private static double[] run(Program program, double[] x, int steps) {
        Ports.write(program, port(program, "x"), x, steps);
        program.run(steps);
        return Ports.read(program, port(program, "y"), steps);
    }

    private static PortSpec port(Program program, String name) {
        return program.spec().ports().stream()
                .filter(port -> port.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Model model(String cell, int units) {
        return ModelTexts.model("""
                model Turned {
                  input x : real[3] sequence
                  layer h = %s(x, %d)
                  output y = dense(h, 2)
                  loss sum(y * y)
                }
                """.formatted(cell, units));
    }
}
