package dev.rnnc.runtime.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void readsEveryKindOfValue() throws JsonException {
        JsonValue value = Json.parse(" {\"a\": [1, -2.5e+3, true, false, null], \"b\": {\"c\": \"x\"}, \"d\": []} ");
        JsonValue.Members members = (JsonValue.Members) value;
        assertThat(members.members().keySet()).containsExactly("a", "b", "d");
        assertThat(members.members().get("a"))
                .isEqualTo(new JsonValue.Array(List.of(
                        new JsonValue.Number("1"),
                        new JsonValue.Number("-2.5e+3"),
                        new JsonValue.Bool(true),
                        new JsonValue.Bool(false),
                        new JsonValue.Null())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\"", "\\", "\n\r\t\b\f\0", "\u00e9\ud83d\ude00", "\u2028", "a/b", "\u007f\u0085", "\ufeff"})
    void readsWhatItQuoted(String text) throws JsonException {
        assertThat(Json.parse(Json.quote(text))).isEqualTo(new JsonValue.Text(text));
    }

    @Test
    void readsEscapes() throws JsonException {
        assertThat(Json.parse("\"\\u00e9\\uD83D\\uDE00\\/\\b\\f\""))
                .isEqualTo(new JsonValue.Text("\u00e9\ud83d\ude00/\b\f"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "[1,]",
                "[,1]",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "01",
                "-",
                "1.",
                ".5",
                "+1",
                "1e",
                "NaN",
                "tru",
                "\"",
                "\"\\",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\n\"",
                "\"\\ud800\"",
                "\"\\udc00\\ud800\"",
                "1 2",
                "[1]]",
                "//x\n1",
                "'a'",
                "\u00a01",
                "{\"a\":1,\"a\":2}"
            })
    void refusesWhatIsNotJson(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(JsonException.class)
                .hasMessageStartingWith("line ");
    }

    @Test
    void namesLineAndColumn() {
        assertThatThrownBy(() -> Json.parse("{\n  \"a\": 1,\n  \"a\": 2\n}"))
                .hasMessage("line 3, column 3: the name \"a\" stands twice in one object");
        assertThatThrownBy(() -> Json.parse("[1 2]"))
                .hasMessage("line 1, column 4: ']' was expected, but \"2\" stands here");
    }

    @Test
    void refusesDeepNestingWithoutOverflowingTheStack() throws JsonException {
        assertThat(Json.parse("[".repeat(32) + "]".repeat(32))).isInstanceOf(JsonValue.Array.class);
        assertThatThrownBy(() -> Json.parse("[".repeat(33) + "]".repeat(33))).hasMessageContaining("deeper than 32");
        assertThatThrownBy(() -> Json.parse("[".repeat(1_000_000))).hasMessageContaining("deeper than 32");
    }
}
