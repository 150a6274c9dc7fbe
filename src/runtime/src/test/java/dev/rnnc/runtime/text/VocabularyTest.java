package dev.rnnc.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
    @TempDir
    Path folder;

    @Test
    void ordersTheSymbolsOfATextByCodePoint() {
        Vocabulary vocabulary = Vocabulary.of("b\ud83d\ude00a\nb\uFFFD");
        assertThat(vocabulary.size()).isEqualTo(5);
        assertThat(vocabulary.encode("\nab\uFFFD\ud83d\ude00")).containsExactly(0, 1, 2, 3, 4);
        assertThat(vocabulary.decode(4, 2, 0)).isEqualTo("\ud83d\ude00b\n");
        assertThat(vocabulary.symbol(4)).isEqualTo(0x1F600);
        assertThat(vocabulary.contains('z')).isFalse();
    }

    @Test
    void saysHowManySymbolsAreTooManyAndWhichAreRarest() {
        assertThat(Vocabulary.of("abc", 3).size()).isEqualTo(3);
        assertThatThrownBy(() -> Vocabulary.of("aabbcd", 2))
                .hasMessage("the text has 4 distinct symbols, 2 more than token(2) allows; write token(4) in the model,"
                        + " or take the rarest symbols out of the text: \"c\" (U+0063), \"d\" (U+0064)");
    }

    @Test
    void refusesAnEmptyTextAndHalvesOfPairs() {
        assertThatThrownBy(() -> Vocabulary.of("")).hasMessageContaining("the text is empty");
        assertThatThrownBy(() -> Vocabulary.of("a\ud83d")).hasMessageContaining("U+D83D");
        assertThatThrownBy(() -> new Vocabulary('a', 'b', 'a')).hasMessageContaining("symbols 0 and 2 are both \"a\"");
    }

    @Test
    void givesThePlaceOfAnUnknownSymbol() {
        assertThatThrownBy(() -> Vocabulary.of("ab\n\ud83d\ude00").encode("ab\na\ud83d\ude00\u00e9"))
                .hasMessageStartingWith("line 2, column 3: the symbol \"\u00e9\" (U+00E9) is not among the 4");
        assertThatThrownBy(() -> Vocabulary.of("a").encode("z")).hasMessageStartingWith("line 1, column 1:");
        assertThatThrownBy(() -> Vocabulary.of("a\n").encode("\nz")).hasMessageStartingWith("line 2, column 1:");
        assertThatThrownBy(() -> Vocabulary.of("a").decode(1)).hasMessageContaining("token 1 is none");
    }

    @Test
    void givesBackWhatWasSaved() throws IOException {
        Vocabulary vocabulary = Vocabulary.of("\"\\\n\r\t\0 a\u00e9\ud83d\ude00\u2028\u007f");
        Path path = folder.resolve("vocabulary.json");
        vocabulary.save(path);
        assertThat(Vocabulary.load(path)).isEqualTo(vocabulary);
    }

    @Test
    void savesAFileThatPeopleCanRead() throws IOException {
        Path path = folder.resolve("vocabulary.json");
        Vocabulary.of("\u00e9\na\"").save(path);
        assertThat(Files.readString(path)).isEqualTo("[\n  \"\\n\",\n  \"\\\"\",\n  \"a\",\n  \"\u00e9\"\n]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[1]", "[\"ab\"]", "[\"\"]", "[\"a\",\"a\"]", "[\"\\ud800\"]", "[\"a\"] x"})
    void refusesFilesThatAreNoVocabulary(String content) throws IOException {
        Path path = Files.writeString(folder.resolve("v.json"), content);
        assertThatThrownBy(() -> Vocabulary.load(path))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(path + " is not a vocabulary: ");
    }

    @Test
    void refusesFilesThatAreMissingOrNotUtf8() throws IOException {
        assertThatThrownBy(() -> Vocabulary.load(folder.resolve("none"))).hasMessageContaining("none does not exist");
        Path path = Files.write(folder.resolve("v.json"), new byte[] {'[', '"', (byte) 0xff, '"', ']'});
        assertThatThrownBy(() -> Vocabulary.load(path)).hasMessageContaining("is not UTF-8");
    }
}
