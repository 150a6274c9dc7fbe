package dev.rnnc.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lines of text as textgenrnn reads them: the last 40 characters before each one, padded on the left with token 0. */
final class TextgenrnnWindows {
    private static final int WINDOW = 40;
    private static final String LINE_END = "<s>";

    private TextgenrnnWindows() {}

    /**
     * Writes {@code text [40, N]} and {@code next [N]}: each line stands between two line ends, and each symbol but the
     * first is predicted.
     *
     * @param first the first line, from 1
     * @return N
     */
    static int write(Path vocabulary, Path text, int first, int last, Path out) throws IOException {
        Map<String, Integer> symbols = symbols(vocabulary);
        List<int[]> windows = new ArrayList<>();
        List<Integer> next = new ArrayList<>();
        for (String line : Files.readAllLines(text).subList(first - 1, last)) {
            List<Integer> tokens = new ArrayList<>(List.of(symbols.get(LINE_END)));
            line.codePoints().forEach(c -> tokens.add(symbols.getOrDefault(Character.toString(c), 0)));
            tokens.add(symbols.get(LINE_END));
            for (int i = 1; i < tokens.size(); i++) {
                int[] window = new int[WINDOW];
                for (int back = 1; back <= Math.min(WINDOW, i); back++) {
                    window[WINDOW - back] = tokens.get(i - back);
                }
                windows.add(window);
                next.add(tokens.get(i));
            }
        }
        int count = windows.size();
        int[] rows = new int[WINDOW * count];
        for (int n = 0; n < count; n++) {
            for (int t = 0; t < WINDOW; t++) {
                rows[t * count + n] = windows.get(n)[t];
            }
        }
        int[] targets = next.stream().mapToInt(Integer::intValue).toArray();
        SafeTensors.write(
                out,
                Map.of(
                        "text", Tensor.ofInts(List.of(WINDOW, count), rows),
                        "next", Tensor.ofInts(List.of(count), targets)),
                Map.of());
        return count;
    }

    private static Map<String, Integer> symbols(Path vocabulary) throws IOException {
        Map<String, Integer> symbols = new HashMap<>();
        try (JsonParser json = new JsonFactory().createParser(vocabulary.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String symbol = json.currentName();
                symbols.put(symbol, json.nextIntValue(0));
            }
        }
        return symbols;
    }
}
