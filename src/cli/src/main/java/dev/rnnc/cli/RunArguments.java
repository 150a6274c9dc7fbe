package dev.rnnc.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The words of the command that made a run folder, kept there so that the training can go on without typing them. */
final class RunArguments {
    private static final String FILE = "arguments.json";

    private RunArguments() {}

    /** Keeps the words behind {@code rnnc}. */
    static void save(RunFolder folder, List<String> words) {
        folder.write(
                FILE,
                Json.line(json -> {
                            json.writeStartArray();
                            for (String word : words) {
                                json.writeString(word);
                            }
                            json.writeEndArray();
                        })
                        + "\n");
    }

    /**
     * The words of the command to go on: those of the folder's first command, then those given now, which override them.
     *
     * @throws CommandFailure if the folder does not have them
     */
    static List<String> resuming(Path folder, List<String> now) {
        List<String> words = new ArrayList<>(read(folder));
        words.addAll(now.subList(now.isEmpty() ? 0 : 1, now.size()));
        return words;
    }

    /** The failure of a folder whose words are not those of a training. */
    static CommandFailure notWritten(Path folder) {
        return CommandFailure.job(
                "'" + folder.resolve(FILE) + "' is not what rnnc wrote: it holds no 'train' with a model"
                        + " file; give the model file and its options again");
    }

    private static List<String> read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            throw CommandFailure.job("--resume '" + folder + "' is no run folder: it has no " + FILE
                    + "; name the folder that 'rnnc train' told of, or give the model file and its options again");
        }
        try (JsonParser json = new JsonFactory().createParser(InputFile.text(file, FILE))) {
            List<String> words = new ArrayList<>();
            boolean sound = json.nextToken() == JsonToken.START_ARRAY;
            while (sound && json.nextToken() == JsonToken.VALUE_STRING) {
                words.add(json.getText());
            }
            boolean trains = words.stream()
                    .filter(word -> !word.startsWith("-"))
                    .findFirst()
                    .filter("train"::equals)
                    .isPresent();
            if (!sound || json.currentToken() != JsonToken.END_ARRAY || !trains) {
                throw notWritten(folder);
            }
            return words;
        } catch (JsonProcessingException e) {
            throw notWritten(folder);
        } catch (IOException e) {
            throw InputFile.failure("cannot read", file, e);
        }
    }
}
