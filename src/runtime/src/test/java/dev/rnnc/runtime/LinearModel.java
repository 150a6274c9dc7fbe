package dev.rnnc.runtime;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * A model written by hand for tests: {@code y = weight @ x + bias} on two features with mean squared error, and a state
 * that counts the steps since it was reset.
 */
public final class LinearModel implements CompiledModel {
    public static final PortSpec X = new PortSpec("x", Role.INPUT, Element.REAL, Rows.SEQUENCE, List.of(2), 0);
    public static final PortSpec TARGET =
            new PortSpec("target", Role.TARGET, Element.REAL, Rows.SEQUENCE, List.of(), 0);
    public static final PortSpec Y = new PortSpec("y", Role.OUTPUT, Element.REAL, Rows.SEQUENCE, List.of(), 0);
    public static final PortSpec COUNT = new PortSpec("l.count", Role.STATE, Element.REAL, Rows.BATCH, List.of(1), 0);
    public static final PortSpec GRADIENT =
            new PortSpec("grad.x", Role.INPUT_GRADIENT, Element.REAL, Rows.SEQUENCE, List.of(2), 0);
    public static final PortSpec TOKENS =
            new PortSpec("tokens", Role.INPUT, Element.TOKEN, Rows.SEQUENCE, List.of(), 5);
    public static final PortSpec NEXT = new PortSpec("next", Role.TARGET, Element.TOKEN, Rows.SEQUENCE, List.of(), 5);

    public static final PortSpec MEAN_OF =
            new PortSpec(PortSpec.LOSS_COUNT + "1", Role.LOSS_COUNT, Element.REAL, Rows.NONE, List.of(), 0);

    private final ModelSpec spec;
    private final int steps;
    private final int batch;

    /** What the programs saw, in order: "TRAINING steps=2 count=0 seed". */
    public final List<String> runs = Collections.synchronizedList(new ArrayList<>());

    public final List<Long> seeds = Collections.synchronizedList(new ArrayList<>());

    /**
     * A model.
     *
     * @param steps most steps of a run of the training program
     * @param batch its rows; the evaluation program takes the window and batch of the settings, where there are any
     */
    public LinearModel(Precision precision, int steps, int batch, TrainSettings settings) {
        int line = precision.elementsPerLine();
        this.spec = new ModelSpec(
                "Linear",
                "00",
                ABI,
                precision,
                List.of(
                        new ParameterSpec("l.weight", List.of(1, 2), 0, new Initializer.Uniform(0.5), "fc.weight"),
                        new ParameterSpec("l.bias", List.of(1), line, new Initializer.Constant(0.25), null)),
                2L * line,
                List.of(X, TARGET, Y, COUNT),
                settings);
        this.steps = steps;
        this.batch = batch;
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    @Override
    public Set<ProgramKind> programs() {
        return Set.of(ProgramKind.TRAINING, ProgramKind.EVALUATION);
    }

    @Override
    public Program newProgram(ProgramKind kind, Parameters parameters) {
        TrainSettings settings = kind == ProgramKind.EVALUATION ? spec.train() : null;
        return new LinearProgram(
                kind,
                settings == null ? steps : settings.steps(),
                settings == null ? batch : settings.batch(),
                parameters);
    }

    private final class LinearProgram extends Program {
        private final MemorySegment gradients;
        private double loss;
        private double w0;
        private double w1;
        private double bias;

        private final int batch;

        LinearProgram(ProgramKind kind, int steps, int batch, Parameters parameters) {
            super(
                    new ProgramSpec(kind, steps, batch, List.of(X, TARGET, Y, COUNT, GRADIENT, TOKENS, NEXT, MEAN_OF)),
                    parameters);
            this.batch = batch;
            for (PortSpec port : spec().ports()) {
                bind(port.name(), allocate(8L * steps * batch * rowStride(port)));
            }
            gradients = allocate(8L * parameters.spec().parameterElements());
        }

        @Override
        public void refresh() {
            double[] weight = parameters().values("l.weight");
            w0 = weight[0];
            w1 = weight[1];
            bias = parameters().values("l.bias")[0];
        }

        @Override
        public void run(int steps) {
            runs.add(spec().kind() + " steps=" + steps + " count=" + (int) real("l.count", 0));
            seeds.add(seed);
            int stride = rowStride(X);
            int rows = steps * batch;
            double g0 = 0;
            double g1 = 0;
            double gb = 0;
            loss = 0;
            for (int row = 0; row < rows; row++) {
                double x0 = real("x", (long) row * stride);
                double x1 = real("x", (long) row * stride + 1);
                double y = w0 * x0 + w1 * x1 + bias;
                real("y", (long) row * stride, y);
                double error = y - real("target", (long) row * stride);
                loss += error * error / rows;
                g0 += 2 * error * x0 / rows;
                g1 += 2 * error * x1 / rows;
                gb += 2 * error / rows;
                real("grad.x", (long) row * stride, 2 * error * w0 / rows);
                real("grad.x", (long) row * stride + 1, 2 * error * w1 / rows);
            }
            for (int row = 0; row < batch; row++) {
                real("l.count", (long) row * stride, real("l.count", (long) row * stride) + steps);
            }
            real(MEAN_OF.name(), 0, rows);
            set(gradients, 0, g0);
            set(gradients, 1, g1);
            set(gradients, parameters().slice("l.bias").offset(), gb);
        }

        @Override
        public double loss() {
            return loss;
        }

        @Override
        public MemorySegment gradients() {
            return spec().kind() == ProgramKind.TRAINING ? gradients : null;
        }

        private double real(String port, long index) {
            return switch (parameters().spec().precision()) {
                case FLOAT -> segment(port).getAtIndex(ValueLayout.JAVA_FLOAT, index);
                case DOUBLE -> segment(port).getAtIndex(ValueLayout.JAVA_DOUBLE, index);
            };
        }

        private void real(String port, long index, double value) {
            set(segment(port), index, value);
        }

        private void set(MemorySegment segment, long index, double value) {
            switch (parameters().spec().precision()) {
                case FLOAT -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
                case DOUBLE -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
            }
        }
    }
}
