package dev.rnnc.runtime;

/**
 * How many floats a kernel handles at once on this machine: 16, 8 or 4 with the vector module, 1 without.
 *
 * <p>The system property {@value #PROPERTY} sets another count, for tests and comparisons. Without the module the count
 * is 1 whatever the property says. No vector class is loaded unless the module {@code jdk.incubator.vector} is there.
 */
public final class Lanes {
    /** Name of the system property that sets the lane count: 16, 8, 4 or 1. */
    public static final String PROPERTY = "dev.rnnc.lanes";

    private static final boolean MODULE =
            ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    private static final int PREFERRED = MODULE ? PreferredLanes.floats() : 1;
    private static final int COUNT = choose(MODULE, PREFERRED, System.getProperty(PROPERTY));

    private Lanes() {}

    /** Floats handled at once: 16, 8, 4 or 1. It never changes while the JVM runs. */
    public static int count() {
        return COUNT;
    }

    /**
     * The widest of {@code available} lane counts that this machine has. For generated code.
     *
     * @param available lane counts, the widest first; the last is taken where none fits
     */
    public static int select(int... available) {
        for (int lanes : available) {
            if (lanes <= COUNT) {
                return lanes;
            }
        }
        return available[available.length - 1];
    }

    /** Whether kernels may use the vector API. */
    public static boolean vectors() {
        return COUNT > 1;
    }

    /** The choice and its reason, for a report: "16 float lanes (512-bit vectors)". */
    public static String description() {
        if (!MODULE) {
            return "scalar kernels (module jdk.incubator.vector is absent; "
                    + "start java with --add-modules jdk.incubator.vector for vector kernels)";
        }
        String chosen = COUNT == 1 ? "scalar kernels" : COUNT + " float lanes (" + COUNT * Float.SIZE + "-bit vectors)";
        return COUNT == PREFERRED ? chosen : chosen + " by -D" + PROPERTY + "; this machine prefers " + PREFERRED;
    }

    static int choose(boolean module, int preferred, String property) {
        if (property != null && !property.matches("16|8|4|1")) {
            throw new IllegalArgumentException("-D" + PROPERTY + " must be 16, 8, 4 or 1, but is '" + property + "'");
        }
        if (!module) {
            return 1;
        }
        int wanted = property == null ? preferred : Integer.parseInt(property);
        return wanted >= 16 ? 16 : wanted >= 8 ? 8 : wanted >= 4 ? 4 : 1;
    }
}
