package dev.rnnc.cli.report;

import com.google.protobuf.CodedOutputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A file of scalars that TensorBoard reads: records of TensorFlow's {@code Event} message (event.proto, summary.proto),
 * each between a length and checksums (tensorflow/core/lib/io/record_writer.h).
 */
public final class EventFile implements AutoCloseable {
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int VALUE = 1;
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;

    private final OutputStream out;

    private EventFile(OutputStream out) {
        this.out = out;
    }

    /**
     * Makes a new file in a folder, which is made too.
     *
     * @param millis the present time, which becomes part of the name
     * @throws IOException if it cannot be written, or another run began in the same millisecond
     */
    public static EventFile create(Path folder, long millis) throws IOException {
        Files.createDirectories(folder);
        // TensorBoard looks for this word; the names of one folder must go up with time.
        Path file = folder.resolve(
                String.format(Locale.ROOT, "events.out.tfevents.%010d.%03d.rnnc", millis / 1000, millis % 1000));
        EventFile events =
                new EventFile(new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)));
        events.write(message(event -> {
            event.writeDouble(WALL_TIME, millis * 1e-3);
            event.writeString(FILE_VERSION, "brain.Event:2");
        }));
        events.out.flush();
        return events;
    }

    /**
     * Adds a value for each tag.
     *
     * @param seconds the time, since 1970
     * @param step counted over the whole run
     * @throws IOException if the file cannot be written
     */
    public void scalars(double seconds, long step, Map<String, Double> values) throws IOException {
        byte[] summary = message(all -> {
            for (Map.Entry<String, Double> scalar : values.entrySet()) {
                all.writeByteArray(VALUE, message(value -> {
                    value.writeString(TAG, scalar.getKey());
                    value.writeFloat(SIMPLE_VALUE, scalar.getValue().floatValue());
                }));
            }
        });
        write(message(event -> {
            event.writeDouble(WALL_TIME, seconds);
            event.writeInt64(STEP, step);
            event.writeByteArray(SUMMARY, summary);
        }));
        // Whoever watches the training sees it now.
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private void write(byte[] event) throws IOException {
        byte[] length = littleEndian(Long.BYTES).putLong(event.length).array();
        out.write(length);
        out.write(littleEndian(Integer.BYTES).putInt(maskedChecksum(length)).array());
        out.write(event);
        out.write(littleEndian(Integer.BYTES).putInt(maskedChecksum(event)).array());
    }

    /** CRC-32C, turned and moved, as a checksum of data that hold checksums is a weak one. */
    static int maskedChecksum(byte[] data) {
        CRC32C checksum = new CRC32C();
        checksum.update(data);
        int value = (int) checksum.getValue();
        return Integer.rotateRight(value, 15) + 0xa282ead8;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream message = CodedOutputStream.newInstance(bytes);
        fields.write(message);
        message.flush();
        return bytes.toByteArray();
    }

    private interface Fields {
        void write(CodedOutputStream message) throws IOException;
    }
}
