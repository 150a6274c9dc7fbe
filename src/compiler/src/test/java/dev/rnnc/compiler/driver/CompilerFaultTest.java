package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.lower.KernelPool;
import dev.rnnc.compiler.lower.Lowering;
import dev.rnnc.compiler.lower.Target;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.opt.SliceBeforeMaps;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A fault of the compiler says where it happened, whoever called the compiler. */
class CompilerFaultTest {
    private static final Model MODEL = ModelTexts.model(ModelTexts.stack("gru(%s, %d)", 3, 5));

    @Test
    void aFaultOfAStageNamesItAndTheModel() {
        Graph graph = Compiler.optimized(MODEL, ProgramKind.SEQUENCE);
        ProgramSpec withoutInputs = new ProgramSpec(ProgramKind.SEQUENCE, 5, 1, List.of());

        assertThatThrownBy(() -> CompilerFault.within(
                        MODEL.file(),
                        () -> Lowering.lower(graph, MODEL.spec(), withoutInputs, Target.of(4), new KernelPool())))
                .isInstanceOf(CompilerFault.class)
                .hasMessage("stage lower, model test.rnn: IllegalArgumentException: no input x")
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFaultOfAPassNamesItAndTheLine() {
        Graph graph = Compiler.optimized(MODEL, ProgramKind.SEQUENCE);
        // Values that stand behind their users.
        Graph wrong = new Graph(graph.values().reversed(), graph.roots());

        assertThatThrownBy(() -> CompilerFault.within(MODEL.file(), () -> SliceBeforeMaps.apply(wrong)))
                .isInstanceOf(CompilerFault.class)
                .hasMessageMatching("stage opt, pass SliceBeforeMaps, model test\\.rnn:[45]: .*Exception.*");
    }

    @Test
    void whatAUserCanMendStaysAsItIs() {
        assertThatThrownBy(() -> CompilerFault.within("test.rnn", () -> {
                    throw new ModelException("test.rnn:1:1: error: no\n");
                }))
                .isInstanceOf(ModelException.class);
        assertThatThrownBy(() -> Rnnc.load("model M { input x : real  output y = z }"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("model.rnn:1:");
    }
}
