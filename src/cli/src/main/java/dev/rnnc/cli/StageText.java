package dev.rnnc.cli;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.Stage;
import dev.rnnc.compiler.graph.GraphPrinter;
import dev.rnnc.compiler.loop.LoopPrinter;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.ModelPrinter;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.syntax.SyntaxPrinter;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.util.Set;
import java.util.stream.Collectors;

/** A model as one stage of the compiler leaves it: the training program, or the sequence program without a loss. */
final class StageText {
    private StageText() {}

    /**
     * Prints one stage.
     *
     * @param source the text of the model's file
     */
    static String of(Model model, SourceText source, Stage stage) {
        ProgramKind kind = model.loss().isPresent() ? ProgramKind.TRAINING : ProgramKind.SEQUENCE;
        return switch (stage) {
            case SYNTAX -> SyntaxPrinter.print(ModelParser.parse(source, new Diagnostics()));
            case GRAPH -> GraphPrinter.print(BuildGraph.build(model));
            case GRADIENT -> gradient(model);
            case OPTIMIZED -> GraphPrinter.print(Compiler.optimized(model, kind));
            case JAVA ->
                String.join(
                        "\n", Compiler.emitJava(model, CompileOptions.of(kind)).values());
            case MODEL -> ModelPrinter.print(model);
            case LOOP -> LoopPrinter.print(loops(model, kind));
        };
    }

    /** The program for the lane count of this machine. */
    private static LoopProgram loops(Model model, ProgramKind kind) {
        return Compiler.plan(model, CompileOptions.of(kind))
                .lanes()
                .getFirst()
                .programs()
                .getFirst();
    }

    private static String gradient(Model model) {
        Set<String> inputs = model.spec().ports(Role.INPUT).stream()
                .filter(port -> port.element() == Element.REAL)
                .map(PortSpec::name)
                .collect(Collectors.toSet());
        return GraphPrinter.print(Differentiate.gradients(BuildGraph.build(model), inputs));
    }
}
