package dev.rnnc.runtime.probe;

/** The two kernels without vectors, for a JVM without the vector module. */
final class ScalarProbe {
    private static final int INNER = 1024;
    private static final float[] BUFFER = new float[MachineProbe.BUFFER_BYTES / Float.BYTES];

    /** Where results go, so that no kernel is dead code. */
    private static volatile float sink;

    private ScalarProbe() {}

    /** Eight independent chains of multiply-adds; returns the operations done. */
    static long multiplyAdds(int repeats) {
        for (int i = 0; i < repeats; i++) {
            sink = multiplyAddRound(1.0000001f, 1e-9f);
        }
        return 2L * 8 * INNER * repeats;
    }

    private static float multiplyAddRound(float factor, float addend) {
        float a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
        for (int i = 0; i < INNER; i++) {
            a = Math.fma(a, factor, addend);
            b = Math.fma(b, factor, addend);
            c = Math.fma(c, factor, addend);
            d = Math.fma(d, factor, addend);
            e = Math.fma(e, factor, addend);
            f = Math.fma(f, factor, addend);
            g = Math.fma(g, factor, addend);
            h = Math.fma(h, factor, addend);
        }
        return a + b + c + d + e + f + g + h;
    }

    /** Sums the buffer; returns the bytes read. */
    static long read(int repeats) {
        for (int i = 0; i < repeats; i++) {
            sink = readRound(BUFFER);
        }
        return (long) MachineProbe.BUFFER_BYTES * repeats;
    }

    private static float readRound(float[] buffer) {
        float a = 0, b = 0, c = 0, d = 0;
        for (int i = 0; i < buffer.length; i += 4) {
            a += buffer[i];
            b += buffer[i + 1];
            c += buffer[i + 2];
            d += buffer[i + 3];
        }
        return a + b + c + d;
    }
}
