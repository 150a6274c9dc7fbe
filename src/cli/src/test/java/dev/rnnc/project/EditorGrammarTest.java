package dev.rnnc.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rnnc.compiler.syntax.Keywords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The editors' grammar knows the words of the language. */
class EditorGrammarTest {
    private static final Path EXTENSION = ProjectFolder.ROOT.resolve("editors/vscode");
    private static final Path GRAMMAR = EXTENSION.resolve("syntaxes/rnn.tmLanguage.json");

    @ParameterizedTest
    @ValueSource(strings = {"package.json", "language-configuration.json", "syntaxes/rnn.tmLanguage.json"})
    void theFilesAreJson(String file) throws IOException {
        assertThat(read(EXTENSION.resolve(file))).isNotEmpty();
    }

    @Test
    void theKeywordsAreThoseOfTheGrammar() throws IOException {
        String grammar = Files.readString(ProjectFolder.ROOT.resolve("grammar/Rnn.g4"));
        Set<String> words = Pattern.compile("'([a-z]+)'")
                .matcher(grammar.replaceAll("//.*", ""))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(words).isEqualTo(new TreeSet<>(Keywords.WORDS));
        assertThat(alternatives("/repository/keyword/match")).isEqualTo(words);
    }

    @Test
    void theSettingsAreThoseOfTrain() throws IOException {
        assertThat(alternatives("/repository/train/patterns/1/match")).isEqualTo(new TreeSet<>(Keywords.SETTINGS));
    }

    @Test
    void everyPatternCompilesAndEveryIncludeExists() throws IOException {
        Map<String, String> values = read(GRAMMAR);
        values.forEach((path, value) -> {
            if (path.matches(".*/(match|begin|end)")) {
                Pattern.compile(value);
            } else if (path.endsWith("/include")) {
                String rule = "/repository/" + value.substring(1) + "/";
                assertThat(values.keySet()).as(value).anyMatch(key -> key.startsWith(rule));
            }
        });
    }

    private static Set<String> alternatives(String path) throws IOException {
        String pattern = read(GRAMMAR).get(path);
        String inside = pattern.substring(pattern.indexOf('(') + 1, pattern.indexOf(')'));
        return new TreeSet<>(Arrays.asList(inside.split("\\|")));
    }

    /** The values of a JSON document by their path. */
    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> values = new TreeMap<>();
        try (JsonParser parser = new JsonFactory().createParser(Files.readString(file))) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    values.put(parser.getParsingContext().pathAsPointer().toString(), parser.getText());
                }
            }
        }
        return values;
    }
}
