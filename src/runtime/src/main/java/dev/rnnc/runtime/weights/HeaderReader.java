package dev.rnnc.runtime.weights;

import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonException;
import dev.rnnc.runtime.json.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads and checks a safetensors header: nothing that it lets through can make a reader run out of the file. */
final class HeaderReader {
    private static final Set<String> FIELDS = Set.of("dtype", "shape", "data_offsets");
    private final Path path;
    private final long mostBytes;

    private HeaderReader(Path path, long mostBytes) {
        this.path = path;
        this.mostBytes = mostBytes;
    }

    /**
     * Reads a header.
     *
     * @param path the file's name, for messages
     * @param bytes the header
     * @param dataBytes number of bytes that follow the header
     * @param mostBytes the bytes of the largest tensor that can be read
     */
    static Header read(Path path, byte[] bytes, long dataBytes, long mostBytes) throws SafeTensorsException {
        HeaderReader reader = new HeaderReader(path, mostBytes);
        Header header = reader.read(reader.parse(bytes));
        reader.checkOffsets(header.entries(), dataBytes);
        return header;
    }

    private JsonValue.Members parse(byte[] bytes) throws SafeTensorsException {
        if (bytes.length == 0 || bytes[0] != '{') {
            throw error("header", "it does not begin with '{'");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            // The first byte is '{', so whatever parses is an object.
            return (JsonValue.Members) Json.parse(text);
        } catch (CharacterCodingException e) {
            throw error("header", "it is not UTF-8");
        } catch (JsonException e) {
            throw error("header", "it is not valid JSON, " + e.getMessage());
        }
    }

    private Header read(JsonValue.Members root) throws SafeTensorsException {
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Header.Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonValue> member : root.members().entrySet()) {
            if (member.getKey().equals(SafeTensors.METADATA)) {
                readMetadata(member.getValue(), metadata);
            } else {
                entries.add(readTensor(member.getKey(), member.getValue()));
            }
        }
        entries.sort(Comparator.comparingLong(Header.Entry::begin).thenComparingLong(Header.Entry::end));
        return new Header(entries, metadata);
    }

    private void readMetadata(JsonValue value, Map<String, String> metadata) throws SafeTensorsException {
        if (!(value instanceof JsonValue.Members object)) {
            throw error(SafeTensors.METADATA, "an object was expected, not " + value.kind());
        }
        for (Map.Entry<String, JsonValue> entry : object.members().entrySet()) {
            if (!(entry.getValue() instanceof JsonValue.Text text)) {
                throw error(
                        SafeTensors.METADATA,
                        "the value of " + Json.quote(entry.getKey()) + " must be a string, not "
                                + entry.getValue().kind());
            }
            metadata.put(entry.getKey(), text.value());
        }
    }

    private Header.Entry readTensor(String name, JsonValue value) throws SafeTensorsException {
        String place = "tensor " + Json.quote(name);
        if (!(value instanceof JsonValue.Members object)) {
            throw error(place, "an object was expected, not " + value.kind());
        }
        if (!object.members().keySet().equals(FIELDS)) {
            throw error(
                    place,
                    "it must have the fields dtype, shape and data_offsets, but has "
                            + object.members().keySet());
        }
        DType dtype = readType(place, object.members().get("dtype"));
        List<Integer> shape = new ArrayList<>();
        for (long dimension : readNumbers(place, "shape", object.members().get("shape"))) {
            if (dimension > Integer.MAX_VALUE) {
                throw error(place, "dimension " + dimension + " is beyond what a Java array can hold");
            }
            shape.add((int) dimension);
        }
        List<Long> offsets = readNumbers(place, "data_offsets", object.members().get("data_offsets"));
        if (offsets.size() != 2) {
            throw error(place, "data_offsets must be two numbers, but are " + offsets.size());
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (begin > end) {
            throw error(place, "data_offsets [" + begin + ", " + end + "] run backwards");
        }
        checkSize(place, dtype, shape, end - begin);
        return new Header.Entry(name, dtype, shape, begin, end);
    }

    private DType readType(String place, JsonValue value) throws SafeTensorsException {
        if (value instanceof JsonValue.Text text) {
            for (DType dtype : DType.values()) {
                if (dtype.name().equals(text.value())) {
                    return dtype;
                }
            }
            throw new SafeTensorsException(
                    path,
                    place,
                    "dtype " + Json.quote(text.value()) + " is not supported",
                    "save it as one of " + Arrays.toString(DType.values()));
        }
        throw error(place, "dtype must be a string, not " + value.kind());
    }

    private void checkSize(String place, DType dtype, List<Integer> shape, long bytes) throws SafeTensorsException {
        long expected;
        try {
            expected = Math.multiplyExact(Tensor.elements(shape), (long) dtype.bytes());
        } catch (ArithmeticException overflow) {
            throw error(place, "the size of " + dtype + shape + " overflows 64 bits");
        }
        if (expected != bytes) {
            throw error(
                    place, dtype + shape.toString() + " takes " + expected + " bytes, but data_offsets give " + bytes);
        }
        if (bytes > mostBytes) {
            throw new SafeTensorsException(
                    path,
                    place,
                    "it has " + bytes + " bytes, more than the " + mostBytes + " a Java array can hold",
                    "split it into several tensors");
        }
    }

    private List<Long> readNumbers(String place, String field, JsonValue value) throws SafeTensorsException {
        if (!(value instanceof JsonValue.Array array)) {
            throw error(place, field + " must be an array, not " + value.kind());
        }
        List<Long> numbers = new ArrayList<>();
        for (JsonValue element : array.elements()) {
            if (!(element instanceof JsonValue.Number number)) {
                throw error(place, field + " must hold numbers, not " + element.kind());
            }
            if (!number.literal().matches("[0-9]+")) {
                throw error(place, field + " must hold whole numbers from 0 on, not " + number.literal());
            }
            try {
                numbers.add(Long.parseLong(number.literal()));
            } catch (NumberFormatException tooLarge) {
                throw error(place, field + " holds " + number.literal() + ", which overflows 64 bits");
            }
        }
        return numbers;
    }

    /** Tensors, in the order of their offsets, must fill the data exactly. */
    private void checkOffsets(List<Header.Entry> entries, long dataBytes) throws SafeTensorsException {
        long expected = 0;
        for (Header.Entry entry : entries) {
            if (entry.begin() != expected) {
                throw error(
                        "tensor " + Json.quote(entry.name()),
                        "its data begin at " + entry.begin() + ", " + (entry.begin() < expected ? "inside" : "beyond")
                                + " the data before, which end at " + expected);
            }
            expected = entry.end();
        }
        if (expected != dataBytes) {
            throw error(
                    "data",
                    "the tensors take " + expected + " bytes, but " + dataBytes + " follow the header"
                            + (expected > dataBytes ? ": the file is cut off" : ""));
        }
    }

    private SafeTensorsException error(String place, String problem) {
        return new SafeTensorsException(path, place, problem, SafeTensors.DAMAGED);
    }
}
