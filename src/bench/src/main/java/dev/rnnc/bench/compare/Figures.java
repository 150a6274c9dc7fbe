package dev.rnnc.bench.compare;

import java.util.Locale;

/** Numbers as people read them. */
public final class Figures {
    private Figures() {}

    /** Nanoseconds in a unit that fits. */
    public static String time(double nanos) {
        if (nanos < 1e3) {
            return format("%.3g ns", nanos);
        }
        return nanos < 1e6 ? format("%s us", number(nanos / 1e3)) : format("%s ms", number(nanos / 1e6));
    }

    /** A ratio, as in {@code 2.5x}. */
    static String factor(double ratio) {
        return number(ratio) + "x";
    }

    /** Three digits. */
    static String number(double value) {
        return value >= 100 ? format("%,.0f", value) : value >= 10 ? format("%.1f", value) : format("%.2f", value);
    }

    private static String format(String pattern, Object value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
