package dev.rnnc.bench.engine;

import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Dataset;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Work;
import dev.rnnc.bench.workload.Workload;
import java.util.Map;

/** The control: an LSTM layer written by hand with the Vector API, inference of one sequence at a time. */
public final class HandWritten implements Engine {
    /** Its name. */
    public static final String NAME = "hand-written";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean supports(Workload w) {
        return w.cell() == Cell.LSTM
                && w.work() != Work.TRAINING
                && w.layers() == 1
                && w.batch() == 1
                && w.vocabulary() == 0
                && w.weights() == Workload.Weights.FLOAT;
    }

    @Override
    public Session open(Problem problem) {
        if (!supports(problem.workload())) {
            throw new IllegalArgumentException("the hand-written control is one LSTM layer at batch 1, inference in"
                    + " single precision; it cannot do " + problem.workload().name());
        }
        return new LstmSession(problem);
    }

    private static final class LstmSession implements Session {
        private final Dataset data;
        private final Workload workload;
        private final LstmKernel kernel;
        private final float[] outputs;
        private int calls;

        LstmSession(Problem problem) {
            this.workload = problem.workload();
            this.data = problem.data();
            this.kernel = new LstmKernel(
                    workload.inputs(),
                    workload.hidden(),
                    problem.weights("h1.weight_ih"),
                    problem.weights("h1.weight_hh"),
                    problem.weights("h1.bias_ih"),
                    problem.weights("h1.bias_hh"));
            this.outputs = new float[workload.steps() * workload.hidden()];
        }

        @Override
        public void run() {
            if (workload.work() == Work.STEP) {
                kernel.step(data.inputs(), calls++ % Dataset.STEPS * workload.inputs());
                return;
            }
            kernel.reset();
            for (int t = 0; t < workload.steps(); t++) {
                kernel.step(data.inputs(), t * workload.inputs());
                kernel.output(outputs, t * workload.hidden());
            }
        }

        @Override
        public Map<String, double[]> answers() {
            int width = workload.hidden();
            if (workload.work() == Work.SEQUENCE) {
                run();
                return Map.of(OUTPUT, doubles(outputs));
            }
            float[] steps = new float[CHECKED_STEPS * width];
            kernel.reset();
            for (int step = 0; step < CHECKED_STEPS; step++) {
                run();
                kernel.output(steps, step * width);
            }
            return Map.of(OUTPUT, doubles(steps));
        }

        private static double[] doubles(float[] values) {
            double[] doubles = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                doubles[i] = values[i];
            }
            return doubles;
        }
    }
}
