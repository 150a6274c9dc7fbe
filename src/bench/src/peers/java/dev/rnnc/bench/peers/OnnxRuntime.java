package dev.rnnc.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.rnnc.bench.engine.Engine;
import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Dataset;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Work;
import dev.rnnc.bench.workload.Workload;
import java.nio.FloatBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * ONNX Runtime: one thread, all graph optimisations, inputs and outputs in buffers outside the heap that are made once. The
 * states of a step go to and fro between two pairs of such buffers. Bfloat16 workloads it runs in single precision.
 */
public final class OnnxRuntime implements Engine {
    private static final EnumSet<Cell> CELLS = EnumSet.of(Cell.LSTM, Cell.GRU, Cell.RNN);

    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public boolean supports(Workload w) {
        return w.work() != Work.TRAINING && w.vocabulary() == 0 && w.layers() == 1 && CELLS.contains(w.cell());
    }

    @Override
    public Session open(Problem problem) {
        try {
            return new OnnxSession(problem);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class OnnxSession implements Session {
        private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
        private final Workload workload;
        private final Dataset data;
        private final OrtSession session;
        private final FloatBuffer input;
        private final FloatBuffer[] hidden;
        private final FloatBuffer[] cell;
        private final List<Map<String, OnnxTensor>> inputs;
        private final List<Map<String, OnnxTensor>> outputs;
        private int calls;

        OnnxSession(Problem problem) throws OrtException {
            workload = problem.workload();
            data = problem.data();
            OrtSession.SessionOptions options = new OrtSession.SessionOptions();
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            session = environment.createSession(OnnxModel.of(problem), options);
            int h = workload.hidden();
            input = Values.direct(workload.steps() * workload.batch() * workload.inputs());
            OnnxTensor x = tensor(input, workload.steps(), workload.batch(), workload.inputs());
            if (workload.work() == Work.STEP) {
                hidden = new FloatBuffer[] {Values.direct(h), Values.direct(h)};
                cell = new FloatBuffer[] {Values.direct(h), Values.direct(h)};
                OnnxTensor[] hs = {tensor(hidden[0], 1, 1, h), tensor(hidden[1], 1, 1, h)};
                OnnxTensor[] cs = {tensor(cell[0], 1, 1, h), tensor(cell[1], 1, 1, h)};
                boolean lstm = workload.cell() == Cell.LSTM;
                inputs = List.of(
                        lstm ? Map.of("x", x, "h", hs[0], "c", cs[0]) : Map.of("x", x, "h", hs[0]),
                        lstm ? Map.of("x", x, "h", hs[1], "c", cs[1]) : Map.of("x", x, "h", hs[1]));
                outputs = List.of(
                        lstm ? Map.of("h_next", hs[1], "c_next", cs[1]) : Map.of("h_next", hs[1]),
                        lstm ? Map.of("h_next", hs[0], "c_next", cs[0]) : Map.of("h_next", hs[0]));
            } else {
                hidden = new FloatBuffer[] {Values.direct(workload.steps() * workload.batch() * h)};
                cell = new FloatBuffer[0];
                input.put(0, data.inputs());
                inputs = List.of(Map.of("x", x));
                outputs = List.of(Map.of("y", tensor(hidden[0], workload.steps(), 1, workload.batch(), h)));
            }
        }

        private OnnxTensor tensor(FloatBuffer values, long... shape) throws OrtException {
            return OnnxTensor.createTensor(environment, values, shape);
        }

        @Override
        public void run() {
            int turn = 0;
            if (workload.work() == Work.STEP) {
                input.put(0, data.inputs(), calls % Dataset.STEPS * workload.inputs(), workload.inputs());
                turn = calls++ % 2;
            }
            try {
                // The outputs are then in their buffers.
                session.run(inputs.get(turn), outputs.get(turn)).close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Map<String, double[]> answers() {
            if (workload.work() == Work.SEQUENCE) {
                run();
                float[] all = new float[hidden[0].capacity()];
                hidden[0].get(0, all);
                return Map.of(OUTPUT, Values.doubles(all));
            }
            float[] all = new float[CHECKED_STEPS * workload.hidden()];
            for (int step = 0; step < CHECKED_STEPS; step++) {
                run();
                hidden[calls % 2].get(0, all, step * workload.hidden(), workload.hidden());
            }
            return Map.of(OUTPUT, Values.doubles(all));
        }

        @Override
        public void close() {
            // A state is an input of one turn and an output of the other.
            Stream.concat(inputs.stream(), outputs.stream())
                    .flatMap(map -> map.values().stream())
                    .distinct()
                    .forEach(OnnxTensor::close);
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
