package dev.rnnc.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text to train on or to score.
 *
 * @param content the characters, not empty
 * @param name where they come from, for messages
 */
record TextData(String content, String name) {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /**
     * Reads a UTF-8 file. A byte order mark at its start is not part of the text.
     *
     * @throws CommandFailure if the file is missing, unreadable, empty or not UTF-8
     */
    static TextData read(Path file) {
        InputFile.require(file, "text file");
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw InputFile.failure("cannot read text file", file, e);
        } catch (OutOfMemoryError e) {
            throw CommandFailure.job("text file '" + file + "' does not fit into memory; give the JVM more heap with"
                    + " RNNC_JAVA_OPTS=-Xmx8g or train on a part of it");
        }
        String content = decode(bytes, file);
        if (content.startsWith(BYTE_ORDER_MARK)) {
            content = content.substring(1);
        }
        if (content.isEmpty()) {
            throw CommandFailure.job("text file '" + file + "' is empty");
        }
        return new TextData(content, file.toString());
    }

    /** Length in Unicode code points, which is what models count as characters. */
    int characters() {
        return content.codePointCount(0, content.length());
    }

    private static String decode(byte[] bytes, Path file) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw CommandFailure.job(("text file '%s' is not UTF-8: wrong byte 0x%02X at offset %d;"
                            + " convert it first, e.g. iconv -f latin1 -t utf-8")
                    .formatted(file, bytes[in.position()], in.position()));
        }
        return out.flip().toString();
    }
}
