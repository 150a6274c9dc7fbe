package dev.rnnc.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {
    @TempDir
    Path folder;

    @Test
    void givesBackWhatWasWritten() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("floats", Tensor.ofFloats(List.of(2, 3), new float[] {1, -2, Float.NaN, 0, -0f, 1e-45f}));
        tensors.put("doubles", Tensor.ofDoubles(List.of(2), new double[] {Math.PI, Double.NEGATIVE_INFINITY}));
        tensors.put("ints", Tensor.ofInts(List.of(3), new int[] {1, Integer.MIN_VALUE, 3}));
        tensors.put("longs", Tensor.ofLongs(List.of(1), new long[] {Long.MIN_VALUE}));
        tensors.put("scalar", Tensor.ofFloats(List.of(), new float[] {7}));
        tensors.put("empty", Tensor.ofFloats(List.of(3, 0), new float[0]));
        tensors.put("n\u00e4me \"quoted\"\n\ud83d\ude00", Tensor.ofFloats(List.of(1), new float[] {8}));
        Map<String, String> metadata = Map.of("format", "pt", "note", "\u00fc\t");
        Path path = folder.resolve("new/w.safetensors");

        SafeTensors.write(path, tensors, metadata);
        TensorFile read = SafeTensors.read(path);

        assertThat(read.tensors()).containsExactlyInAnyOrderEntriesOf(tensors);
        assertThat(read.metadata()).isEqualTo(metadata);
        assertThat(SafeTensors.map(path)).isEqualTo(read);
    }

    @Test
    void theOrderOfTheMetadataMakesNoDifference() throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>(Map.of("a", "1"));
        metadata.put("b", "2");
        SafeTensors.write(folder.resolve("1"), Map.of(), metadata);
        metadata.remove("a");
        metadata.put("a", "1");
        SafeTensors.write(folder.resolve("2"), Map.of(), metadata);

        assertThat(folder.resolve("1")).hasSameBinaryContentAs(folder.resolve("2"));
    }

    @Test
    void aTensorLargerThanAnArrayIsReadByPosition() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "a file with holes takes no room on Linux");
        Path path = folder.resolve("large.safetensors");
        byte[] header = "{\"x\":{\"dtype\":\"U8\",\"shape\":[3,1000000000],\"data_offsets\":[0,3000000000]}}  "
                .getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .flip());
            channel.write(ByteBuffer.wrap(header));
            channel.write(ByteBuffer.wrap(new byte[] {7}), Long.BYTES + header.length + 2_999_999_999L);
        }
        Tensor x = SafeTensors.map(path).tensors().get("x");
        int[] last = new int[2];
        x.read(2_999_999_998L, last, 0, 2);

        assertThat(x.elements()).isEqualTo(3_000_000_000L);
        assertThat(last).containsExactly(0, 7);
        assertThatThrownBy(() -> SafeTensors.read(path)).hasMessageContaining("split it into several tensors");
    }

    @Test
    void writesLargeElementsFirstThenByNameAfterAHeaderOfWholeEightBytes() throws IOException {
        Path path = folder.resolve("w.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b", Tensor.ofFloats(List.of(1), new float[] {2}));
        tensors.put("a", Tensor.ofFloats(List.of(1), new float[] {1}));
        tensors.put("z", Tensor.ofDoubles(List.of(1), new double[] {3}));
        SafeTensors.write(path, tensors, Map.of());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong(0);
        assertThat(length % 8).isZero();
        assertThat(new String(bytes.array(), 8, length, StandardCharsets.UTF_8).stripTrailing())
                .isEqualTo("{\"z\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}}");
        assertThat(bytes.getDouble(8 + length)).isEqualTo(3);
        assertThat(bytes.getFloat(16 + length)).isEqualTo(1);
        assertThat(SafeTensors.read(path).tensors().keySet()).containsExactly("z", "a", "b");
    }

    @Test
    void replacesAFileAndLeavesNothingBeside() throws IOException {
        Path path = folder.resolve("w.safetensors");
        SafeTensors.write(path, Map.of("a", Tensor.ofFloats(List.of(1), new float[] {1})), Map.of());
        SafeTensors.write(path, Map.of("a", Tensor.ofFloats(List.of(1), new float[] {2})), Map.of());
        assertThat(SafeTensors.read(path).tensors().get("a").floats()).containsExactly(2);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void leavesTheOldFileWhereWritingFails() throws IOException {
        Path path = folder.resolve("w.safetensors");
        SafeTensors.write(path, Map.of("a", Tensor.ofFloats(List.of(1), new float[] {1})), Map.of());
        byte[] before = Files.readAllBytes(path);
        Map<String, Tensor> reserved = Map.of("__metadata__", Tensor.ofFloats(List.of(1), new float[] {2}));
        assertThatThrownBy(() -> SafeTensors.write(path, reserved, Map.of())).hasMessageContaining("__metadata__");
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
        assertThatThrownBy(() -> SafeTensors.write(folder, Map.of(), Map.of())).hasMessageContaining("is a folder");
    }

    @Test
    void namesAFileThatIsMissingOrAFolder() {
        assertThatThrownBy(() -> SafeTensors.read(folder.resolve("none")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none does not exist");
        assertThatThrownBy(() -> SafeTensors.read(folder)).hasMessageContaining("is a folder");
    }

    @Test
    void convertsEveryElementType() {
        assertThat(tensor(DType.F16, 0x00, 0x3c, 0x00, 0xc0).doubles()).containsExactly(1, -2);
        assertThat(tensor(DType.BF16, 0x80, 0x3f, 0x00, 0xc0).doubles()).containsExactly(1, -2);
        assertThat(tensor(DType.I16, 0xff, 0xff).ints()).containsExactly(-1);
        assertThat(tensor(DType.I8, 0xff).ints()).containsExactly(-1);
        assertThat(tensor(DType.U8, 0xff).ints()).containsExactly(255);
        assertThat(tensor(DType.BOOL, 0, 1).floats()).containsExactly(0, 1);
        assertThat(Tensor.ofLongs(List.of(1), new long[] {5}).ints()).containsExactly(5);
        assertThat(Tensor.ofDoubles(List.of(1), new double[] {0.1}).floats()).containsExactly(0.1f);
    }

    @Test
    void refusesToCutNumbersThatAreNo32BitIntegers() {
        assertThatThrownBy(
                        () -> Tensor.ofFloats(List.of(2), new float[] {1, 1.5f}).ints())
                .hasMessage("element 1 of F32[2] is 1.5, not a 32-bit integer");
        assertThatThrownBy(
                        () -> Tensor.ofLongs(List.of(1), new long[] {1L << 40}).ints())
                .hasMessage("element 0 of I64[1] is 1099511627776, not a 32-bit integer");
    }

    @Test
    void refusesTensorsWhoseShapeAndDataDisagree() {
        assertThatThrownBy(() -> Tensor.ofFloats(List.of(2, 2), new float[3]))
                .hasMessage("shape [2, 2] has 4 elements, but 3 values were given");
        assertThatThrownBy(() -> Tensor.ofFloats(List.of(-1), new float[1])).hasMessageContaining("negative");
    }

    @Test
    void keepsItsOwnCopyOfTheValues() {
        float[] values = {1, 2};
        Tensor tensor = Tensor.ofFloats(List.of(2), values);
        values[0] = 9;
        tensor.floats()[1] = 9;
        assertThat(tensor.floats()).containsExactly(1, 2);
        assertThat(tensor.data().isReadOnly()).isTrue();
    }

    @Test
    void readsTheRecordedTorchCases() throws IOException {
        String data = System.getenv("RNNC_DATA");
        Path cases = (data == null ? Path.of("../../../shared/data") : Path.of(data)).resolve("torch-cases");
        assumeTrue(Files.isDirectory(cases), () -> "torch-cases not found at " + cases + "; set RNNC_DATA");
        try (Stream<Path> files = Files.list(cases)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
                assertThat(SafeTensors.read(file).tensors()).as(file.toString()).containsKey("loss");
            }
        }
    }

    private static Tensor tensor(DType dtype, int... bytes) {
        byte[] data = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            data[i] = (byte) bytes[i];
        }
        return new Tensor(dtype, List.of(bytes.length / dtype.bytes()), MemorySegment.ofArray(data));
    }
}
