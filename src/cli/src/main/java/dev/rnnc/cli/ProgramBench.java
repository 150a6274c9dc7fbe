package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Costs;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.generic.GenericFloatEngine;
import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.probe.PairedTimer;
import dev.rnnc.runtime.probe.Readings;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.train.WarmUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** Measures one program of a model, as generated code and on the generic engine, with the same data and weights. */
final class ProgramBench {
    /** Blocks of each, between which the two change places. */
    private static final int BLOCKS = 20;

    private static final double AGREEMENT = 1e-3;
    private static final String LOSS = "loss";

    /**
     * What was measured.
     *
     * @param flops FLOP of one call
     * @param weightBytes weights that one time step reads
     * @param generated readings of generated code
     * @param generic readings of the generic engine; empty in double precision, which it has no vectors for
     * @param difference the largest one between their outputs, or losses, as a share of the largest value, or of 1
     * @param differsIn where it is
     */
    record Result(
            ProgramKind kind,
            int steps,
            int batch,
            double flops,
            double weightBytes,
            Readings generated,
            Optional<Readings> generic,
            double difference,
            String differsIn) {
        boolean disagrees() {
            return !(difference <= AGREEMENT);
        }
    }

    /** The largest difference and where it is. */
    private record Difference(double size, String where) {}

    private final ProgramKind kind;
    private final int steps;
    private final int batch;
    private final ModelSpec model;
    private final Graph graph;
    private final Backend.Source source;
    private final Program program;
    private final GradientExtent extent;
    private final Parameters parameters;
    private final Optional<GenericFloatEngine> engine;
    private final Parameters genericParameters;
    private final MemorySegment genericGradients;

    ProgramBench(Backend.Source source, ProgramKind kind, int steps, int batch, int lanes, Optional<Unroll> unroll) {
        this.source = source;
        this.kind = kind;
        this.steps = steps;
        this.batch = batch;
        this.model = source.spec();
        this.graph = source.optimized(kind, steps);
        this.parameters = first();
        this.genericParameters = first();
        this.program = source.load(CompileOptions.of(kind)
                        .sized(steps, batch)
                        .training(steps, batch)
                        .lanes(lanes)
                        .unrolled(unroll))
                .newProgram(kind, parameters);
        this.extent = new GradientExtent(model, program.spec());
        this.engine = model.precision() == Precision.FLOAT
                ? Optional.of(new GenericFloatEngine(graph, steps, batch))
                : Optional.empty();
        this.genericGradients = Arena.ofAuto().allocate(genericParameters.data().byteSize(), 64);
        program.refresh();
        engine.ifPresent(generic -> generic.parameters(genericParameters));
        fill();
    }

    private Parameters first() {
        Parameters values = new Parameters(model);
        Initialization.fill(values, 1);
        return values;
    }

    /** Random inputs, the same for both. */
    private void fill() {
        CounterRandom random = new CounterRandom(1, 1);
        for (PortSpec port : program.spec().ports()) {
            if (port.role() != Role.INPUT && port.role() != Role.TARGET) {
                continue;
            }
            // An input that nothing depends on is no part of the graph.
            boolean read = graph.values().stream().anyMatch(v -> v.op().equals(new Op.Input(port.name())));
            int size = Ports.length(program, port, steps);
            if (port.element() == Element.TOKEN) {
                int[] tokens = new int[size];
                for (int i = 0; i < size; i++) {
                    tokens[i] = random.nextInt(port.vocabulary());
                }
                Ports.write(program, port, tokens, steps);
                engine.filter(_ -> read).ifPresent(generic -> generic.bindTokens(port.name(), tokens));
            } else {
                float[] values = new float[size];
                for (int i = 0; i < size; i++) {
                    values[i] = (float) random.nextUniform();
                }
                Ports.write(program, port, values, steps);
                engine.filter(_ -> read).ifPresent(generic -> generic.bind(port.name(), values));
            }
        }
    }

    /** Compares, warms up, measures and frees. */
    Result measure(double seconds) {
        try (program) {
            Optimizer ours = optimizer();
            Optimizer other = optimizer();
            Runnable generated = () -> runGenerated(ours);
            WarmUp.run(program);
            Difference compared = compare();
            List<Runnable> works =
                    engine.isPresent() ? List.of(generated, () -> runGeneric(other)) : List.of(generated);
            List<Readings> readings =
                    new PairedTimer(BLOCKS, seconds / (BLOCKS * works.size()), seconds / works.size()).measure(works);
            return new Result(
                    kind,
                    steps,
                    batch,
                    Costs.flops(graph, steps, batch),
                    weightBytes(),
                    readings.getFirst(),
                    readings.stream().skip(1).findFirst(),
                    compared.size(),
                    compared.where());
        }
    }

    private Optimizer optimizer() {
        return kind == ProgramKind.TRAINING && model.train() != null
                ? Optimizer.create(model.train().optimizer(), model)
                : null;
    }

    private double weightBytes() {
        Graph step = kind == ProgramKind.TRAINING ? source.optimized(ProgramKind.SEQUENCE, steps) : graph;
        return Costs.weightBytes(step, model.precision());
    }

    private void runGenerated(Optimizer optimizer) {
        if (kind != ProgramKind.STEP) {
            program.resetStates();
        }
        program.run(steps);
        if (optimizer != null) {
            extent.clear();
            extent.add(program);
            double norm = GradientClip.norm(program.gradients(), model, extent);
            GradientClip.apply(model.train().clip(), program.gradients(), model, extent, norm);
            optimizer.step(parameters, program.gradients(), extent);
            program.refresh();
        }
    }

    private void runGeneric(Optimizer optimizer) {
        GenericFloatEngine generic = engine.orElseThrow();
        generic.run();
        if (kind == ProgramKind.STEP) {
            generic.carryStates();
        }
        if (optimizer != null) {
            generic.gradients(genericGradients, model);
            GradientClip.apply(model.train().clip(), genericGradients, model);
            optimizer.step(genericParameters, genericGradients);
            generic.parameters(genericParameters);
        }
    }

    /** One run of each from the same start. */
    private Difference compare() {
        double worst = 0;
        String where = "nothing";
        if (engine.isPresent()) {
            runGenerated(null);
            runGeneric(null);
            for (Graph.Root root : graph.roots()) {
                boolean output = root.kind() == Graph.RootKind.OUTPUT;
                if (!output && root.kind() != Graph.RootKind.LOSS) {
                    continue;
                }
                double[] expected = engine.get().result(root.kind(), root.name());
                double[] values = output
                        ? Ports.read(program, Ports.port(program, root.name()), steps)
                        : new double[] {program.loss()};
                double difference = difference(values, expected);
                if (!(difference < worst)) {
                    worst = difference;
                    where = output ? root.name() : LOSS;
                }
            }
        }
        return new Difference(worst, where);
    }

    private static double difference(double[] values, double[] expected) {
        double scale = 1;
        double difference = 0;
        for (int i = 0; i < values.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(values[i] - expected[i]));
        }
        return difference / scale;
    }
}
