package dev.rnnc.generic;

import static dev.rnnc.generic.Witness.same;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.LoopVerifier;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.opt.RemoveDropout;
import dev.rnnc.compiler.opt.RoundWeights;
import dev.rnnc.compiler.opt.SelectRoots;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs one program of a model as generated code and, unoptimised, in the generic engine in double, on the same random
 * parameters and data, with states carried from run to run; all results must agree.
 */
final class Differential {
    private final Model model;
    private final ProgramKind kind;
    private final Graph graph;
    private final Program program;
    private final int batch;
    private final Map<String, double[]> parameters = new HashMap<>();
    private final Map<String, double[]> states = new HashMap<>();
    private final Random random = new Random(42);
    private final double scale;

    private Differential(Model model, CompileOptions options) {
        this.model = model;
        this.kind = options.programs().iterator().next();
        this.batch = options.batch();
        this.scale = model.spec().precision() == Precision.FLOAT ? 2e-5 : 1e-10;
        this.graph = reference(model, kind, options);
        Compiler.plan(model, options).lanes().forEach(l -> l.programs().forEach(LoopVerifier::verify));
        CompiledModel compiled = Compiler.load(model, options);
        Parameters own = new Parameters(compiled.spec());
        for (ParameterSpec parameter : model.spec().parameters()) {
            double bound = 1 / Math.sqrt(Math.max(1, parameter.shape().getLast()));
            double[] values = Arrays.stream(reals(parameter.size()))
                    .map(x -> (float) (bound * x))
                    .toArray();
            parameters.put(parameter.name(), values);
            own.set(parameter.name(), values);
        }
        this.program = compiled.newProgram(kind, own);
    }

    /**
     * Checks runs of {@code runs} steps each.
     *
     * @param lanes lanes of the generated code
     * @param steps the most steps it is compiled for
     */
    static void check(String text, ProgramKind kind, int lanes, int steps, int batch, int... runs) {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", text));
        assertThat(checked.model()).as(checked.render()).isPresent();
        check(
                checked.model().orElseThrow(),
                CompileOptions.of(kind).sized(steps, batch).lanes(lanes),
                runs);
    }

    /**
     * Checks runs of {@code runs} steps each.
     *
     * @param options one program, its sizes, one lane count, and whether sequences come with lengths
     */
    static void check(Model model, CompileOptions options, int... runs) {
        Differential differential = new Differential(model, options);
        try (differential.program) {
            for (int run : runs) {
                differential.run(run);
            }
        }
    }

    private static Graph reference(Model model, ProgramKind kind, CompileOptions options) {
        Graph graph = BuildGraph.build(
                model,
                BuildOptions.of(model)
                        .withSteps(options.steps())
                        .withLengths(options.lengths())
                        .generating(kind == ProgramKind.STEP));
        boolean gradients = kind == ProgramKind.TRAINING || kind == ProgramKind.INSPECTION;
        if (gradients) {
            Set<Op> leaves = graph.values().stream().map(Value::op).collect(Collectors.toSet());
            Set<String> inputs = model.spec().ports(Role.INPUT).stream()
                    .filter(p -> kind == ProgramKind.INSPECTION && p.element() == Element.REAL)
                    .map(PortSpec::name)
                    .filter(name -> leaves.contains(new Op.Input(name)))
                    .collect(Collectors.toSet());
            graph = Differentiate.gradients(graph, inputs);
        }
        boolean loss = gradients || kind == ProgramKind.EVALUATION;
        if (!loss) {
            graph = SelectRoots.apply(graph, EnumSet.of(RootKind.OUTPUT, RootKind.LAYER, RootKind.STATE));
            graph = dev.rnnc.compiler.opt.RemoveDeadValues.apply(graph);
        }
        if (model.roundedWeights() && !gradients) {
            graph = RoundWeights.apply(graph);
        }
        return kind == ProgramKind.TRAINING ? graph : RemoveDropout.apply(graph);
    }

    private void run(int steps) {
        GenericEngine engine = new GenericEngine(graph, steps, batch);
        parameters.forEach((name, values) -> {
            if (reads(new Op.Parameter(name))) {
                engine.parameter(name, values);
            }
        });
        states.forEach((name, values) -> {
            if (reads(new Op.State(name))) {
                engine.state(name, values);
            }
        });
        engine.seed(7);
        program.seed(7);
        for (PortSpec port : program.spec().ports()) {
            if (port.role() == Role.INPUT || port.role() == Role.TARGET) {
                bind(engine, port, steps);
            }
        }
        engine.run();
        program.run(steps);
        for (Graph.Root root : graph.roots()) {
            compare(root, engine.result(root.kind(), root.name()), steps);
        }
    }

    private boolean reads(Op leaf) {
        return graph.values().stream().anyMatch(v -> v.op().equals(leaf));
    }

    private void bind(GenericEngine engine, PortSpec port, int steps) {
        int length = Ports.length(program, port, steps);
        boolean read = reads(new Op.Input(port.name()));
        if (port.element() == Element.TOKEN) {
            boolean lengths = port.name().endsWith(Model.LENGTHS);
            int[] tokens = random.ints(length, 0, lengths ? steps + 1 : port.vocabulary())
                    .toArray();
            Ports.write(program, port, tokens, steps);
            if (read) {
                engine.bindTokens(port.name(), tokens);
            }
        } else {
            double[] values = reals(length);
            Ports.write(program, port, values, steps);
            if (read) {
                engine.bind(port.name(), values);
            }
        }
    }

    private void compare(Graph.Root root, double[] expected, int steps) {
        String what = "%s %s after %d steps, batch %d".formatted(root.kind(), root.name(), steps, batch);
        switch (root.kind()) {
            case LOSS -> same(what, new double[] {program.loss()}, expected, scale);
            case GRADIENT -> same(what, Ports.gradient(program, root.name(), steps), expected, 10 * scale);
            case INPUT_GRADIENT, STATE_GRADIENT ->
                same(what, Ports.gradient(program, "grad." + root.name(), steps), expected, 10 * scale);
            case STATE -> {
                double[] found = Ports.read(program, Ports.port(program, root.name()), steps);
                same(what, found, expected, scale);
                // Both go on from the same numbers, so that errors do not add up over runs.
                states.put(root.name(), found);
            }
            case OUTPUT, LAYER, ACTIVATION ->
                program.spec().ports().stream()
                        .filter(p -> p.name().equals(root.name())
                                && p.role().name().equals(root.kind().name()))
                        .forEach(p -> same(what, Ports.read(program, p, steps), expected, scale));
        }
    }

    /** Numbers that floats hold exactly. */
    private double[] reals(int count) {
        return random.doubles(count, -1, 1).map(x -> (float) x).toArray();
    }
}
