package dev.rnnc.runtime.weights;

import dev.rnnc.runtime.AtomicFile;
import dev.rnnc.runtime.json.Json;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes safetensors files.
 *
 * <p>A file is the header's length as unsigned 64-bit little-endian integer, the header (JSON in UTF-8, from each
 * tensor's name to its type, shape and place), then the tensors' data without gaps, little-endian and row-major. See
 * <a href="https://github.com/huggingface/safetensors#format">the format</a>.
 */
public final class SafeTensors {
    static final String METADATA = "__metadata__";
    static final long MAX_HEADER = 100_000_000;
    /** The largest array that every JVM can allocate. */
    static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

    static final String DAMAGED = "the file is damaged or not a safetensors file: fetch or save it again";

    private SafeTensors() {}

    /**
     * Reads a whole file into memory.
     *
     * @throws SafeTensorsException if the file does not keep to the format in every point, holds an element type other than
     *     those of {@link DType}, or a tensor that is too large for a Java array
     * @throws IOException if the file cannot be read
     */
    public static TensorFile read(Path path) throws IOException {
        return readWhole(path).content();
    }

    /** A file and the bytes of its header. */
    record Whole(byte[] header, TensorFile content) {}

    static Whole readWhole(Path path) throws IOException {
        return read(
                path,
                MAX_ARRAY,
                (channel, position, bytes) -> MemorySegment.ofArray(
                        readFully(channel, path, position, (int) bytes).array()));
    }

    /**
     * Opens a file whose tensors may be larger than memory: they lie in the file, which is mapped, and are read where somebody
     * asks for them. The file must not become shorter as long as they are in use.
     *
     * @throws SafeTensorsException if the file does not keep to the format in every point, or holds an element type
     *     other than those of {@link DType}
     * @throws IOException if the file cannot be mapped
     */
    public static TensorFile map(Path path) throws IOException {
        return read(
                        path,
                        Long.MAX_VALUE,
                        (channel, position, bytes) -> bytes == 0
                                ? MemorySegment.ofArray(new byte[0])
                                : channel.map(FileChannel.MapMode.READ_ONLY, position, bytes, Arena.ofAuto()))
                .content();
    }

    /** How the bytes of a tensor are had. */
    private interface Loader {
        MemorySegment load(FileChannel channel, long position, long bytes) throws IOException;
    }

    private static Whole read(Path path, long mostBytes, Loader loader) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException(path + " is a folder; give the name of a safetensors file");
        }
        if (!Files.exists(path)) {
            throw new IOException(path + " does not exist; give the name of a safetensors file");
        }
        try (FileChannel channel = FileChannel.open(path)) {
            long size = channel.size();
            if (size < Long.BYTES) {
                throw new SafeTensorsException(
                        path, "byte 0", "the file ends after " + size + " bytes, within the header's length", DAMAGED);
            }
            long length = readFully(channel, path, 0, Long.BYTES).getLong(0);
            // A negative long is an unsigned length beyond 2^63.
            if (length < 0 || length > MAX_HEADER) {
                throw new SafeTensorsException(
                        path,
                        "byte 0",
                        "the header is said to be " + Long.toUnsignedString(length) + " bytes long, more than the "
                                + MAX_HEADER + " allowed",
                        DAMAGED);
            }
            if (length > size - Long.BYTES) {
                throw new SafeTensorsException(
                        path,
                        "byte 0",
                        "the header is said to be " + length + " bytes long, but only " + (size - Long.BYTES)
                                + " bytes follow",
                        DAMAGED);
            }
            byte[] bytes = readFully(channel, path, Long.BYTES, (int) length).array();
            long dataStart = Long.BYTES + length;
            Header header = HeaderReader.read(path, bytes, size - dataStart, mostBytes);
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            for (Header.Entry entry : header.entries()) {
                MemorySegment data = loader.load(channel, dataStart + entry.begin(), entry.end() - entry.begin());
                tensors.put(entry.name(), new Tensor(entry.dtype(), entry.shape(), data));
            }
            return new Whole(bytes, new TensorFile(tensors, header.metadata()));
        }
    }

    /**
     * Writes a file, replacing one that exists. The new content appears under {@code path} only when it is complete and
     * on the disk.
     *
     * @param tensors by name, in any order; the file holds them by element size, largest first, then by name
     * @throws IllegalArgumentException if a tensor is named {@code __metadata__}
     */
    public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        List<Map.Entry<String, Tensor>> ordered = ordered(tensors);
        write(path, header(ordered, metadata), ordered);
    }

    /** The tensors in the order in which a file holds them. */
    static List<Map.Entry<String, Tensor>> ordered(Map<String, Tensor> tensors) {
        if (tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException("a tensor cannot be named " + METADATA + "; give it another name");
        }
        return tensors.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, Tensor>>comparingInt(
                                e -> -e.getValue().dtype().bytes())
                        .thenComparing(Map.Entry::getKey))
                .toList();
    }

    static void write(Path path, byte[] header, List<Map.Entry<String, Tensor>> ordered) throws IOException {
        AtomicFile.write(path, channel -> {
            AtomicFile.writeFully(channel, length(header));
            AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
            for (Map.Entry<String, Tensor> entry : ordered) {
                AtomicFile.writeFully(channel, entry.getValue().data().asByteBuffer());
            }
        });
    }

    /** The first bytes of a file, which say how long its header is. */
    static ByteBuffer length(byte[] header) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .flip();
    }

    static byte[] header(List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) {
        StringBuilder json = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            json.append('"').append(METADATA).append("\":{");
            String separator = "";
            // In the order of their names, so that the same content gives the same bytes.
            for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                json.append(separator).append(Json.quote(entry.getKey()));
                json.append(':').append(Json.quote(entry.getValue()));
                separator = ",";
            }
            json.append('}');
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors) {
            Tensor tensor = entry.getValue();
            long end = offset + tensor.data().byteSize();
            json.append(json.length() > 1 ? "," : "").append(Json.quote(entry.getKey()));
            json.append(":{\"dtype\":\"").append(tensor.dtype());
            json.append("\",\"shape\":").append(tensor.shape().toString().replace(" ", ""));
            json.append(",\"data_offsets\":[")
                    .append(offset)
                    .append(',')
                    .append(end)
                    .append("]}");
            offset = end;
        }
        byte[] bytes = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        // Spaces up to a multiple of 8 keep the data aligned for readers that map the file.
        byte[] padded = Arrays.copyOf(bytes, (bytes.length + 7) / 8 * 8);
        Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
        if (padded.length > MAX_HEADER) {
            throw new IllegalArgumentException("names and metadata take " + padded.length + " bytes, more than the "
                    + MAX_HEADER + " that a safetensors header may have");
        }
        return padded;
    }

    private static ByteBuffer readFully(FileChannel channel, Path path, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException(path + " became shorter while it was read");
            }
        }
        return buffer;
    }
}
