package dev.rnnc.cli.data;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Reads a UTF-8 file piece by piece and refuses the first byte that is not UTF-8. A byte order mark at its start is not
 * part of the text.
 */
public final class Utf8Reader extends Reader {
    private static final int BUFFER = 1 << 16;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /** How compressed files begin, one byte a character, and what decompresses them. */
    private static final Map<String, String> COMPRESSED = Map.of(
            "\u001f\u008b", "gzip -d",
            "\u0028\u00b5\u002f\u00fd", "zstd -d",
            "\u00fd7zX", "xz -d",
            "BZh", "bzip2 -d",
            "PK\u0003\u0004", "unzip");

    private final Path file;
    private final String what;
    private final ReadableByteChannel channel;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
    private final CharBuffer chars = CharBuffer.allocate(BUFFER).flip();
    private long offset;
    private boolean started;
    /** The first four bytes. */
    private String head = "";

    private boolean ended;

    /**
     * Opens a file.
     *
     * @param what what the file is, as in {@code text file}
     */
    public Utf8Reader(Path file, String what) throws IOException {
        this.file = file;
        this.what = what;
        this.channel = Files.newByteChannel(file);
    }

    /** @throws DataException at the first byte that is not UTF-8 */
    @Override
    public int read(char[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!chars.hasRemaining()) {
            if (!decode()) {
                return -1;
            }
        }
        int count = Math.min(length, chars.remaining());
        chars.get(into, from, count);
        return count;
    }

    /** Decodes what it can; false at the end of the file. */
    private boolean decode() throws IOException {
        chars.clear();
        int before = bytes.position();
        CoderResult result = decoder.decode(bytes, chars, ended);
        offset += bytes.position() - before;
        chars.flip();
        if (chars.hasRemaining()) {
            if (!started && chars.get(chars.position()) == BYTE_ORDER_MARK) {
                chars.get();
            }
            started = true;
            return true;
        }
        if (result.isError()) {
            throw wrongByte(bytes.get(bytes.position()));
        }
        if (ended) {
            return false;
        }
        bytes.compact();
        ended = channel.read(bytes) < 0;
        bytes.flip();
        if (head.isEmpty()) {
            byte[] start = new byte[Math.min(4, bytes.remaining())];
            bytes.get(bytes.position(), start);
            head = new String(start, StandardCharsets.ISO_8859_1);
        }
        return true;
    }

    private DataException wrongByte(byte wrong) {
        for (Map.Entry<String, String> format : COMPRESSED.entrySet()) {
            if (head.startsWith(format.getKey())) {
                return new DataException(
                        "%s '%s' is compressed; decompress it first, e.g. %s".formatted(what, file, format.getValue()));
            }
        }
        boolean wide = offset == 0 && (wrong == (byte) 0xFF || wrong == (byte) 0xFE);
        return new DataException(
                "%s '%s' is not UTF-8: wrong byte 0x%02X at offset %s; convert it first, e.g. iconv -f %s -t utf-8"
                        .formatted(what, file, wrong, offset, wide ? "utf-16" : "latin1"));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
