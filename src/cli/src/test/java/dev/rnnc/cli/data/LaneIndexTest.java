package dev.rnnc.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.cli.data.Layout.Ahead;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneIndexTest {
    private static final Layout LAYOUT = new Layout(false, "id", 4, 1, new Ahead(1, 1));

    @Test
    void oneSeriesIsDividedIntoLanesOfEqualLengthThatFollowOneAnother() {
        // 22 steps, 21 with a target: two lanes of 10 in windows of 4, 4 and 2.
        LaneIndex lanes = new LaneIndex(LAYOUT, new Part(new int[] {5}, new long[] {3}, new long[] {25}), 2);

        assertThat(lanes.size()).isEqualTo(6);
        assertThat(lanes.total()).isEqualTo(20);
        assertThat(lanes.ragged()).isFalse();
        assertThat(IntStream.range(0, 6).mapToLong(lanes::offset)).containsExactly(3L, 13L, 7L, 17L, 11L, 21L);
        assertThat(IntStream.range(0, 6).map(lanes::steps)).containsExactly(4, 4, 4, 4, 2, 2);
        assertThat(IntStream.range(0, 6).map(lanes::sequence)).containsOnly(5);
        assertThat(IntStream.range(0, 6).filter(lanes::starts)).containsExactly(0, 1);
    }

    @Test
    void seriesOfUnequalLengthShareRoundsAndARowIsEmptyWhenItsSeriesIsOver() {
        Part part = new Part(new int[] {0, 1, 2}, new long[3], new long[] {3, 10, 6});
        LaneIndex lanes = new LaneIndex(LAYOUT, part, 2);

        // First those of 9 and 5 steps, in three windows, then that of 2 alone.
        assertThat(lanes.size()).isEqualTo(8);
        assertThat(lanes.ragged()).isTrue();
        assertThat(IntStream.range(0, 8).map(lanes::steps)).containsExactly(4, 4, 4, 1, 1, 0, 2, 0);
        assertThat(IntStream.of(0, 1, 2, 3, 4, 6).map(lanes::sequence)).containsExactly(1, 2, 1, 2, 1, 0);
        assertThat(IntStream.range(0, 8).filter(lanes::starts)).containsExactly(0, 1, 6, 7);
    }

    @Test
    void theLongestSeriesAreDividedWhereThereAreFewerThanRows() {
        Part part = new Part(new int[] {0, 1, 2}, new long[3], new long[] {5, 17, 1});
        LaneIndex lanes = new LaneIndex(LAYOUT, part, 4);

        // 16 steps become three lanes of 5, 4 stay one, and a single step has no target.
        assertThat(lanes.total()).isEqualTo(19);
        assertThat(IntStream.range(0, 4).mapToLong(lanes::offset)).containsExactly(0L, 5L, 10L, 0L);
    }

    @Test
    void anEpochChangesTheOrderOfRoundsAndNoMore() {
        int[] sequences = IntStream.range(0, 12).toArray();
        long[] to = new long[12];
        Arrays.fill(to, 9);
        LaneIndex lanes = new LaneIndex(LAYOUT, new Part(sequences, new long[12], to), 2);

        int[] first = lanes.shuffled(1, 1);
        assertThat(first).isEqualTo(lanes.shuffled(1, 1)).isNotEqualTo(lanes.shuffled(1, 2));
        for (int i = 0; i < first.length; i += 4) {
            assertThat(lanes.starts(first[i])).isTrue();
            assertThat(Arrays.copyOfRange(first, i, i + 4))
                    .containsExactly(first[i], first[i] + 1, first[i] + 2, first[i] + 3);
        }
    }
}
