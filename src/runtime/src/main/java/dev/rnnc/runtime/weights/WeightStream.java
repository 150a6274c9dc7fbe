package dev.rnnc.runtime.weights;

import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model's parameters in a stream of safetensors, such as a resource of a jar. */
public final class WeightStream {
    /** What stands for the file's name in messages. */
    private static final Path NAME = Path.of("the stream of weights");

    private WeightStream() {}

    /**
     * Reads all parameters of a model; a parameter may also stand under its alias.
     *
     * @param stream read to its end; not closed
     * @throws WeightMismatchException if a parameter is missing, a tensor is left over, or a shape differs
     * @throws IOException if the stream cannot be read or does not hold safetensors
     */
    public static Parameters load(InputStream stream, ModelSpec spec) throws IOException {
        return WeightFile.assign(NAME, tensors(stream.readAllBytes()), spec, Map.of());
    }

    private static Map<String, Tensor> tensors(byte[] bytes) throws IOException {
        if (bytes.length < Long.BYTES) {
            throw damaged("it ends after " + bytes.length + " bytes, within the header's length");
        }
        long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        if (length < 0 || length > Math.min(SafeTensors.MAX_HEADER, bytes.length - Long.BYTES)) {
            throw damaged("the header is said to be " + Long.toUnsignedString(length) + " bytes long, but "
                    + (bytes.length - Long.BYTES) + " bytes follow");
        }
        int start = Long.BYTES + (int) length;
        Header header = HeaderReader.read(
                NAME, Arrays.copyOfRange(bytes, Long.BYTES, start), bytes.length - start, SafeTensors.MAX_ARRAY);
        MemorySegment file = MemorySegment.ofArray(bytes);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Header.Entry entry : header.entries()) {
            MemorySegment data = file.asSlice(start + entry.begin(), entry.end() - entry.begin());
            tensors.put(entry.name(), new Tensor(entry.dtype(), entry.shape(), data));
        }
        return tensors;
    }

    private static SafeTensorsException damaged(String what) {
        return new SafeTensorsException(NAME, "byte 0", what, SafeTensors.DAMAGED);
    }
}
