package dev.rnnc.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files, read back as TensorBoard reads them. */
public class EventFileTest {
    @TempDir
    private Path folder;

    /** A record of an event file. */
    public record Event(double wallTime, long step, String version, Map<String, Float> scalars) {}

    @Test
    void holdsWhatWasWritten() throws IOException {
        Path place = folder.resolve("a/b");
        try (EventFile file = EventFile.create(place, 1_700_000_000_250L)) {
            file.scalars(1_700_000_001.5, 7, Map.of("loss", 0.5));
            file.scalars(1_700_000_002.5, 300, Map.of("epoch/loss", -2.0));
        }
        assertThat(read(place))
                .containsExactly(
                        new Event(1_700_000_000.25, 0, "brain.Event:2", Map.of()),
                        new Event(1_700_000_001.5, 7, "", Map.of("loss", 0.5f)),
                        new Event(1_700_000_002.5, 300, "", Map.of("epoch/loss", -2f)));
        assertThatThrownBy(() -> EventFile.create(place, 1_700_000_000_250L))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    /** The checksum of "123456789" is the polynomial's published check value; the mask is TensorFlow's. */
    @Test
    void masksTheChecksumAsTensorFlowDoes() {
        int crc = 0xE3069283;
        int masked = (crc >>> 15 | crc << 17) + 0xa282ead8;
        assertThat(EventFile.maskedChecksum("123456789".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(masked);
    }

    /** The events of the only event file in a folder. */
    public static List<Event> read(Path folder) throws IOException {
        Path file;
        try (Stream<Path> files = Files.list(folder)) {
            file = files.filter(f -> f.getFileName().toString().contains("tfevents"))
                    .reduce((a, b) -> {
                        throw new AssertionError("two event files");
                    })
                    .orElseThrow();
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] length = new byte[Long.BYTES];
            bytes.get(length);
            assertThat(bytes.getInt()).isEqualTo(EventFile.maskedChecksum(length));
            byte[] event = new byte
                    [(int) ByteBuffer.wrap(length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong()];
            bytes.get(event);
            assertThat(bytes.getInt()).isEqualTo(EventFile.maskedChecksum(event));
            events.add(event(CodedInputStream.newInstance(event)));
        }
        return events;
    }

    private static Event event(CodedInputStream in) throws IOException {
        double time = 0;
        long step = 0;
        String version = "";
        Map<String, Float> scalars = new LinkedHashMap<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> time = in.readDouble();
                case 2 -> step = in.readInt64();
                case 3 -> version = in.readString();
                case 5 -> {
                    CodedInputStream summary = CodedInputStream.newInstance(in.readByteArray());
                    while (summary.readTag() != 0) {
                        CodedInputStream value = CodedInputStream.newInstance(summary.readByteArray());
                        value.readTag();
                        String name = value.readString();
                        value.readTag();
                        scalars.put(name, value.readFloat());
                    }
                }
                default -> throw new AssertionError("field " + tag);
            }
        }
        return new Event(time, step, version, scalars);
    }
}
