package dev.rnnc.generic.random;

import java.util.List;

/** Models that were wrong once, as small as they could be made. */
record Found(String name, String text) {
    /** In how many settings each is run. */
    static final int SETTINGS = 8;

    static final List<Found> ALL = List.of();
}
