package dev.rnnc.cli;

import dev.rnnc.runtime.weights.Tensor;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;

/** Reads the tensors of HDF5 files, which is what Keras saves weights in. */
final class Hdf5File {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    /** What an optimiser keeps is no weight. */
    private static final Set<String> SKIPPED = Set.of("optimizer_weights", "optimizer");

    private Hdf5File() {}

    /** Whether a file begins as HDF5 files do. */
    static boolean is(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(SIGNATURE.length), SIGNATURE);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * All datasets of numbers, by their path from the top without the first slash.
     *
     * @throws CommandFailure if the file is damaged
     */
    static SequencedMap<String, Tensor> read(Path file) {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        try (HdfFile hdf = new HdfFile(file)) {
            collect(hdf, "", tensors);
            return tensors;
        } catch (HdfException
                | UnsupportedOperationException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | BufferUnderflowException e) {
            throw CommandFailure.job(
                    "weights file '%s' cannot be read as HDF5: %s; save it again, or convert it to safetensors"
                            .formatted(
                                    file, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
                    e);
        }
    }

    private static void collect(Group group, String path, SequencedMap<String, Tensor> tensors) {
        for (Node node : group) {
            String name = path.isEmpty() ? node.getName() : path + "/" + node.getName();
            if (node instanceof Group below) {
                if (!path.isEmpty() || !SKIPPED.contains(name)) {
                    collect(below, name, tensors);
                }
            } else if (node instanceof Dataset dataset && !dataset.isEmpty()) {
                Tensor tensor = tensor(dataset);
                if (tensor != null) {
                    tensors.put(name, tensor);
                }
            }
        }
    }

    /** The numbers of a dataset; null where it holds something else, such as texts. */
    private static Tensor tensor(Dataset dataset) {
        List<Integer> shape = IntStream.of(dataset.getDimensions()).boxed().toList();
        if (dataset.isCompound()
                || dataset.isVariableLength()
                || !dataset.getJavaType().isPrimitive()) {
            return null;
        }
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
}
