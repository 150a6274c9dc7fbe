package dev.rnnc.cli;

import dev.rnnc.cli.Backend.Cost;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.Costs;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.List;

/** The figures about work and memory in a model's report. */
final class ModelCosts {
    private ModelCosts() {}

    /** The figures of a model, with the sizes of its training settings where it has them. */
    static List<Cost> of(Model model) {
        List<Cost> costs = new ArrayList<>();
        TrainSettings train = model.spec().train();
        if (train != null && model.loss().isPresent()) {
            String size = " (%d steps x %d sequences)".formatted(train.steps(), train.batch());
            Graph graph = Compiler.optimized(model, ProgramKind.TRAINING);
            costs.add(new Cost("one training step" + size, Costs.flops(graph, train.steps(), train.batch()), "FLOP"));
            costs.add(new Cost("memory of that program", memory(model, CompileOptions.of(ProgramKind.TRAINING)), "B"));
        }
        Graph step = Compiler.optimized(model, ProgramKind.STEP);
        costs.add(new Cost("one time step of one sequence", Costs.flops(step, 1, 1), "FLOP"));
        costs.add(new Cost(
                "weights it reads", Costs.weightBytes(step, model.spec().precision()), "B"));
        CompileOptions single = CompileOptions.of(ProgramKind.STEP).sized(1, 1);
        costs.add(new Cost("memory of that program", memory(model, single), "B"));
        return costs;
    }

    private static double memory(Model model, CompileOptions options) {
        return Costs.bytes(
                Compiler.plan(model, options).lanes().getFirst().programs().getFirst());
    }
}
