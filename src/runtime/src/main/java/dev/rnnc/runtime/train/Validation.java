package dev.rnnc.runtime.train;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.function.BooleanSupplier;

/** Measures the loss over validation data. */
final class Validation implements AutoCloseable {
    private final Program program;
    private final BatchSource source;
    private final boolean stateful;
    private final TrainingListener listener;

    private Validation(Program program, BatchSource source, boolean stateful, TrainingListener listener) {
        this.program = program;
        this.source = source;
        this.stateful = stateful;
        this.listener = listener;
    }

    /** @param source the data, or null; there is then no validation, and the result is null */
    static Validation of(
            CompiledModel model,
            Parameters parameters,
            TrainSettings settings,
            BatchSource source,
            TrainingListener listener) {
        return source == null
                ? null
                : new Validation(
                        model.newProgram(ProgramKind.EVALUATION, parameters), source, settings.stateful(), listener);
    }

    /**
     * Mean loss over the data, each window weighted by its targets.
     *
     * @return NaN if asked to stop meanwhile
     * @throws NonFiniteException if a window's loss is not finite
     */
    double loss(int epoch, BooleanSupplier stop) {
        program.refresh();
        double lossSum = 0;
        long elements = 0;
        for (int window = 0; window < source.windows(); window++) {
            if (stop.getAsBoolean()) {
                return Double.NaN;
            }
            int steps = source.load(window, program);
            if (!stateful || source.startsSequence(window)) {
                program.resetStates();
            }
            program.run(steps);
            if (!Double.isFinite(program.loss())) {
                throw new NonFiniteException(
                        epoch, 0, -1, "the validation loss of window " + window + " is " + program.loss());
            }
            listener.validated(program, steps, source.repeated(window));
            long count = source.elements(window);
            lossSum += program.loss() * count;
            elements += count;
        }
        return lossSum / elements;
    }

    @Override
    public void close() {
        program.close();
    }
}
