package dev.rnnc.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StateSnapshotTest {
    private static final StateSnapshot SNAPSHOT =
            new StateSnapshot(new StateSnapshot.Layout("0123456789abcdef", 2), new byte[] {1, 2, 3, 4});

    @Test
    void isTheSameAfterItWasBytes() {
        assertThat(StateSnapshot.of(SNAPSHOT.toByteArray())).isEqualTo(SNAPSHOT).hasToString(SNAPSHOT.toString());
        assertThat(SNAPSHOT).hasToString("states of 2 row(s), 4 bytes, of the model 01234567");
    }

    @Test
    void aCopyIsOfItsOwn() {
        StateSnapshot copy = SNAPSHOT.copy();
        copy.bytes()[0] = 9;

        assertThat(SNAPSHOT.bytes()[0]).isEqualTo((byte) 1);
        assertThat(copy).isNotEqualTo(SNAPSHOT);
    }

    @Test
    void damagedBytesAreRefusedWhereverTheyEnd() {
        byte[] bytes = SNAPSHOT.toByteArray();
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> StateSnapshot.of(part)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> StateSnapshot.of(Arrays.copyOf(bytes, bytes.length + 1)))
                .hasMessage("the snapshot has 5 bytes of states, not 4 as it says");
        bytes[0]++;
        assertThatThrownBy(() -> StateSnapshot.of(bytes))
                .hasMessage("these bytes are no snapshot of states of this version");
    }
}
