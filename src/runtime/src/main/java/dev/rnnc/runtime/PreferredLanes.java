package dev.rnnc.runtime;

import jdk.incubator.vector.FloatVector;

/** Asks the vector API; apart from {@link Lanes} so that nothing of it is loaded where the module is absent. */
final class PreferredLanes {
    private PreferredLanes() {}

    static int floats() {
        return FloatVector.SPECIES_PREFERRED.length();
    }
}
