package dev.rnnc.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are cut, forged or damaged are refused with a message, never with an error of the JVM. */
class HostileSafeTensorsTest {
    private static final String SOUND = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    @TempDir
    Path folder;

    @Test
    void readsTheSoundFileThatTheOthersAreMadeFrom() throws IOException {
        assertThat(SafeTensors.read(file(SOUND + "   ", 8)).tensors()).containsKey("a");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":{F32 [2] [0,8]}} | 7 | the file is cut off
            {"a":{F32 [2] [0,8]}} | 9 | take 8 bytes, but 9 follow
            {"a":{F32 [2] [4,12]}} | 12 | begin at 4, beyond the data before
            {"a":{F32 [2] [0,8]},"b":{F32 [1] [4,8]}} | 8 | "b": its data begin at 4, inside
            {"a":{F32 [2] [0,8]},"b":{F32 [1] [12,16]}} | 16 | "b": its data begin at 12, beyond
            {"a":{F32 [2] [0,8]},"b":{F32 [2] [0,8]}} | 8 | inside the data before
            {"a":{F32 [2] [8,0]}} | 8 | run backwards
            {"a":{F32 [2] [0]}} | 8 | must be two numbers
            {"a":{F32 [2] [0,8.0]}} | 8 | whole numbers from 0 on, not 8.0
            {"a":{F32 [2] [0,1e1]}} | 8 | not 1e1
            {"a":{F32 [2] [0,"8"]}} | 8 | must hold numbers, not a string
            {"a":{F32 [2] [0,99999999999999999999]}} | 8 | overflows 64 bits
            {"a":{F32 [2] [-8,0]}} | 8 | not -8
            {"a":{F32 [-2] [0,8]}} | 8 | not -2
            {"a":{F32 [3] [0,8]}} | 8 | F32[3] takes 12 bytes, but data_offsets give 8
            {"a":{F32 [2147483647,2147483647,4] [0,8]}} | 8 | overflows 64 bits
            {"a":{F64 [1073741824,1073741824,2] [0,0]}} | 0 | overflows 64 bits
            {"a":{F32 [4294967296] [0,8]}} | 8 | dimension 4294967296
            {"a":{F32 [1000000000] [0,4000000000]}} | 8 | split it into several tensors
            {"a":{F32 [500000000] [0,2000000000]}} | 8 | the file is cut off
            {"a":{F8_E4M3 [8] [0,8]}} | 8 | dtype "F8_E4M3" is not supported; save it as one of [F64
            {"a":{f32 [2] [0,8]}} | 8 | not supported
            {"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}} | 8 | dtype must be a string, not a number
            {"a":{F32 2 [0,8]}} | 8 | shape must be an array
            {"a":{"dtype":"F32","data_offsets":[0,8]}} | 8 | must have the fields
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}} | 8 | must have the fields
            {"a":[]} | 8 | an object was expected, not an array
            {"__metadata__":{"k":1},"a":{F32 [2] [0,8]}} | 8 | the value of "k" must be a string
            {"__metadata__":"x"} | 0 | __metadata__: an object was expected
            {"a":{F32 [1] [0,4]},"a":{F32 [1] [4,8]}} | 8 | stands twice
            {"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}} | 8 | stands twice
            {"a": | 8 | not valid JSON
            {} x | 0 | not valid JSON
            [] | 0 | does not begin with '{'
            {} | 5 | take 0 bytes, but 5 follow
        """)
    void refusesForgedHeaders(String header, int dataBytes, String problem) throws IOException {
        // {F32 [2] [0,8]} is short for an entry with these three fields.
        String expanded =
                header.replaceAll("\\{(\\w+) (\\S+) (\\S+)}", "{\"dtype\":\"$1\",\"shape\":$2,\"data_offsets\":$3}");
        Path path = file(expanded, dataBytes);
        assertThatThrownBy(() -> SafeTensors.read(path))
                .isInstanceOf(SafeTensorsException.class)
                .hasMessageStartingWith(path + ": ")
                .hasMessageContaining(problem)
                .hasMessageContaining("; ");
    }

    @Test
    void refusesHeaderLengthsBeyondTheFileOrTheLimit() throws IOException {
        for (long length : new long[] {55, 1000, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            Path path = file(length, SOUND.getBytes(StandardCharsets.UTF_8), 0);
            assertThatThrownBy(() -> SafeTensors.read(path))
                    .isInstanceOf(SafeTensorsException.class)
                    .hasMessageContaining("the header is said to be " + Long.toUnsignedString(length));
        }
    }

    @Test
    void refusesAHeaderThatIsEmptyOrPaddedInFrontOrNotUtf8() throws IOException {
        Path empty = file(0, new byte[0], 8);
        assertThatThrownBy(() -> SafeTensors.read(empty)).hasMessageContaining("does not begin with '{'");
        Path padded = file(" " + SOUND, 8);
        assertThatThrownBy(() -> SafeTensors.read(padded)).hasMessageContaining("does not begin with '{'");
        byte[] bytes = SOUND.getBytes(StandardCharsets.UTF_8);
        bytes[2] = (byte) 0xff;
        Path invalid = file(bytes.length, bytes, 8);
        assertThatThrownBy(() -> SafeTensors.read(invalid)).hasMessageContaining("is not UTF-8");
        byte[] overlong = "{\"__metadata__\":{\"k\":\"??\"}}".getBytes(StandardCharsets.UTF_8);
        overlong[22] = (byte) 0xc0;
        overlong[23] = (byte) 0x80;
        Path forged = file(overlong.length, overlong, 0);
        assertThatThrownBy(() -> SafeTensors.read(forged)).hasMessageContaining("is not UTF-8");
    }

    @Test
    void refusesDeepNesting() throws IOException {
        Path path = file("{\"a\":" + "[".repeat(1_000_000), 0);
        assertThatThrownBy(() -> SafeTensors.read(path)).hasMessageContaining("deeper than 32");
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        byte[] sound = Files.readAllBytes(file(SOUND, 8));
        for (int length = 0; length < sound.length; length++) {
            Path path = Files.write(folder.resolve("cut"), Arrays.copyOf(sound, length));
            assertThatThrownBy(() -> SafeTensors.read(path)).isInstanceOf(SafeTensorsException.class);
        }
    }

    @Test
    void survivesRandomDamage() throws IOException {
        byte[] sound = Files.readAllBytes(file(SOUND, 8));
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = sound.clone();
            for (int i = 0; i <= random.nextInt(4); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Path path = Files.write(folder.resolve("damaged"), damaged);
            try {
                SafeTensors.read(path);
            } catch (SafeTensorsException refused) {
                assertThat(refused).hasMessageContaining("damaged: ");
            }
        }
    }

    private Path file(String header, int dataBytes) throws IOException {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        return file(bytes.length, bytes, dataBytes);
    }

    private Path file(long length, byte[] header, int dataBytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(length).put(header);
        return Files.write(folder.resolve("w.safetensors"), buffer.array());
    }
}
