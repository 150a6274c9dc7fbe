package dev.rnnc.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.cli.data.Layout.Ahead;
import org.junit.jupiter.api.Test;

class ExampleIndexTest {
    @Test
    void windowsLieWithinTheirPartAndLeaveRoomForTheTarget() {
        Layout layout = new Layout(false, "", 4, 2, new Ahead(1, 3));
        Part part = new Part(new int[] {0, 3, 5}, new long[] {0, 10, 2}, new long[] {12, 15, 9});

        ExampleIndex index = new ExampleIndex(layout, part);

        // 12 steps: windows at 0, 2, 4; 5 steps: none; 7 steps: one at 2.
        assertThat(index.size()).isEqualTo(4);
        assertThat(index.sequence(2)).isEqualTo(0);
        assertThat(index.offset(2)).isEqualTo(4);
        assertThat(index.sequence(3)).isEqualTo(5);
        assertThat(index.offset(3)).isEqualTo(2);
        assertThatThrownBy(() -> index.sequence(4)).hasMessageContaining("examples 0 to 3");
    }

    @Test
    void wholeSequencesThatEndBeforeTheirTargetAreLeftOut() {
        Part part = new Part(new int[] {4, 1, 2}, new long[3], new long[] {5, 2, 9});

        ExampleIndex index = new ExampleIndex(new Layout(false, "id", 0, 1, new Ahead(2, 2)), part);

        assertThat(index.size()).isEqualTo(2);
        assertThat(index.sequence(1)).isEqualTo(2);
        assertThat(index.offset(1)).isZero();
    }

    @Test
    void distancesAreNumbersOrRanges() {
        assertThat(Ahead.parse("24")).isEqualTo(new Ahead(24, 24));
        assertThat(Ahead.parse("1..24").span()).isEqualTo(24);
        assertThatThrownBy(() -> Ahead.parse("3..1")).hasMessageContaining("lies before the first");
        assertThatThrownBy(() -> Ahead.parse("soon")).hasMessageContaining("give a number of steps");
    }
}
