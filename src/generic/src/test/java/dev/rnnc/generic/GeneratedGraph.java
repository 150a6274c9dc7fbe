package dev.rnnc.generic;

import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.LoopVerifier;
import dev.rnnc.compiler.lower.KernelPool;
import dev.rnnc.compiler.lower.Lowering;
import dev.rnnc.compiler.lower.Target;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a graph without a model: lowered, emitted, compiled and loaded. */
final class GeneratedGraph {
    private final Graph graph;
    private final ModelSpec model;
    private final int steps;
    private final int batch;

    /** @param steps the most steps of a run */
    GeneratedGraph(Graph graph, Precision precision, int steps, int batch) {
        this.graph = graph;
        this.steps = steps;
        this.batch = batch;
        Map<String, ParameterSpec> parameters = new LinkedHashMap<>();
        Map<String, PortSpec> ports = new LinkedHashMap<>();
        long offset = 0;
        for (Value v : graph.values()) {
            Type type = v.type();
            if (v.op() instanceof Op.Parameter p && !parameters.containsKey(p.name())) {
                ParameterSpec spec =
                        new ParameterSpec(p.name(), type.shape(), offset, new Initializer.Constant(0), null);
                parameters.put(p.name(), spec);
                offset += precision.padded(spec.size());
            } else if (v.op() instanceof Op.Input i) {
                ports.put(i.name(), port(i.name(), Role.INPUT, type));
            } else if (v.op() instanceof Op.State s) {
                ports.put(s.name(), port(s.name(), Role.STATE, type));
            }
        }
        for (Root root : graph.roots()) {
            if (root.kind() == RootKind.OUTPUT) {
                ports.put(
                        root.name(), port(root.name(), Role.OUTPUT, root.value().type()));
            }
        }
        this.model = new ModelSpec(
                "Tested",
                "0",
                CompiledModel.ABI,
                precision,
                List.copyOf(parameters.values()),
                Math.max(offset, precision.elementsPerLine()),
                List.copyOf(ports.values()),
                null);
    }

    private static PortSpec port(String name, Role role, Type type) {
        boolean token = type.element() == Element.TOKEN;
        return new PortSpec(
                name, role, type.element(), type.rows(), type.shape(), token ? GradientCheck.VOCABULARY : 0);
    }

    /** The results by root kind and name, for each lane count. */
    Map<Integer, Map<String, double[]>> run(
            List<Integer> laneCounts, int runSteps, Map<String, double[]> reals, Map<String, int[]> tokens) {
        List<PortSpec> ports = new ArrayList<>(model.ports());
        for (Root root : graph.roots()) {
            if (root.kind() == RootKind.INPUT_GRADIENT) {
                ports.add(port(
                        "grad." + root.name(), Role.INPUT_GRADIENT, root.value().type()));
            }
        }
        ProgramSpec spec = new ProgramSpec(ProgramKind.INSPECTION, steps, batch, ports);
        Map<Integer, Map<String, double[]>> results = new LinkedHashMap<>();
        for (int lanes : laneCounts) {
            KernelPool kernels = new KernelPool();
            var lowered = LoopVerifier.verify(Lowering.lower(graph, model, spec, Target.of(lanes), kernels));
            ClassPlan plan =
                    new ClassPlan(model, "test.rnn", "", List.of(new ClassPlan.Lanes(lanes, List.of(lowered))));
            results.put(lanes, run(Compiler.load(plan, BackendKind.BYTECODE), runSteps, reals, tokens));
        }
        return results;
    }

    private Map<String, double[]> run(
            CompiledModel compiled, int runSteps, Map<String, double[]> reals, Map<String, int[]> tokens) {
        Parameters parameters = new Parameters(compiled.spec());
        model.parameters().forEach(p -> parameters.set(p.name(), reals.get("parameter " + p.name())));
        Map<String, double[]> found = new LinkedHashMap<>();
        try (Program program = compiled.newProgram(ProgramKind.INSPECTION, parameters)) {
            // A longer run first: nothing of it may be left in the shorter one.
            int first = steps;
            for (PortSpec port : program.spec().ports()) {
                if (port.role() == Role.INPUT && port.element() == Element.REAL) {
                    double[] noise = new double[Ports.length(program, port, first)];
                    java.util.Arrays.fill(noise, 0.75);
                    Ports.write(program, port, noise, first);
                }
            }
            program.run(first);
            for (PortSpec port : program.spec().ports()) {
                if (port.role() == Role.STATE) {
                    Ports.write(program, port, new double[Ports.length(program, port, runSteps)], runSteps);
                }
                if (port.role() == Role.INPUT) {
                    if (port.element() == Element.REAL) {
                        Ports.write(program, port, reals.get("input " + port.name()), runSteps);
                    } else {
                        Ports.write(program, port, tokens.get(port.name()), runSteps);
                    }
                }
            }
            program.run(runSteps);
            for (Root root : graph.roots()) {
                found.put(
                        root.kind() + " " + root.name(),
                        switch (root.kind()) {
                            case LOSS -> new double[] {program.loss()};
                            case GRADIENT -> Ports.gradient(program, root.name());
                            case INPUT_GRADIENT, STATE_GRADIENT ->
                                Ports.read(program, Ports.port(program, "grad." + root.name()), runSteps);
                            case LOSS_PART ->
                                Ports.read(program, Ports.port(program, PortSpec.LOSS_PART + root.name()), runSteps);
                            case LOSS_COUNT ->
                                Ports.read(program, Ports.port(program, PortSpec.LOSS_COUNT + root.name()), runSteps);
                            case OUTPUT, STATE, LAYER, ACTIVATION ->
                                Ports.read(program, Ports.port(program, root.name()), runSteps);
                        });
            }
        }
        return found;
    }
}
