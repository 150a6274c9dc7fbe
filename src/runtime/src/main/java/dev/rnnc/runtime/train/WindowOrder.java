package dev.rnnc.runtime.train;

import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.TrainSettings;

/** The order of an epoch's windows: as they are where states go from one to the next, else a Fisher-Yates shuffle. */
final class WindowOrder {
    private static final long SHUFFLE = CounterRandom.stream("shuffle");

    private WindowOrder() {}

    static int[] of(TrainSettings settings, int epoch, int windows) {
        int[] order = new int[windows];
        for (int i = 0; i < windows; i++) {
            order[i] = i;
        }
        if (!settings.stateful()) {
            // A stream of its own for each epoch, so that an epoch can be entered without those before.
            CounterRandom random = new CounterRandom(settings.seed(), SHUFFLE + epoch);
            for (int i = windows - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int other = order[j];
                order[j] = order[i];
                order[i] = other;
            }
        }
        return order;
    }
}
