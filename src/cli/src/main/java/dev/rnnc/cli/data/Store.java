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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Numbers that are written one behind the other and then read at random: in memory while they are few, else in a
 * temporary file that is mapped, so that the heap stays small whatever their number. The file goes when the process does.
 * Where it cannot be written, as on a full disk, a warning is logged and the numbers go to memory outside of the heap.
 */
public final class Store {
    /** Up to so many bytes need no file. */
    static final int IN_MEMORY = 4 << 20;

    private static final System.Logger LOG = System.getLogger("dev.rnnc.data");

    private final Path folder;
    private final Disk disk;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.nativeOrder());
    private ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private FileChannel file;
    /** Where the numbers go if the file cannot be written; may be larger than their number asks for. */
    private MemorySegment instead;

    private long filled;
    private long size;

    /** Opens a temporary file in a folder. */
    @FunctionalInterface
    interface Disk {
        FileChannel open(Path folder) throws IOException;
    }

    /**
     * An empty store.
     *
     * @param folder where the temporary file goes if one is needed
     */
    public Store(Path folder) {
        this(folder, Store::open);
    }

    Store(Path folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
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

    /**
     * All numbers so far, in the order of adding; nothing can be added afterwards.
     *
     * @throws DataException if a file is needed and its folder does not exist
     */
    public MemorySegment finish() {
        flush();
        try {
            if (instead != null) {
                return instead.asSlice(0, size);
            }
            if (file != null) {
                try (FileChannel open = file) {
                    return open.map(MapMode.READ_ONLY, 0, size, Arena.ofAuto());
                }
            }
            MemorySegment all = allocate(size);
            MemorySegment.copy(MemorySegment.ofArray(memory.toByteArray()), 0, all, 0, size);
            return all.asSlice(0, size);
        } catch (IOException e) {
            throw failure(folder, e);
        } finally {
            memory = null;
        }
    }

    /**
     * Zeroed memory to write to at random, in a temporary file where it is large.
     *
     * @throws DataException if a file is needed and its folder does not exist
     */
    static MemorySegment allocate(long bytes, Path folder) {
        return allocate(bytes, folder, Store::open);
    }

    static MemorySegment allocate(long bytes, Path folder, Disk disk) {
        if (bytes <= IN_MEMORY) {
            return allocate(bytes).asSlice(0, bytes);
        }
        try (FileChannel file = disk.open(folder)) {
            // A mapping of blocks that the disk has no room for would only fail when they are written to.
            ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
            for (long done = 0; done < bytes; done += zeros.limit()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - done));
                write(file, zeros);
            }
            return file.map(MapMode.READ_WRITE, 0, bytes, Arena.ofAuto());
        } catch (IOException e) {
            warn(folder, e);
            return allocate(bytes).asSlice(0, bytes);
        }
    }

    private static MemorySegment allocate(long bytes) {
        return Arena.ofAuto().allocate(Math.max(1, bytes), Double.BYTES);
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() {
        buffer.flip();
        size += buffer.remaining();
        if (instead != null) {
            addInstead(buffer);
        } else if (file == null && size <= IN_MEMORY) {
            memory.write(buffer.array(), 0, buffer.remaining());
        } else {
            ByteBuffer first = ByteBuffer.wrap(memory.toByteArray());
            memory = new ByteArrayOutputStream();
            try {
                file = file == null ? disk.open(folder) : file;
                write(file, first);
                write(file, buffer);
            } catch (IOException e) {
                warn(folder, e);
                leaveFile(size - first.remaining() - buffer.remaining());
                addInstead(first);
                addInstead(buffer);
            }
        }
        buffer.clear();
    }

    /** Takes what the file holds to memory, and closes it, which gives its room back. */
    private void leaveFile(long written) {
        instead = allocate(2 * size);
        if (file != null) {
            try (FileChannel open = file) {
                if (written > 0) {
                    instead.copyFrom(open.map(MapMode.READ_ONLY, 0, written, Arena.ofAuto()));
                }
            } catch (IOException e) {
                throw failure(folder, e);
            }
            file = null;
        }
        filled = written;
    }

    private void addInstead(ByteBuffer bytes) {
        long end = filled + bytes.remaining();
        if (end > instead.byteSize()) {
            MemorySegment larger = allocate(2 * end);
            MemorySegment.copy(instead, 0, larger, 0, filled);
            instead = larger;
        }
        instead.asSlice(filled).copyFrom(MemorySegment.ofBuffer(bytes));
        filled = end;
    }

    private static void write(FileChannel file, ByteBuffer bytes) throws IOException {
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

    /** A training is worth more than its copy of the data; only a folder that is not there is a slip of whoever named it. */
    private static void warn(Path folder, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            throw failure(folder, cause);
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "cannot keep a binary copy of the data in ''{0}'': {1}; it is kept in memory instead;"
                        + " name a folder with more room with --cache DIR",
                folder,
                cause.getMessage() == null ? cause : cause.getMessage());
    }

    private static DataException failure(Path folder, IOException cause) {
        return new DataException(
                "cannot keep a binary copy of the data in '%s': %s; name a folder with more room with --cache DIR"
                        .formatted(folder, cause.getMessage() == null ? cause : cause.getMessage()),
                cause);
    }
}
