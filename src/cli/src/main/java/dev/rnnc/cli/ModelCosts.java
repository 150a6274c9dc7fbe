package dev.rnnc.cli;

import dev.rnnc.cli.Backend.Cost;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Buffer.Storage;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The work and memory of a model's programs, counted on the optimised graph and the planned buffers. A multiplication
 * and an addition are two FLOP; an element-wise function is one.
 */
final class ModelCosts {
    private final int steps;
    private final int batch;

    private ModelCosts(int steps, int batch) {
        this.steps = steps;
        this.batch = batch;
    }

    /** The figures of a model, with the sizes of its training settings where it has them. */
    static List<Cost> of(Model model) {
        List<Cost> costs = new ArrayList<>();
        TrainSettings train = model.spec().train();
        if (train != null && model.loss().isPresent()) {
            String size = " (%d steps x %d sequences)".formatted(train.steps(), train.batch());
            ModelCosts counter = new ModelCosts(train.steps(), train.batch());
            Graph graph = Compiler.optimized(model, ProgramKind.TRAINING);
            costs.add(new Cost("one training step" + size, counter.flops(graph.values()), "FLOP"));
            costs.add(new Cost("memory of that program", memory(model, ProgramKind.TRAINING, train), "B"));
        }
        Graph step = Compiler.optimized(model, ProgramKind.STEP);
        ModelCosts counter = new ModelCosts(1, 1);
        costs.add(new Cost("one time step of one sequence", counter.flops(step.values()), "FLOP"));
        long weights = counter.weightElements(step.values(), new HashSet<>());
        costs.add(new Cost(
                "weights it reads", (double) weights * model.spec().precision().bytes(), "B"));
        costs.add(new Cost("memory of that program", memory(model, ProgramKind.STEP, null), "B"));
        return costs;
    }

    private static double memory(Model model, ProgramKind kind, TrainSettings sizes) {
        CompileOptions options = CompileOptions.of(kind);
        CompileOptions sized = sizes == null ? options.sized(1, 1) : options;
        LoopProgram program =
                Compiler.plan(model, sized).lanes().getFirst().programs().getFirst();
        double bytes = 0;
        for (Buffer buffer : program.buffers()) {
            // The parameters are shared by all programs and stand in the report's first line.
            if (buffer.storage() != Storage.PARAMETERS) {
                int size = buffer.element() == Element.TOKEN
                        ? Integer.BYTES
                        : program.precision().bytes();
                bytes += (double) buffer.elements() * size;
            }
        }
        return bytes;
    }

    private double flops(Collection<Value> values) {
        double sum = 0;
        for (Value value : values) {
            sum += switch (value.op()) {
                case Op.Product _, Op.TransposedProduct _ ->
                    2.0 * value.operand(0).type().width() * rows(value);
                case Op.OuterSum _ ->
                    2.0 * value.type().width() * Math.max(rows(value.operand(0)), rows(value.operand(1)));
                case Op.Map _ -> (double) value.type().width() * rows(value);
                case Op.Reduce _, Op.SumRows _, Op.TableSum _ ->
                    (double) value.operand(0).type().width() * rows(value.operand(0));
                case Op.Scan scan -> steps * flops(scan.body().values());
                case Op.Input _,
                        Op.State _,
                        Op.Parameter _,
                        Op.Constant _,
                        Op.RowCount _,
                        Op.RandomMask _,
                        Op.CarryIn _,
                        Op.StepInput _,
                        Op.Invariant _,
                        Op.Detach _,
                        Op.FeatureMask _,
                        Op.StepMask _,
                        Op.Expand _,
                        Op.Slice _,
                        Op.Concat _,
                        Op.Pick _,
                        Op.OneHot _,
                        Op.Lookup _,
                        Op.StepAt _,
                        Op.StepPad _,
                        Op.Result _ -> 0;
            };
        }
        return sum;
    }

    /** Elements of all matrices that products read, each counted once; of a table only the row that is looked up. */
    private long weightElements(Collection<Value> values, Set<Value> seen) {
        long sum = 0;
        for (Value value : values) {
            switch (value.op()) {
                case Op.Product _, Op.TransposedProduct _ -> {
                    if (seen.add(value.operand(0))) {
                        sum += value.operand(0).type().width();
                    }
                }
                case Op.Lookup _ -> sum += value.type().width();
                case Op.Scan scan -> sum += weightElements(scan.body().values(), seen);
                default -> {}
            }
        }
        return sum;
    }

    private double rows(Value value) {
        return switch (value.type().rows()) {
            case NONE -> 1;
            case BATCH -> batch;
            case SEQUENCE -> (double) steps * batch;
        };
    }
}
