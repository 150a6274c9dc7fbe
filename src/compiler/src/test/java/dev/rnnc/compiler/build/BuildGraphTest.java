package dev.rnnc.compiler.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphPrinter;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.ModelPrinter;
import dev.rnnc.compiler.model.ModelVerifier;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.compiler.sema.SampleTexts;
import dev.rnnc.runtime.spec.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildGraphTest {
    private static Model model(String text) {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", text));
        assertThat(checked.render()).isEmpty();
        Model model = checked.model().orElseThrow();
        ModelVerifier.verify(model);
        return model;
    }

    private static Graph build(String text) {
        return BuildGraph.build(model(text));
    }

    @Test
    void theCharacterModelOfTheSamplesHasAllItsRoots() throws IOException {
        Graph graph = build(Files.readString(Path.of("../../samples/char-lm/char-lm.rnn")));
        assertThat(graph.roots().stream()
                        .map(r -> r.kind() + " " + r.name() + " " + r.value().type()))
                .containsExactly(
                        "LAYER x real[T, B, 64]",
                        "LAYER h1 real[T, B, 128]",
                        "LAYER h2 real[T, B, 128]",
                        "OUTPUT logits real[T, B, 96]",
                        "STATE h1.h real[B, 128]",
                        "STATE h1.c real[B, 128]",
                        "STATE h2.h real[B, 128]",
                        "STATE h2.c real[B, 128]",
                        "LOSS loss real[]");
    }

    @Test
    void everyPortHasARootOfItsType() {
        for (String text : SampleTexts.ALL) {
            Model model = model(text);
            Graph graph = BuildGraph.build(model);
            model.spec().ports().stream()
                    .filter(p -> p.role() != Role.INPUT && p.role() != Role.TARGET)
                    .forEach(p -> {
                        var type = graph.root(RootKind.valueOf(p.role().name()), p.name())
                                .type();
                        assertThat(type.rows()).isEqualTo(p.rows());
                        assertThat(type.shape()).isEqualTo(p.shape());
                    });
            assertThat(graph.root(RootKind.LOSS, "loss").type()).hasToString("real[]");
            assertThat(GraphPrinter.print(graph)).isNotEmpty();
            assertThat(ModelPrinter.print(model)).doesNotContain("null").doesNotContain("invalid");
        }
    }

    @Test
    void givenInitialValuesReplaceTheCarriedState() {
        Graph graph = build(SampleTexts.RECORDED_CASE);
        assertThat(graph.values()).noneMatch(v -> v.op() instanceof Op.State);
        assertThat(graph.root(RootKind.OUTPUT, "cn")).isSameAs(graph.root(RootKind.STATE, "h.c"));
    }

    @Test
    void aStateIsCollectedOverTimeOnlyWhereItIsRead() {
        assertThat(scan(build(SampleTexts.RECORDED_CASE)).outputs()).hasSize(1);
        Graph both = build("model M { input x : real[2] sequence layer h = lstm(x, 3) output y = concat(h, h.c) }");
        assertThat(scan(both).outputs()).hasSize(2);
    }

    private static Op.Body scan(Graph graph) {
        return graph.values().stream()
                .filter(v -> v.op() instanceof Op.Scan)
                .map(v -> ((Op.Scan) v.op()).body())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aCellWithoutStateIsAppliedToAllRowsAtOnce() {
        Graph graph = build("model M { input x : real[2] sequence output y = dense(x, 3) }");
        assertThat(graph.values()).noneMatch(v -> v.op() instanceof Op.Scan);
    }

    @Test
    void theFirstCellOfAStatementTakesItsNameAndTheOthersNamesOfTheirOwn() {
        assertThat(names("output y = dense(tanh(dense(dense(x, 8), 8)), 2)"))
                .containsExactly(
                        "y.dense2.weight", "y.dense2.bias", "y.dense.weight", "y.dense.bias", "y.weight", "y.bias");
        assertThat(names("output y = tanh(x) + dense(x, 4)")).containsExactly("y.weight", "y.bias");
    }

    private static List<String> names(String output) {
        return model("model M { input x : real[4] " + output + " }").spec().parameters().stream()
                .map(p -> p.name())
                .toList();
    }

    @Test
    void parametersStartAtWholeLines() {
        Model model = model("model M { precision double input x : real[3] output y = dense(x, 3) }");
        assertThat(model.spec().parameters()).extracting(p -> p.offset()).containsExactly(0L, 16L);
        assertThat(model.spec().parameterElements()).isEqualTo(24);
    }

    @Test
    void aModelMayReplaceWhatTheLibraryDefines() {
        Model model = model("""
                activation relu(x) = where(x > 0, x, 0.5 * x)
                cell dense(x[X]) -> y[Y] { param kernel[Y, X] ~ normal(0.1)  y = relu(kernel @ x) }
                loss mse(a, b) = sum(abs(a - b))
                model M { input x : real[3] target t : real[2] output y = dense(x, 2) loss mse(y, t) }
                """);
        assertThat(model.spec().parameters()).extracting(p -> p.name()).containsExactly("y.kernel");
    }

    @Test
    void equationsCarryTheirTextAndLine() {
        Graph graph = build("""
                cell leak(x[X]) -> h[X] {
                  state h[X]
                  h' = 0.5 * h
                     + x        // a comment
                }
                model M { input x : real[3] sequence output y = leak(x) }
                """);
        var carry = scan(graph).carries().getFirst();
        assertThat(carry.origin().layer()).isEqualTo("y");
        assertThat(carry.origin().name()).isEqualTo("h'");
        assertThat(carry.origin().equation()).isEqualTo("h' = 0.5 * h + x");
        assertThat(carry.origin().line()).isEqualTo(3);
    }
}
