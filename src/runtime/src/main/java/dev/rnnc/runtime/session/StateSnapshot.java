package dev.rnnc.runtime.session;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The states of a session at one moment: where a sequence stands. It fits every session of the same model that has as
 * many rows, whatever its weights. A snapshot is on the heap and needs no closing.
 */
public final class StateSnapshot {
    private static final int MAGIC = 0x524e4e53;
    private static final int FORMAT = 1;

    private final Layout layout;
    private final byte[] bytes;

    StateSnapshot(Layout layout, byte[] bytes) {
        this.layout = layout;
        this.bytes = bytes;
    }

    /** What the states belong to: a model's digest, and the rows of a batch. */
    record Layout(String digest, int rows) {}

    Layout layout() {
        return layout;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Another snapshot with the same states. */
    public StateSnapshot copy() {
        return new StateSnapshot(layout, bytes.clone());
    }

    /** The snapshot as bytes, for a file or a database; {@link #of} makes a snapshot of them, on a machine of the same byte order. */
    public byte[] toByteArray() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(stream)) {
            out.writeInt(MAGIC);
            out.writeInt(FORMAT);
            out.writeUTF(layout.digest());
            out.writeInt(layout.rows());
            out.writeInt(bytes.length);
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return stream.toByteArray();
    }

    /**
     * The snapshot that {@link #toByteArray} wrote.
     *
     * @throws IllegalArgumentException if the bytes are not those of a snapshot
     */
    public static StateSnapshot of(byte[] written) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(written))) {
            if (in.readInt() != MAGIC || in.readInt() != FORMAT) {
                throw new IllegalArgumentException("these bytes are no snapshot of states of this version");
            }
            Layout layout = new Layout(in.readUTF(), in.readInt());
            int length = in.readInt();
            if (length != in.available()) {
                throw new IllegalArgumentException(
                        "the snapshot has " + in.available() + " bytes of states, not " + length + " as it says");
            }
            return new StateSnapshot(layout, in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalArgumentException("these bytes are no snapshot of states: they end too early", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateSnapshot that && layout.equals(that.layout) && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * layout.hashCode() + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "states of %s row(s), %s bytes, of the model %.8s"
                .formatted(layout.rows(), bytes.length, layout.digest());
    }
}
