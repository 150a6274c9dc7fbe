package dev.rnnc.cli.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Numbers that are written one behind the other and then read at random: in memory while they are few, else in a
 * temporary file that is mapped, so that the heap stays small whatever their number. The file goes when the process does.
 */
public final class Store {
    /** Up to so many bytes need no file. */
    static final int IN_MEMORY = 4 << 20;

    private final Path folder;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.nativeOrder());
    private ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private FileChannel file;
    private long size;

    /**
     * An empty store.
     *
     * @param folder where the temporary file goes if one is needed
     */
    public Store(Path folder) {
        this.folder = folder;
    }

    /** Adds a 32-bit integer. */
    public void add(int value) {
        room(Integer.BYTES);
        buffer.putInt(value);
    }

    /** Adds a double. */
    public void add(double value) {
        room(Double.BYTES);
        buffer.putDouble(value);
    }

    /** All numbers so far, in the order of adding; nothing can be added afterwards. */
    public MemorySegment finish() {
        flush();
        try {
            if (file != null) {
                try (FileChannel open = file) {
                    return open.map(MapMode.READ_ONLY, 0, size, Arena.ofAuto());
                }
            }
            MemorySegment all = Arena.ofAuto().allocate(Math.max(1, size), Double.BYTES);
            MemorySegment.copy(MemorySegment.ofArray(memory.toByteArray()), 0, all, 0, size);
            return all.asSlice(0, size);
        } catch (IOException e) {
            throw failure(folder, e);
        } finally {
            memory = null;
        }
    }

    /** Zeroed memory to write to at random, in a temporary file where it is large. */
    static MemorySegment allocate(long bytes, Path folder) {
        if (bytes <= IN_MEMORY) {
            return Arena.ofAuto().allocate(Math.max(1, bytes), Double.BYTES).asSlice(0, bytes);
        }
        try (FileChannel file = open(folder)) {
            return file.map(MapMode.READ_WRITE, 0, bytes, Arena.ofAuto());
        } catch (IOException e) {
            throw failure(folder, e);
        }
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() {
        buffer.flip();
        size += buffer.remaining();
        try {
            if (file == null && size > IN_MEMORY) {
                file = open(folder);
                write(ByteBuffer.wrap(memory.toByteArray()));
                memory = new ByteArrayOutputStream();
            }
            if (file == null) {
                memory.write(buffer.array(), 0, buffer.remaining());
            } else {
                write(buffer);
            }
        } catch (IOException e) {
            throw failure(folder, e);
        }
        buffer.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    private static FileChannel open(Path folder) throws IOException {
        // The mapping outlives channel and name, so that nothing is left behind even if the process is killed.
        return FileChannel.open(
                Files.createTempFile(folder, "rnnc-data-", ".bin"),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    private static DataException failure(Path folder, IOException cause) {
        return new DataException(
                "cannot keep a binary copy of the data in '%s': %s; name a folder with more room with --cache DIR"
                        .formatted(folder, cause.getMessage() == null ? cause : cause.getMessage()),
                cause);
    }
}
