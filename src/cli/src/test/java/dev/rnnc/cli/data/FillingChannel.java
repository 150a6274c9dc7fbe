package dev.rnnc.cli.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file on a disk that has room for so many bytes, the last of which it writes before it fails, as disks do. */
final class FillingChannel extends FileChannel {
    private final FileChannel file;
    private final long room;

    FillingChannel(FileChannel file, long room) {
        this.file = file;
        this.room = room;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        long left = room - file.position();
        if (left == 0) {
            throw new IOException("No space left on device");
        }
        int count = (int) Math.min(left, bytes.remaining());
        int written = file.write(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + written);
        return written;
    }

    @Override
    public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
        return file.map(mode, offset, size, arena);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return file.map(mode, position, size);
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        return file.write(buffers, offset, length);
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
        return file.write(bytes, position);
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
        return file.read(bytes);
    }

    @Override
    public long read(ByteBuffer[] buffers, int offset, int length) throws IOException {
        return file.read(buffers, offset, length);
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
        return file.read(bytes, position);
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        return file.position(position);
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        return file.truncate(size);
    }

    @Override
    public void force(boolean metadata) throws IOException {
        file.force(metadata);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return file.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        return file.transferFrom(source, position, count);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return file.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return file.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }
}
