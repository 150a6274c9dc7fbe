package dev.rnnc.cli;

import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.NonFinitePolicy;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of the training loop: how windows are cut, when training ends, what is kept to go on from. */
final class LoopOptions {
    @Option(
            names = "--truncate",
            paramLabel = "K1[,K2]",
            split = ",",
            description = "Truncated BPTT: an update every K1 steps, errors go back K2 steps (K1 by default).")
    private List<Integer> truncate;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "End after N epochs without a lower validation loss; the best weights are kept in any case.")
    private Integer patience;

    @Option(names = "--accumulate", paramLabel = "N", description = "One update for the gradients of N windows.")
    private Integer accumulate;

    @Option(names = "--l1", paramLabel = "X", description = "Minimise also X times the sum of absolute weights.")
    private Double l1;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Share each batch among N threads; the weights are the same for any N, but not bit for bit"
                    + " those of training without this option.")
    private Integer threads;

    @Option(
            names = "--on-nan",
            paramLabel = "WHAT",
            defaultValue = "stop",
            description =
                    "Where a value is NaN or infinite: stop (the default), skip the window, or rollback to the last"
                            + " checkpoint's weights with half the learning rate.")
    private NonFinitePolicy onNonFinite;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            description = "Write a checkpoint every N steps, besides that after each epoch.")
    private Integer checkpointEvery;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description =
                    "Go on with the training in this run folder, from its last checkpoint, with the same bits as if it"
                            + " had never ended. Alone it repeats the options of its first command; --epochs may be higher.")
    private Path resume;

    /** The model's settings with what the user chose. */
    TrainSettings apply(TrainSettings own, Backend.Source model) {
        LoopSettings loop = own.loop();
        if (truncate != null) {
            if (truncate.size() > 2) {
                throw CommandFailure.usage("--truncate takes K1, or K1,K2, not " + truncate.size() + " numbers");
            }
            loop = loop.truncated(
                    positive("--truncate", truncate.getFirst()), positive("--truncate", truncate.getLast()));
        }
        loop = patience == null ? loop : loop.patient(positive("--patience", patience));
        loop = accumulate == null ? loop : loop.accumulating(positive("--accumulate", accumulate));
        loop = threads == null ? loop : loop.threaded(positive("--threads", threads));
        if (l1 != null) {
            if (!(l1 >= 0) || l1.isInfinite()) {
                throw CommandFailure.usage("--l1 " + l1 + ": give a number from 0 on");
            }
            loop = loop.sparse(l1);
        }
        TrainSettings settings = own.with(loop);
        if (settings.truncated()) {
            model.truncationObstacle().ifPresent(reason -> {
                throw CommandFailure.usage("--truncate cuts windows into pieces, one behind the other, but " + reason);
            });
        }
        if (loop.threads() > 1 && settings.shards() == 1) {
            throw CommandFailure.usage("--threads " + loop.threads() + ": a batch of " + settings.batch()
                    + " rows cannot be shared in equal parts; give a --batch that 2 or 3 divides, best 4 or 8");
        }
        return settings;
    }

    NonFinitePolicy onNonFinite() {
        return onNonFinite;
    }

    /** Steps between checkpoints within an epoch; 0 for none. */
    int checkpointEvery() {
        return checkpointEvery == null ? 0 : positive("--checkpoint-every", checkpointEvery);
    }

    /** The run folder to go on with, or null. */
    Path resume() {
        return resume;
    }

    private static int positive(String option, int value) {
        return Sizes.choose(option, value, 1);
    }
}
