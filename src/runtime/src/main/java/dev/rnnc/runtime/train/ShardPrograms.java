package dev.rnnc.runtime.train;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * The programs of the shards of a batch, made to fit the settings.
 *
 * @param training one for each shard, in the order of their rows
 * @param counting one for each of them that knows beforehand what the parts of its loss are divided by; none where none needs
 *     to
 */
record ShardPrograms(List<Program> training, List<Program> counting) {
    /**
     * Makes them; closes those that were made if one cannot be, or they do not fit.
     *
     * @param whole whether one program takes whole batches
     * @throws IllegalArgumentException if the compiled training program does not fit the settings
     * @throws UntrainableLossException if the loss has no gradient, or none that parts of a batch tell
     */
    static ShardPrograms open(CompiledModel model, Parameters parameters, TrainSettings settings, boolean whole) {
        ShardPrograms programs = new ShardPrograms(new ArrayList<>(), new ArrayList<>());
        try {
            Program first = model.newProgram(ProgramKind.TRAINING, parameters);
            programs.training.add(first);
            int count = whole
                    ? 1
                    : settings.batch() / Math.min(settings.batch(), first.spec().batch());
            requireFit(first.spec(), count, whole, settings);
            requireGradients(model, first);
            boolean parts = count > 1 || sums(settings);
            switch (LossParts.of(first.spec()).form()) {
                case OTHER -> requireWhole(model, count, settings);
                case SEVERAL -> {
                    for (int i = 0; parts && i < count; i++) {
                        Program counter = model.newProgram(ProgramKind.COUNTING, parameters);
                        programs.counting.add(counter);
                        counter.refresh();
                    }
                }
                case MEAN, SUM -> {}
            }
            while (programs.training.size() < count) {
                programs.training.add(model.newProgram(ProgramKind.TRAINING, parameters));
            }
            return programs;
        } catch (RuntimeException | Error e) {
            programs.counting.forEach(Program::close);
            programs.training.forEach(Program::close);
            throw e;
        }
    }

    /** Whether the gradients of several runs make one update. */
    static boolean sums(TrainSettings settings) {
        return settings.loop().accumulate() > 1
                || settings.truncated()
                        && settings.loop().backpropagate() < settings.loop().updateEvery();
    }

    private static void requireGradients(CompiledModel model, Program program) {
        if (program.gradients() == null) {
            throw new UntrainableLossException(
                    "the loss of model %s depends on no parameter, so there is nothing to train"
                            .formatted(model.spec().name()));
        }
    }

    private static void requireWhole(CompiledModel model, int count, TrainSettings settings) {
        if (count == 1 && !sums(settings)) {
            return;
        }
        String what = count > 1
                ? "'threads' cannot share its batches"
                : settings.loop().accumulate() > 1
                        ? "'accumulate' cannot put batches together"
                        : "pieces of 'truncate' cannot make one update";
        throw new UntrainableLossException(
                ("the loss of model %s is no sum of means and sums over rows, or what it is divided by depends on"
                                + " parameters, so its gradient over a whole is not that of its parts and %s; leave out that"
                                + " setting, or write the loss as such a sum")
                        .formatted(model.spec().name(), what));
    }

    private static void requireFit(ProgramSpec program, int count, boolean whole, TrainSettings settings) {
        boolean fits = program.batch() * count == settings.batch() && program.steps() >= settings.pieceSteps();
        if (!whole && !fits) {
            throw new IllegalArgumentException(
                    ("the training program takes %s rows over up to %s steps, but batches have"
                                    + " %s rows in equal shards and are run over %s steps; compile the model with these settings")
                            .formatted(program.batch(), program.steps(), settings.batch(), settings.pieceSteps()));
        }
        if (settings.loop().threads() > 1 && count == 1) {
            throw new IllegalArgumentException(
                    ("the training program takes the whole batch of %s rows, so %s threads have"
                                    + " nothing to share; compile the model with 'threads' in its settings and a batch that 2 or 3"
                                    + " divides")
                            .formatted(settings.batch(), settings.loop().threads()));
        }
    }
}
