package dev.rnnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LanesTest {
    @Test
    void followTheMachineUnlessTold() {
        assertThat(Lanes.choose(true, 16, null)).isEqualTo(16);
        assertThat(Lanes.choose(true, 2, null)).isEqualTo(1);
        assertThat(Lanes.choose(true, 16, "4")).isEqualTo(4);
        assertThat(Lanes.choose(true, 4, "1")).isEqualTo(1);
    }

    @Test
    void areOneWithoutTheModuleWhateverIsTold() {
        assertThat(Lanes.choose(false, 1, "16")).isEqualTo(1);
    }

    @Test
    void refuseAnotherCount() {
        assertThatThrownBy(() -> Lanes.choose(true, 16, "3"))
                .hasMessage("-Ddev.rnnc.lanes must be 16, 8, 4 or 1, but is '3'");
    }

    @Test
    void describeThemselves() {
        assertThat(Lanes.description()).contains(Lanes.vectors() ? Lanes.count() + " float lanes" : "scalar kernels");
    }
}
