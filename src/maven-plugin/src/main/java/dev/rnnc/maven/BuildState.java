package dev.rnnc.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the last build of one execution read and wrote; kept in a file of lines with three fields, between tabs.
 *
 * @param settings digest of everything besides the files that decides on the outputs
 * @param output the folder of the outputs
 * @param models by the model's path
 */
record BuildState(String settings, String output, Map<String, Entry> models) {
    private static final String HEADER = "rnnc build state 1";

    /**
     * One file of the source folder.
     *
     * @param inputs digests of the file and all it imports, by path; none where it did not compile
     * @param outputs digests of what was made of it, by path; none for a file without a model
     */
    record Entry(Map<String, String> inputs, Map<String, String> outputs) {
        Entry {
            inputs = Map.copyOf(inputs);
            outputs = Map.copyOf(outputs);
        }

        /** The same, to be compiled again whatever the files say. */
        Entry outdated() {
            return new Entry(Map.of(), outputs);
        }
    }

    BuildState {
        models = new TreeMap<>(models);
    }

    /** Before the first build. */
    static BuildState none() {
        return new BuildState("", "", Map.of());
    }

    /** All outputs of all models. */
    Stream<String> outputs() {
        return models.values().stream().flatMap(entry -> entry.outputs().keySet().stream());
    }

    /** Reads what {@link #write} wrote; a file that is missing, or that another version wrote, is no build at all. */
    static BuildState read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return none();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
            return none();
        }
        String settings = "";
        String output = "";
        Map<String, Map<String, String>> inputs = new LinkedHashMap<>();
        Map<String, Map<String, String>> outputs = new LinkedHashMap<>();
        String model = "";
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split("\t", 3);
            if (fields.length < 3) {
                return none();
            }
            switch (fields[0]) {
                case "settings" -> {
                    settings = fields[1];
                    output = fields[2];
                }
                case "model" -> {
                    model = fields[2];
                    inputs.put(model, new TreeMap<>());
                    outputs.put(model, new TreeMap<>());
                }
                case "input", "output" -> {
                    Map<String, String> files = (fields[0].equals("input") ? inputs : outputs).get(model);
                    if (files == null) {
                        return none();
                    }
                    files.put(fields[2], fields[1]);
                }
                default -> {
                    return none();
                }
            }
        }
        Map<String, Entry> models = new TreeMap<>();
        inputs.forEach((name, read) -> models.put(name, new Entry(read, outputs.get(name))));
        return new BuildState(settings, output, models);
    }

    /** Writes it, in an order that depends on the paths alone. */
    void write(Path file) throws IOException {
        StringBuilder text = new StringBuilder(HEADER + "\n");
        text.append("settings\t").append(settings).append('\t').append(output).append('\n');
        models.forEach((name, entry) -> {
            text.append("model\t\t").append(name).append('\n');
            append(text, "input", entry.inputs());
            append(text, "output", entry.outputs());
        });
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void append(StringBuilder text, String kind, Map<String, String> files) {
        new TreeMap<>(files)
                .forEach((path, digest) -> text.append(kind)
                        .append('\t')
                        .append(digest)
                        .append('\t')
                        .append(path)
                        .append('\n'));
    }
}
