package dev.rnnc.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** docs/maven.md says of each goal what its annotations say; {@code -Drnnc.update=true} writes it anew. */
class DocumentedGoalsTest {
    private static final Path PAGE = Path.of(System.getProperty("basedir", "."), "..", "..", "docs", "maven.md");
    private static final String START = "<!-- goals -->\n";
    private static final String END = "<!-- end of goals -->";
    private static final int MOST_PARAMETERS = 11;

    @Test
    void thePageHoldsEveryGoalAndParameter() throws Exception {
        String page = Files.readString(PAGE);
        int start = page.indexOf(START) + START.length();
        int end = page.indexOf(END);
        String wanted = reference();
        if (Boolean.getBoolean("rnnc.update")) {
            Files.writeString(PAGE, page.substring(0, start) + wanted + page.substring(end));
            return;
        }

        assertThat(page.substring(start, end))
                .as("the goals in docs/maven.md; run this test with -Drnnc.update=true to write them")
                .isEqualTo(wanted);
    }

    @Test
    void everyGoalIsSafeForThreadsAndHasFewParametersEachWithAPropertyAndADescription() throws Exception {
        for (Element goal : goals()) {
            List<Element> parameters = parameters(goal);

            assertThat(text(goal, "threadSafe")).as(text(goal, "goal")).isEqualTo("true");
            assertThat(parameters).as(text(goal, "goal")).hasSizeLessThanOrEqualTo(MOST_PARAMETERS);
            assertThat(parameters).allSatisfy(parameter -> {
                assertThat(property(goal, parameter)).startsWith("rnnc.");
                assertThat(text(parameter, "description")).isNotBlank();
            });
        }
    }

    private static String reference() throws Exception {
        StringBuilder page = new StringBuilder();
        for (Element goal : goals()) {
            String phase = text(goal, "phase");
            page.append("\n### ").append(text(goal, "goal")).append("\n\n");
            page.append(phase.isEmpty() ? "Bound to no phase." : "Phase `" + phase + "`.")
                    .append(' ');
            page.append(text(goal, "description").replace(" Bound to no phase.", ""))
                    .append("\n\n");
            page.append("| parameter | user property | default | what it is |\n|---|---|---|---|\n");
            for (Element parameter : parameters(goal)) {
                page.append("| `%s` | `%s` | %s | %s |\n"
                        .formatted(
                                text(parameter, "name"),
                                property(goal, parameter),
                                standard(goal, parameter),
                                text(parameter, "description")));
            }
        }
        page.append("\n### help\n\nLists the goals; with `-Ddetail -Dgoal=NAME` the parameters of one.\n\n");
        return page.toString();
    }

    private static List<Element> goals() throws Exception {
        try (InputStream descriptor = DocumentedGoalsTest.class.getResourceAsStream("/META-INF/maven/plugin.xml")) {
            Document document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(descriptor);
            return elements(document.getElementsByTagName("mojo")).stream()
                    .filter(goal -> !text(goal, "goal").equals("help"))
                    .toList();
        }
    }

    /** Those that a user may set, in the order of their names. */
    private static List<Element> parameters(Element goal) {
        return elements(goal.getElementsByTagName("parameter")).stream()
                .filter(parameter -> text(parameter, "editable").equals("true"))
                .sorted(Comparator.comparing(parameter -> text(parameter, "name")))
                .toList();
    }

    private static String property(Element goal, Element parameter) {
        return configuration(goal, parameter).getTextContent().replaceAll("[${}]", "");
    }

    private static String standard(Element goal, Element parameter) {
        String value = configuration(goal, parameter).getAttribute("default-value");
        return value.isEmpty() ? "" : "`" + value.replace("${project.basedir}/", "") + "`";
    }

    private static Element configuration(Element goal, Element parameter) {
        Element all = elements(goal.getElementsByTagName("configuration")).getFirst();
        return elements(all.getElementsByTagName(text(parameter, "name"))).getFirst();
    }

    private static String text(Element element, String name) {
        List<Element> found = elements(element.getElementsByTagName(name));
        return found.isEmpty() ? "" : found.getFirst().getTextContent().strip().replaceAll("\\s+", " ");
    }

    private static List<Element> elements(NodeList nodes) {
        return new ArrayList<>(IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .map(Element.class::cast)
                .toList());
    }
}
