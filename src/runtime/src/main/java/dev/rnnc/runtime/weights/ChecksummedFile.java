package dev.rnnc.runtime.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * A safetensors file that knows its own checksum: the CRC-32C of every byte of it, header and metadata included, stands in
 * its metadata. The checksum's own eight digits count as zeros. So a single changed bit is always seen, wherever it is.
 */
public final class ChecksummedFile {
    private static final String KEY = "checksum";
    private static final String NO_DIGITS = "00000000";
    private static final byte[] BEFORE_DIGITS = ('"' + KEY + "\":\"").getBytes(StandardCharsets.UTF_8);

    private ChecksummedFile() {}

    /**
     * Writes a file as {@link SafeTensors#write} does, with its checksum under {@code checksum} in the metadata.
     *
     * @throws IllegalArgumentException if a tensor is named {@code __metadata__}
     */
    public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        List<Map.Entry<String, Tensor>> ordered = SafeTensors.ordered(tensors);
        Map<String, String> all = new LinkedHashMap<>(metadata);
        all.put(KEY, NO_DIGITS);
        byte[] header = SafeTensors.header(ordered, all);
        String checksum =
                checksum(header, ordered.stream().map(Map.Entry::getValue).toList());
        int at = digits(header).orElseThrow();
        System.arraycopy(checksum.getBytes(StandardCharsets.UTF_8), 0, header, at, NO_DIGITS.length());
        SafeTensors.write(path, header, ordered);
    }

    /**
     * Reads a file that {@link #write} wrote.
     *
     * @return its content, without the checksum
     * @throws SafeTensorsException if it is no safetensors file
     * @throws IOException if it cannot be read, or a byte of it is not what was written
     */
    public static TensorFile read(Path path) throws IOException {
        SafeTensors.Whole whole = SafeTensors.readWhole(path);
        Map<String, String> metadata = new LinkedHashMap<>(whole.content().metadata());
        Optional<String> stated = Optional.ofNullable(metadata.remove(KEY));
        OptionalInt at = digits(whole.header());
        if (stated.isEmpty() || at.isEmpty()) {
            throw new IOException("it has no checksum over all its bytes");
        }
        System.arraycopy(
                NO_DIGITS.getBytes(StandardCharsets.UTF_8), 0, whole.header(), at.getAsInt(), NO_DIGITS.length());
        String found =
                checksum(whole.header(), List.copyOf(whole.content().tensors().values()));
        if (!found.equals(stated.get())) {
            throw new IOException("its checksum is " + found + " instead of " + stated.get());
        }
        return new TensorFile(whole.content().tensors(), metadata);
    }

    /**
     * Where the digits stand in the header. A quote within a name or a value has a backslash before it, so what is found is
     * the metadata's entry, which comes first.
     */
    private static OptionalInt digits(byte[] header) {
        int last = header.length - BEFORE_DIGITS.length - NO_DIGITS.length();
        for (int at = 0; at <= last; at++) {
            if (startsAt(header, at)) {
                return OptionalInt.of(at + BEFORE_DIGITS.length);
            }
        }
        return OptionalInt.empty();
    }

    private static boolean startsAt(byte[] header, int at) {
        for (int i = 0; i < BEFORE_DIGITS.length; i++) {
            if (header[at + i] != BEFORE_DIGITS[i]) {
                return false;
            }
        }
        return true;
    }

    private static String checksum(byte[] header, List<Tensor> tensors) {
        CRC32C checksum = new CRC32C();
        checksum.update(SafeTensors.length(header));
        checksum.update(ByteBuffer.wrap(header));
        for (Tensor tensor : tensors) {
            checksum.update(tensor.data().asByteBuffer());
        }
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }
}
