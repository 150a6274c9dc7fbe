package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.opt.ExposeActivations;
import dev.rnnc.compiler.opt.HoistFromScans;
import dev.rnnc.compiler.opt.MaskLossRows;
import dev.rnnc.compiler.opt.Optimizer;
import dev.rnnc.compiler.opt.RemoveDropout;
import dev.rnnc.compiler.opt.RoundWeights;
import dev.rnnc.compiler.opt.SelectRoots;
import dev.rnnc.compiler.opt.SplitLoss;
import dev.rnnc.compiler.opt.StackProducts;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The road from a model to the optimised graph of one of its programs. */
final class ProgramGraphs {
    private ProgramGraphs() {}

    /** The optimised graph of one program, with the gradients of states where {@code gradientFlow} asks for them. */
    static Graph optimized(Model model, ProgramKind kind, BuildOptions options, boolean gradientFlow) {
        if (kind.generates()) {
            return GeneratorPrograms.of(model, options).graph(kind);
        }
        boolean flow = gradientFlow && kind == ProgramKind.TRAINING;
        ProgramPlan plan = flow ? ProgramPlan.of(kind).withFlow() : ProgramPlan.of(kind);
        boolean stepwise = kind == ProgramKind.STEP;
        Graph built = parts(BuildGraph.build(model, options.generating(stepwise)), kind);
        Graph graph = StackProducts.apply(HoistFromScans.wholeSequences(built));
        if (plan.gradients()) {
            Set<String> inputs = kind == ProgramKind.INSPECTION ? realInputs(model.spec(), graph) : Set.of();
            graph = flow
                    ? Differentiate.withStates(ExposeActivations.apply(graph), inputs)
                    : Differentiate.gradients(graph, inputs);
        }
        Graph selected = SelectRoots.apply(graph, plan.roots());
        if (!plan.needsLoss()) {
            selected = SelectRoots.without(selected, withheld(model));
        }
        if (plan.gradients()) {
            return Optimizer.optimize(plan.dropout() ? selected : RemoveDropout.apply(selected));
        }
        return withoutGradients(model, selected);
    }

    /** What programs that run over a part of the data tell of their loss, so that the whole's can be found. */
    private static Graph parts(Graph graph, ProgramKind kind) {
        return switch (kind) {
            case TRAINING, COUNTING -> SplitLoss.forTraining(graph);
            case EVALUATION -> SplitLoss.forEvaluation(MaskLossRows.apply(graph));
            case SEQUENCE, STEP, OBSERVATION, INSPECTION, ENCODING, DECODING -> graph;
        };
    }

    /** The optimised form of a graph that no gradient is derived from. */
    static Graph withoutGradients(Model model, Graph graph) {
        Graph optimized = Optimizer.optimize(RemoveDropout.apply(graph));
        return model.roundedWeights() ? RoundWeights.apply(optimized) : optimized;
    }

    /** The inputs that a program without a loss does not have: targets that are not fed back, and their lengths. */
    private static Set<Op> withheld(Model model) {
        Set<String> fed = model.feedback().stream().map(Model.Feedback::name).collect(Collectors.toSet());
        return model.spec().ports(Role.TARGET).stream()
                .map(PortSpec::name)
                .filter(name -> !fed.contains(name))
                .flatMap(name -> Stream.of(name, name + Model.LENGTHS))
                .map(Op.Input::new)
                .collect(Collectors.toSet());
    }

    /** The real inputs that the graph reads; the gradient of any other stays zero. */
    private static Set<String> realInputs(ModelSpec spec, Graph graph) {
        Set<Op> leaves = graph.values().stream().map(Value::op).collect(Collectors.toSet());
        return spec.ports(Role.INPUT).stream()
                .filter(p -> p.element() == Element.REAL)
                .map(PortSpec::name)
                .filter(name -> leaves.contains(new Op.Input(name)))
                .collect(Collectors.toSet());
    }
}
