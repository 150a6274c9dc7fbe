package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.loop.LoopPrinter;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.LoopVerifier;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.opt.Optimizer;
import dev.rnnc.compiler.opt.RemoveDropout;
import dev.rnnc.compiler.opt.SelectRoots;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every program of many models is well formed after every pass, and after lowering for every lane count. */
class ProgramsVerifyTest {
    private static Stream<DynamicTest> models(Consumer<Model> test) {
        return ModelTexts.all().entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> test.accept(ModelTexts.model(e.getValue()))));
    }

    @TestFactory
    Stream<DynamicTest> graphsAreWellFormedAfterEveryPass() {
        return models(model -> {
            for (ProgramKind kind : Compiler.programs(model)) {
                if (kind.generates()) {
                    GraphVerifier.verify(Compiler.optimized(model, kind));
                    continue;
                }
                ProgramPlan plan = ProgramPlan.of(kind);
                Graph graph = GraphVerifier.verify(BuildGraph.build(model));
                if (plan.gradients()) {
                    graph = GraphVerifier.verify(Differentiate.gradients(graph, Set.of()));
                }
                graph = GraphVerifier.verify(SelectRoots.apply(graph, plan.roots()));
                graph = plan.dropout() ? graph : GraphVerifier.verify(RemoveDropout.apply(graph));
                for (Optimizer.Pass pass : Optimizer.PASSES) {
                    graph = verified(pass, graph);
                }
            }
        });
    }

    private static Graph verified(Optimizer.Pass pass, Graph graph) {
        try {
            return GraphVerifier.verify(graph, pass.apply().apply(graph));
        } catch (RuntimeException e) {
            throw new AssertionError("after the pass '" + pass.name() + "': " + e.getMessage(), e);
        }
    }

    @TestFactory
    Stream<DynamicTest> loopProgramsAreWellFormedForEveryLaneCount() {
        return models(
                model -> plan(model).lanes().forEach(lanes -> lanes.programs().forEach(LoopVerifier::verify)));
    }

    @TestFactory
    Stream<DynamicTest> loweringTwiceGivesTheSameText() {
        return models(model -> assertThat(print(plan(model))).isEqualTo(print(plan(model))));
    }

    private static String print(ClassPlan plan) {
        StringBuilder text = new StringBuilder();
        for (ClassPlan.Lanes lanes : plan.lanes()) {
            for (LoopProgram program : lanes.programs()) {
                text.append(LoopPrinter.print(program));
            }
        }
        return text.toString();
    }

    private static ClassPlan plan(Model model) {
        ProgramKind[] kinds = Compiler.programs(model).toArray(ProgramKind[]::new);
        return Compiler.plan(model, CompileOptions.of(kinds).lanes(16, 8, 4, 1));
    }
}
