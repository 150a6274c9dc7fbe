package dev.rnnc.bench.engine;

import dev.rnnc.bench.workload.Dataset;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Work;
import dev.rnnc.bench.workload.Workload;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.generic.GraphEngine;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.ParameterSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/** A problem with a generic engine of either precision. */
final class GenericSession implements Session {
    private final Problem problem;
    private final Workload workload;
    private final Dataset data;
    private final GraphEngine<?> engine;
    private final Parameters parameters;
    private final Optimizer optimizer;
    private final MemorySegment gradients;
    private final float[] input;
    private int calls;

    GenericSession(Problem problem, Model model, GraphEngine<?> engine) {
        this.problem = problem;
        this.workload = problem.workload();
        this.data = problem.data();
        this.engine = engine;
        this.parameters = problem.parameters(model);
        this.optimizer = workload.adam() ? Optimizer.create(model.spec().train().optimizer(), model.spec()) : null;
        this.gradients = Arena.ofAuto().allocate(parameters.data().byteSize(), 64);
        this.input = new float[workload.inputs()];
        engine.parameters(parameters);
        if (workload.vocabulary() == 0 && workload.work() != Work.STEP) {
            engine.bind("x", data.inputs());
            if (data.goals().length > 0) {
                engine.bind("goal", data.goals());
            }
        }
    }

    @Override
    public void run() {
        if (workload.work() == Work.STEP) {
            System.arraycopy(data.inputs(), calls++ % Dataset.STEPS * input.length, input, 0, input.length);
            engine.bind("x", input);
            engine.run();
            engine.carryStates();
            return;
        }
        if (workload.vocabulary() > 0) {
            int batch = calls++ % Dataset.BATCHES;
            engine.bindTokens("text", data.tokens()[batch]);
            engine.bindTokens("next", data.targets()[batch]);
        }
        engine.run();
        if (optimizer != null) {
            engine.gradients(gradients, parameters.spec());
            optimizer.step(parameters, gradients);
            engine.parameters(parameters);
        }
    }

    @Override
    public Map<String, double[]> answers() {
        Map<String, double[]> answers = new LinkedHashMap<>();
        switch (workload.work()) {
            case STEP -> {
                int width = workload.hidden();
                double[] outputs = new double[CHECKED_STEPS * width];
                engine.resetStates();
                for (int step = 0; step < CHECKED_STEPS; step++) {
                    run();
                    System.arraycopy(output(), 0, outputs, step * width, width);
                }
                answers.put(OUTPUT, outputs);
            }
            case SEQUENCE -> {
                run();
                answers.put(OUTPUT, output());
            }
            case TRAINING -> {
                double[] losses = new double[Session.checkedUpdates(problem)];
                for (int update = 0; update < losses.length; update++) {
                    run();
                    losses[update] = engine.number(RootKind.LOSS, "loss");
                    if (update == 0) {
                        for (ParameterSpec parameter : parameters.slices()) {
                            answers.put(
                                    GRADIENT + parameter.name(), engine.result(RootKind.GRADIENT, parameter.name()));
                        }
                    }
                }
                answers.put(LOSS, losses);
            }
        }
        return answers;
    }

    private double[] output() {
        return engine.result(RootKind.OUTPUT, "h" + workload.layers());
    }
}
