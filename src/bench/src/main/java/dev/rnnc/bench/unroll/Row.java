package dev.rnnc.bench.unroll;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.TimeLoopPlan;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.generic.GenericFloatEngine;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.probe.PairedTimer;
import dev.rnnc.runtime.probe.Readings;
import dev.rnnc.runtime.spec.PortSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The measured times of one shape.
 *
 * @param shape the shape
 * @param choice steps a turn of each loop over time as the cost model chose them
 * @param nanos nanoseconds of a step: none, 2, 4, 8, full, the choice, the generic engine
 */
record Row(Shape shape, String choice, List<Double> nanos) {
    static final String HEADER = """
            | shape | none | 2 | 4 | 8 | full | choice | | choice / best | generic |
            |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|""";

    /** The fixed ways; the cost model's stands behind them. */
    private static final List<String> WAYS = List.of("none", "2", "4", "8", "full", "auto");

    private static final int CHOICE = WAYS.indexOf("auto");

    /** @param lanes the lane count, empty for this machine's */
    static Row measure(Shape shape, List<Integer> lanes, PairedTimer timer, LongSupplier clock) {
        Model model = FrontEnd.check(new SourceText("bench.rnn", shape.text()))
                .model()
                .orElseThrow();
        CompileOptions options = CompileOptions.of(shape.program())
                .sized(shape.steps(), shape.batch())
                .lanes(lanes.toArray(Integer[]::new));
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 1);
        float[] inputs = new float[shape.steps() * shape.batch() * shape.hidden()];
        Random random = new Random(1);
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextFloat(-1, 1);
        }
        List<Program> programs = new ArrayList<>();
        double[] expected = null;
        for (String way : WAYS) {
            Program program =
                    Compiler.load(model, options.unrolled(Unroll.of(way))).newProgram(shape.program(), parameters);
            programs.add(program);
            Ports.write(program, Ports.port(program, "x"), inputs, shape.steps());
            program.run(shape.steps());
            double[] answers = answers(program, shape);
            if (expected != null && !Arrays.equals(expected, answers)) {
                throw new IllegalStateException(shape.name() + " computes something else with 'unroll " + way + "'");
            }
            expected = answers;
        }
        GenericFloatEngine engine =
                new GenericFloatEngine(Compiler.optimized(model, shape.program()), shape.steps(), shape.batch());
        engine.parameters(parameters);
        engine.bind("x", inputs);
        List<Runnable> works = new ArrayList<>();
        programs.forEach(program -> works.add(() -> program.run(shape.steps())));
        works.add(engine::run);
        List<Double> nanos = timer.measure(works, clock).stream()
                .map(Readings::median)
                .map(call -> call / shape.steps())
                .toList();
        programs.forEach(Program::close);
        String choice = Compiler.loops(model, options.unrolled(new Unroll.Automatic())).stream()
                .map(TimeLoopPlan::turn)
                .map(turn -> turn == 1 ? "none" : turn.toString())
                .collect(Collectors.joining("/"));
        return new Row(shape, choice, nanos);
    }

    /** What every way must compute with the same bits. */
    private static double[] answers(Program program, Shape shape) {
        if (program.gradients() != null) {
            return Ports.gradient(
                    program, program.parameters().spec().parameters().getFirst().name());
        }
        PortSpec output = Ports.port(program, "h");
        return Ports.read(program, output, shape.steps());
    }

    /** The time of the choice as a multiple of the best. */
    double distance() {
        double best =
                nanos.subList(0, WAYS.size()).stream().min(Double::compare).orElseThrow();
        return nanos.get(CHOICE) / best;
    }

    /** A line of the table. */
    String line() {
        String times = nanos.subList(0, WAYS.size()).stream()
                .map(n -> String.format(Locale.ROOT, "%.1f", n))
                .collect(Collectors.joining(" | "));
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.2f | %.0f |",
                shape.name(),
                times,
                choice,
                distance(),
                nanos.getLast());
    }
}
