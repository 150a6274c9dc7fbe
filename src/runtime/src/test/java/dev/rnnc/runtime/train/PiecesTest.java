package dev.rnnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.Pieces.Piece;
import java.util.List;
import org.junit.jupiter.api.Test;

class PiecesTest {
    private static final int STEPS = 20;

    private static Pieces pieces(int every, int back) {
        OptimizerSpec sgd = new OptimizerSpec.Sgd(0.1, 0, false, 0);
        return new Pieces(new TrainSettings(STEPS, 1, sgd, new ClipSpec.None(), 1, 0, false)
                .with(LoopSettings.PLAIN.truncated(every, back)));
    }

    @Test
    void equalNumbersCutAWindowIntoPiecesWithAnUpdateEach() {
        assertThat(pieces(8, 8).of(STEPS))
                .containsExactly(new Piece(0, 8, 8, true), new Piece(8, 8, 8, true), new Piece(16, 4, 4, true));
    }

    @Test
    void shorterBackpropagationCutsWhatMakesOneUpdate() {
        assertThat(pieces(10, 4).of(12))
                .containsExactly(
                        new Piece(0, 4, 4, false),
                        new Piece(4, 4, 4, false),
                        new Piece(8, 2, 2, true),
                        new Piece(10, 2, 2, true));
    }

    @Test
    void longerBackpropagationReachesBackToAnEarlierUpdate() {
        assertThat(pieces(5, 10).of(18))
                .containsExactly(
                        new Piece(0, 5, 5, true),
                        new Piece(0, 10, 5, true),
                        new Piece(5, 10, 5, true),
                        new Piece(10, 8, 3, true));
    }

    @Test
    void longerBackpropagationCountsInWholeUpdatesButForTheLastPiece() {
        assertThat(pieces(4, 5).of(10)).isEqualTo(pieces(4, 4).of(10));
        assertThat(pieces(4, 7).of(10))
                .containsExactly(new Piece(0, 4, 4, true), new Piece(4, 4, 4, true), new Piece(4, 6, 2, true));
        assertThat(pieces(4, 11).of(16))
                .containsExactly(
                        new Piece(0, 4, 4, true),
                        new Piece(0, 8, 4, true),
                        new Piece(4, 8, 4, true),
                        new Piece(8, 8, 4, true));
    }

    @Test
    void piecesCoverEachStepOnceAndAreNeverTooLong() {
        for (int every = 1; every <= STEPS; every++) {
            for (int back = 1; back <= STEPS; back++) {
                for (int steps = 1; steps <= STEPS; steps++) {
                    List<Piece> all = pieces(every, back).of(steps);
                    assertThat(all.stream().mapToInt(Piece::fresh).sum())
                            .as("%d %d of %d", every, back, steps)
                            .isEqualTo(steps);
                    int end = 0;
                    for (Piece piece : all) {
                        assertThat(piece.steps()).isBetween(1, Math.max(back, every >= STEPS ? STEPS : 1));
                        assertThat(piece.end() - piece.fresh()).isEqualTo(end);
                        end = piece.end();
                    }
                    assertThat(all.getLast().update()).isTrue();
                }
            }
        }
    }

    @Test
    void truncationLongerThanAWindowCutsNothing() {
        assertThat(pieces(STEPS, STEPS).of(STEPS)).containsExactly(new Piece(0, STEPS, STEPS, true));
        assertThat(pieces(99, 50).of(7)).containsExactly(new Piece(0, 7, 7, true));
    }
}
