package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.compiler.syntax.Definition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each block marked {@code rnn} in the papers compiles without a warning and is formatted. Blocks without a model are
 * cells and functions: each cell must have a gradient.
 */
class DocumentedModelsTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```rnn\\n(.*?)^```$");

    @TestFactory
    Stream<DynamicTest> compile() throws IOException {
        List<Path> papers = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("grammar/LANGUAGE.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(papers::add);
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (Path paper : papers) {
            String text = Files.readString(paper);
            Matcher blocks = BLOCK.matcher(text);
            while (blocks.find()) {
                long line = text.substring(0, blocks.start(1)).lines().count() + 1;
                String name = ROOT.relativize(paper) + ":" + line;
                SourceText source = new SourceText(name, blocks.group(1));
                tests.add(DynamicTest.dynamicTest(name, () -> check(source)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(8);
        return tests.stream();
    }

    private static void check(SourceText source) {
        assertThat(Compiler.format(source, new dev.rnnc.compiler.diag.Diagnostics()))
                .isEqualTo(Optional.of(source.text()));
        List<Definition> definitions = ModelParser.parse(source, new dev.rnnc.compiler.diag.Diagnostics())
                .definitions();
        for (Definition definition : definitions) {
            switch (definition) {
                case Definition.Cell cell ->
                    assertThat(CellGradient.of(source, cell.name().text()).equations())
                            .isNotEmpty();
                case Definition.Model _ -> {
                    Checked checked = FrontEnd.check(source);
                    assertThat(checked.render()).isEmpty();
                    BuildGraph.build(checked.model().orElseThrow());
                }
                case Definition.Function _, Definition.Constant _, Definition.Import _ -> {}
            }
        }
    }
}
