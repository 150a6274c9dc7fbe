package dev.rnnc.cli;

import dev.rnnc.cli.foreign.FileNotes;
import dev.rnnc.cli.foreign.KerasModel;
import dev.rnnc.cli.foreign.WeightMapException;
import dev.rnnc.runtime.weights.Tensor;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;

/** Reads HDF5 files, which is what Keras saves weights in. */
final class Hdf5File {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    /** What an optimiser keeps is no weight. */
    private static final Set<String> SKIPPED = Set.of("optimizer_weights", "optimizer");

    /** Where random numbers stand that a layer with dropout draws from. */
    private static final String RANDOM_STATE = "seed_generator";

    private static final int MAX_DEPTH = 64;

    /** No method of compression that HDF5 has makes numbers smaller by more: the limit of deflate. */
    private static final long MOST_COMPRESSED = 1032;

    /** What a description of a model may take: the largest known are a tenth of it. */
    static final int MAX_CONFIGURATION = 4 << 20;

    private final Path shown;
    private final long length;
    private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> groupNames = new HashMap<>();
    private final Deque<Long> above = new ArrayDeque<>();
    private String place = "";

    private Hdf5File(Path shown, long length) {
        this.shown = shown;
        this.length = length;
    }

    /** Whether a file begins as HDF5 files do. */
    static boolean is(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(SIGNATURE.length), SIGNATURE);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * All datasets of numbers, by their path from the top without the first slash, and the configuration of the model
     * where the file has one.
     *
     * @throws CommandFailure if the file is damaged
     */
    static WeightsContent read(Path file) {
        return read(file, file, Optional.empty());
    }

    /**
     * The same of a part of an archive.
     *
     * @param shown how the file is called in messages
     * @param model the configuration, where it stands elsewhere
     */
    static WeightsContent read(Path file, Path shown, Optional<KerasModel> model) {
        Hdf5File reader;
        try {
            reader = new Hdf5File(shown, Files.size(file));
        } catch (IOException e) {
            throw InputFile.failure("cannot read weights file", shown, e);
        }
        try (HdfFile hdf = reader.open(file)) {
            Optional<KerasModel> own = model.isPresent() ? model : reader.configuration(hdf);
            reader.collect(hdf, "");
            return new WeightsContent(reader.tensors, true, new FileNotes(own, reader.groupNames));
        } catch (CommandFailure e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            // The library follows whatever a damaged file says: sizes, addresses and links of any kind.
            throw reader.failure(reason(e), e);
        }
    }

    /** What the library says; its exceptions without a message come from reading behind the end of something. */
    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.contains("Exception")
                ? "it ends early, or states more than it holds"
                : message;
    }

    /** Within mapped memory nothing is read behind the end of the file, nor is room made for it. */
    private HdfFile open(Path file) {
        if (length > Integer.MAX_VALUE) {
            return new HdfFile(file);
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return HdfFile.fromByteBuffer(channel.map(FileChannel.MapMode.READ_ONLY, 0, length));
        } catch (IOException e) {
            throw InputFile.failure("cannot read weights file", shown, e);
        }
    }

    private CommandFailure failure(String reason, Throwable cause) {
        return CommandFailure.job(
                "weights file '%s' cannot be read as HDF5%s: %s; save it again, or convert it to safetensors"
                        .formatted(
                                shown,
                                place.isEmpty() ? ", at its top" : ", at '" + place + "'",
                                reason.lines().findFirst().orElse("")),
                cause);
    }

    private Optional<KerasModel> configuration(HdfFile hdf) {
        place = "model_config";
        Optional<String> json = text(hdf, "model_config");
        String version = text(hdf, "keras_version").orElse("");
        if (json.isEmpty()) {
            if (hdf.getAttributes().containsKey("model_config")) {
                throw failure("it is no text", null);
            }
            return Optional.empty();
        }
        try {
            return Optional.of(KerasModel.read(json.get(), version));
        } catch (WeightMapException e) {
            throw failure("the description of the model is not one: " + e.getMessage(), e);
        }
    }

    /** An attribute that is a text. */
    private Optional<String> text(Node node, String name) {
        Attribute attribute = node.getAttributes().get(name);
        if (attribute == null) {
            return Optional.empty();
        }
        if (attribute.getSizeInBytes() > MAX_CONFIGURATION) {
            throw failure(
                    "attribute '%s' holds %d bytes, more than the %d that are read"
                            .formatted(name, attribute.getSizeInBytes(), MAX_CONFIGURATION),
                    null);
        }
        return switch (attribute.getData()) {
            case String text -> Optional.of(text);
            case String[] texts when texts.length == 1 -> Optional.of(texts[0]);
            case null, default -> Optional.empty();
        };
    }

    private void collect(Group group, String path) {
        place = path;
        if (above.size() > MAX_DEPTH || above.contains(group.getAddress())) {
            throw failure("a group is within itself, or more than %d within one another".formatted(MAX_DEPTH), null);
        }
        above.push(group.getAddress());
        for (Node node : group) {
            String name = path.isEmpty() ? node.getName() : path + "/" + node.getName();
            place = name;
            if (node.getName().startsWith(RANDOM_STATE)) {
                continue;
            }
            if (node instanceof Group below) {
                if (!path.isEmpty() || !SKIPPED.contains(name)) {
                    if (node.getName().equals("vars")) {
                        text(node, "name").ifPresent(own -> groupNames.put(path, own));
                    }
                    collect(below, name);
                }
            } else if (node instanceof Dataset dataset && !dataset.isEmpty()) {
                Tensor tensor = tensor(dataset);
                if (tensor != null) {
                    tensors.put(name, tensor);
                }
            }
        }
        above.pop();
    }

    /** The numbers of a dataset; null where it holds something else, such as texts. */
    private Tensor tensor(Dataset dataset) {
        if (dataset.isCompound()
                || dataset.isVariableLength()
                || !dataset.getJavaType().isPrimitive()) {
            return null;
        }
        requireSize(dataset);
        List<Integer> shape = IntStream.of(dataset.getDimensions()).boxed().toList();
        // A scalar comes as an object of its own.
        return switch (dataset.getDataFlat()) {
            case float[] values -> Tensor.ofFloats(shape, values);
            case double[] values -> Tensor.ofDoubles(shape, values);
            case int[] values -> Tensor.ofInts(shape, values);
            case long[] values -> Tensor.ofLongs(shape, values);
            case Float value -> Tensor.ofFloats(shape, new float[] {value});
            case Double value -> Tensor.ofDoubles(shape, new double[] {value});
            default -> null;
        };
    }

    /** Refuses a dataset that states more numbers than a file of that length can hold, before room is made for them. */
    private void requireSize(Dataset dataset) {
        long most = dataset.getFilters().isEmpty() ? length : length * MOST_COMPRESSED;
        long bytes = 1;
        for (long size : dataset.getDimensionsAsLong()) {
            if (size != 0 && bytes > Long.MAX_VALUE / size) {
                throw failure("it states more numbers than a file can hold", null);
            }
            bytes *= size;
        }
        if (bytes > most || dataset.getSizeInBytes() > most) {
            throw failure(
                    "it states %s numbers, more than the %d bytes of the file can hold"
                            .formatted(Arrays.toString(dataset.getDimensionsAsLong()), length),
                    null);
        }
    }
}
