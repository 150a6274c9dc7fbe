package dev.rnnc.runtime.train;

import dev.rnnc.runtime.spec.PortSpec;
import java.util.zip.CRC32C;

/** Tells data apart: their extent and a checksum over some of the windows, spread over all of them. */
final class DataFingerprint {
    private static final int WINDOWS = 16;

    private DataFingerprint() {}

    /** The fingerprint of a source, whose windows are loaded for it. @param source data, or null */
    static String of(BatchSource source, WindowBuffer buffer) {
        if (source == null) {
            return "none";
        }
        CRC32C checksum = new CRC32C();
        int windows = source.windows();
        int looked = Math.min(WINDOWS, windows);
        long elements = 0;
        for (int i = 0; i < looked; i++) {
            int window = looked == 1 ? 0 : (int) ((long) i * (windows - 1) / (looked - 1));
            buffer.clear();
            checksum.update(source.load(window, buffer));
            elements += source.elements(window);
            for (PortSpec port : buffer.spec().ports()) {
                checksum.update(buffer.segment(port.name()).asByteBuffer());
            }
        }
        return windows + " windows, " + elements + " targets in " + looked + " of them, checksum "
                + Long.toHexString(checksum.getValue());
    }
}
