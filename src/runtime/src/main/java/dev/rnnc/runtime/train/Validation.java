package dev.rnnc.runtime.train;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * Measures the loss over validation data, in which each example counts once. Where the evaluation program takes a shard of
 * a batch, there are as many programs as a batch has shards, which threads share; losses are added in the order of the
 * shards.
 */
final class Validation implements AutoCloseable {
    private final List<Program> programs = new ArrayList<>();
    private final BatchSource source;
    private final boolean stateful;
    private final TrainingListener listener;
    private final Workers workers;
    /** Holds the whole window; null where one program takes it as it is. */
    private final WindowBuffer window;

    private final LossParts parts;
    private final IntConsumer refreshShard = shard -> programs.get(shard).refresh();
    private final IntConsumer runShard = this::runShard;

    private int steps;

    private Validation(
            CompiledModel model,
            Parameters parameters,
            TrainSettings settings,
            BatchSource source,
            TrainingListener listener,
            Workers workers) {
        this.source = source;
        this.stateful = settings.stateful();
        this.listener = listener;
        this.workers = workers;
        open(model, parameters, settings);
        Program first = programs.getFirst();
        int count = programs.size();
        this.window = count == 1 ? null : new WindowBuffer(first, first.spec().steps(), settings.batch(), parameters);
        this.parts = LossParts.of(first.spec());
    }

    /** Makes the programs; closes those that were made if one cannot be. */
    private void open(CompiledModel model, Parameters parameters, TrainSettings settings) {
        try {
            int count = 1;
            while (programs.size() < count) {
                programs.add(model.newProgram(ProgramKind.EVALUATION, parameters));
                int rows = programs.getFirst().spec().batch();
                count = settings.batch() % rows == 0 ? settings.batch() / rows : 1;
            }
        } catch (RuntimeException | Error e) {
            programs.forEach(Program::close);
            throw e;
        }
    }

    /** @param source the data, or null; there is then no validation, and the result is null */
    static Validation of(
            CompiledModel model,
            Parameters parameters,
            TrainSettings settings,
            BatchSource source,
            TrainingListener listener,
            Workers workers) {
        return source == null ? null : new Validation(model, parameters, settings, source, listener, workers);
    }

    /**
     * The loss over all the data.
     *
     * @return NaN if asked to stop meanwhile
     * @throws NonFiniteException if a window's loss is not finite
     */
    double loss(int epoch, BooleanSupplier stop) {
        workers.run(programs.size(), refreshShard);
        LossSum sum = new LossSum();
        long elements = 0;
        for (int index = 0; index < source.windows(); index++) {
            if (stop.getAsBoolean()) {
                return Double.NaN;
            }
            LossSum loss = run(index);
            if (!Double.isFinite(loss.value())) {
                throw new NonFiniteException(
                        epoch, 0, -1, "the validation loss of window " + index + " is " + loss.value());
            }
            tell(source.repeated(index));
            sum.add(loss);
            elements += source.elements(index);
        }
        return elements == 0 ? Double.NaN : sum.value();
    }

    private LossSum run(int index) {
        steps = source.load(index, window == null ? programs.getFirst() : window);
        if (!stateful || source.startsSequence(index)) {
            programs.forEach(Program::resetStates);
        }
        for (int shard = 0; shard < programs.size(); shard++) {
            LossSum.leaveOut(programs.get(shard), repeated(source.repeated(index), shard));
        }
        if (window == null) {
            programs.getFirst().run(steps);
        } else {
            workers.run(programs.size(), runShard);
        }
        LossSum loss = new LossSum();
        for (int shard = 0; shard < programs.size(); shard++) {
            Program program = programs.get(shard);
            if (repeated(source.repeated(index), shard) < program.spec().batch()) {
                loss.add(parts, program, source.elements(index), 1);
            }
        }
        return loss;
    }

    private void runShard(int shard) {
        Program program = programs.get(shard);
        window.copyTo(program, shard * program.spec().batch(), 0, steps);
        program.run(steps);
    }

    private void tell(int repeated) {
        for (int shard = 0; shard < programs.size(); shard++) {
            Program program = programs.get(shard);
            int here = repeated(repeated, shard);
            if (here < program.spec().batch()) {
                listener.validated(program, steps, here);
            }
        }
    }

    /** How many of the repeated rows are a shard's. */
    private int repeated(int all, int shard) {
        int rows = programs.get(shard).spec().batch();
        // Fewer than none, or more than all, are another shard's.
        return Math.clamp(all - (long) shard * rows, 0, rows);
    }

    /** Frees the programs' memory. */
    @Override
    public void close() {
        programs.forEach(Program::close);
        if (window != null) {
            window.close();
        }
    }
}
