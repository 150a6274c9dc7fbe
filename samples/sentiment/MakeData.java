import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Makes JSON Lines of the sentence polarity data: {@code train.jsonl} and, of every tenth sentence, {@code test.jsonl}.
 *
 * <p>{@code java samples/sentiment/MakeData.java FOLDER OUT}, FOLDER with {@code rt-polarity.pos} and {@code
 * rt-polarity.neg}: one sentence a line in UTF-8. The same data give the same bytes.
 */
public final class MakeData {
    private MakeData() {}

    /** See above. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: java MakeData.java FOLDER OUT");
            System.exit(2);
        }
        Path folder = Path.of(arguments[0]);
        Path out = Files.createDirectories(Path.of(arguments[1]));
        List<String> lines = new ArrayList<>();
        add(folder.resolve("rt-polarity.pos"), "positive", lines);
        add(folder.resolve("rt-polarity.neg"), "negative", lines);
        Collections.shuffle(lines, new Random(1));
        try (PrintWriter train = new PrintWriter(out.resolve("train.jsonl").toFile(), "UTF-8");
                PrintWriter test = new PrintWriter(out.resolve("test.jsonl").toFile(), "UTF-8")) {
            for (int i = 0; i < lines.size(); i++) {
                (i % 10 == 0 ? test : train).print(lines.get(i) + "\n");
            }
        }
    }

    private static void add(Path file, String label, List<String> lines) throws IOException {
        for (String sentence : Files.readAllLines(file)) {
            String text = sentence.strip().replace("\\", "\\\\").replace("\"", "\\\"");
            lines.add("{\"text\": \"" + text + "\", \"label\": \"" + label + "\"}");
        }
    }
}
