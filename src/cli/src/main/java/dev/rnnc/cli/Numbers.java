package dev.rnnc.cli;

import java.util.Locale;

/** Numbers as people read them; the decimal sign is a point everywhere, as in every file rnnc writes. */
final class Numbers {
    private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P"};

    private Numbers() {}

    /** {@code 1234567} as {@code 1,234,567}. */
    static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Four decimals, enough to tell two losses apart. */
    static String loss(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    /** Two decimals. */
    static String twoDecimals(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** A figure with a decimal prefix, as in {@code 1.23 GFLOP}; bytes go by powers of 1024, as in {@code 1.5 MiB}. */
    static String figure(double value, String unit) {
        boolean bytes = unit.equals("B");
        double base = bytes ? 1024 : 1000;
        int prefix = 0;
        double scaled = value;
        while (Math.abs(scaled) >= base && prefix < PREFIXES.length - 1) {
            scaled /= base;
            prefix++;
        }
        String symbol = bytes && prefix > 0 ? PREFIXES[prefix].toUpperCase(Locale.ROOT) + "i" : PREFIXES[prefix];
        String number = prefix == 0 && scaled == Math.rint(scaled)
                ? String.format(Locale.ROOT, "%.0f", scaled)
                : String.format(Locale.ROOT, "%.3g", scaled);
        return number + " " + symbol + unit;
    }

    /** A time in nanoseconds with a unit that fits, as in {@code 4.71 us}. */
    static String time(double nanos) {
        String[] units = {"ns", "us", "ms", "s"};
        int unit = 0;
        double scaled = nanos;
        while (scaled >= 999.5 && unit < units.length - 1) {
            scaled /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.3g %s", scaled, units[unit]);
    }

    /** A duration in seconds as {@code 3:07} or {@code 1:02:09}. */
    static String clock(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        long hours = whole / 3600;
        return hours > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
