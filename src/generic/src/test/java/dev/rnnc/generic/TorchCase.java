package dev.rnnc.generic;

import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of PyTorch's recorded cases: recurrent cells ({@code NNN-*}) and whole models ({@code mNN-*}) with data, outputs
 * and gradients in float64.
 *
 * @param name the file's name without extension
 * @param file tensors and metadata
 */
public record TorchCase(String name, TensorFile file) {
    /** The folder of recorded values: in {@code RNNC_DATA}, or beside the repository. */
    public static Path folder() {
        String data = System.getenv("RNNC_DATA");
        return (data != null ? Path.of(data) : root().resolve("../shared/data").normalize()).resolve("torch-cases");
    }

    /** All cases whose names match {@code pattern}, sorted; empty if the data is not there. */
    public static List<TorchCase> matching(String pattern) {
        if (!Files.isDirectory(folder())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".safetensors"))
                    .map(f -> f.substring(0, f.length() - ".safetensors".length()))
                    .filter(f -> f.matches(pattern))
                    .sorted()
                    .map(TorchCase::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cases of one recurrent stack in one direction, all sequences of full length. */
    public static List<TorchCase> unidirectional() {
        return stacks().stream()
                .filter(c -> c.number("directions") == 1 && c.lengths().isEmpty())
                .toList();
    }

    /** The cases of one recurrent stack in both directions, all sequences of full length. */
    public static List<TorchCase> bidirectional() {
        return stacks().stream()
                .filter(c -> c.number("directions") == 2 && c.lengths().isEmpty())
                .toList();
    }

    /** The cases of one recurrent stack whose sequences differ in length. */
    public static List<TorchCase> padded() {
        return stacks().stream().filter(c -> !c.lengths().isEmpty()).toList();
    }

    private static List<TorchCase> stacks() {
        return matching("\\d{3}-.*");
    }

    /** Reads one case. */
    public static TorchCase read(String name) {
        try {
            return new TorchCase(name, SafeTensors.read(folder().resolve(name + ".safetensors")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A tensor, dense and row-major. */
    public double[] tensor(String key) {
        return file.tensors().get(key).doubles();
    }

    /** A tensor of whole numbers. */
    public int[] tokens(String key) {
        return file.tensors().get(key).ints();
    }

    /** The length of each sequence; empty where all are full. */
    public List<Integer> lengths() {
        String text = text("lengths");
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    }

    /** Layer and direction {@code layer} of a tensor {@code [layers * directions, B, H]}. */
    public double[] layer(String key, int layer) {
        double[] all = tensor(key);
        int size = all.length / (number("layers") * number("directions"));
        return Arrays.copyOfRange(all, layer * size, (layer + 1) * size);
    }

    /** Whether there is a tensor of that name. */
    public boolean has(String key) {
        return file.tensors().containsKey(key);
    }

    /** A metadata entry. */
    public String text(String key) {
        return file.metadata().getOrDefault(key, "");
    }

    /** A metadata entry that is a whole number. */
    public int number(String key) {
        return Integer.parseInt(text(key));
    }

    @Override
    public String toString() {
        return name;
    }

    /** The repository: the nearest folder above that holds the grammar. */
    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder.getParent() != null && !Files.isDirectory(folder.resolve("grammar"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
