package dev.rnnc.compiler.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphPrinter;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BuildGraphTest {
    @Test
    void theCharacterModelOfTheSamplesBuilds() throws IOException {
        String text = Files.readString(Path.of("../../samples/char-lm/char-lm.rnn"));
        Graph graph = build(text);
        System.out.println(GraphPrinter.print(graph));
        assertThat(graph.root(RootKind.OUTPUT, "logits").type()).hasToString("real[T, B, 96]");
        assertThat(graph.root(RootKind.STATE, "h2.c").type()).hasToString("real[B, 128]");
        assertThat(graph.root(RootKind.LOSS, "loss").type()).hasToString("real[]");
    }

    static Graph build(String text) {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", text));
        assertThat(checked.render()).isEmpty();
        return BuildGraph.build(checked.model().orElseThrow());
    }
}
