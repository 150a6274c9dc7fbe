package dev.rnnc.runtime.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineProbeTest {
    /** No core of today does more per thread; a kernel that the JIT removed would read far above it. */
    private static final double ABOVE_ANY_CORE = 1000;

    @Test
    void measuresRatesThatACoreCanHave() {
        MachineProbe probe = MachineProbe.measure();

        assertThat(probe.gigaflops()).isBetween(0.1, ABOVE_ANY_CORE);
        assertThat(probe.l2Bandwidth()).isBetween(0.1, ABOVE_ANY_CORE);
    }

    @Test
    void usesVectorsWhereTheModuleIsThere() {
        MachineProbe probe = MachineProbe.measure();

        if (MachineProbe.hasVectorModule()) {
            assertThat(probe.lanes()).isGreaterThan(1);
            assertThat(probe.gigaflops())
                    .as("vectors boxed instead of kept in registers")
                    .isGreaterThan(2);
        } else {
            assertThat(probe.lanes()).isEqualTo(1);
        }
    }
}
