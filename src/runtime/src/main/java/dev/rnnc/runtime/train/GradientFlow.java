package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far gradients flow back in time, and which units take no part: measured in programs of the kind {@link
 * dev.rnnc.runtime.spec.ProgramKind#TRAINING} that were compiled with gradient flow. Such a program has a port {@code
 * grad.LAYER.STATE} of {@code [T, B, H]} for each recurrent state, with dL/dh_t, and one for each sigmoid, tanh and relu.
 *
 * <p>As a listener it measures every step of a training and keeps a summary of each epoch; {@link #measure} takes one run
 * at a time. It reads all of those ports, so it costs about as much as writing them did.
 */
public final class GradientFlow implements TrainingListener {
    /** A sigmoid is saturated below this or above 1 minus this: its slope there is under a fifth of the largest. */
    public static final double SATURATED_SIGMOID = 0.05;
    /** A tanh is saturated where its absolute value is above this: its slope there is under a tenth of the largest. */
    public static final double SATURATED_TANH = 0.95;

    private static final String GRADIENT = "grad.";
    /** What its entries in a checkpoint begin with. */
    private static final String SAVED = "gradient-flow.";
    /** What compiled code gives for the activations of padded steps: below all that a tanh, sigmoid or relu can give. */
    private static final double PADDED = -1.5;

    private final Map<String, FlowNorms> norms = new LinkedHashMap<>();
    private final Map<String, FlowCounts> counts = new LinkedHashMap<>();
    private final List<Epoch> epochs = new ArrayList<>();
    private int measured;

    /**
     * A state's gradients over time.
     *
     * @param state the state, {@code LAYER.STATE}
     * @param norms for each time step the L2 norm of dL/dh_t over all rows of the batch and all units, mean over the
     *     measurements that had this step; as long as the longest of them
     */
    public record Curve(String state, List<Double> norms) {
        public Curve {
            norms = List.copyOf(norms);
        }
    }

    /** What an activation is. */
    public enum Kind {
        SIGMOID,
        TANH,
        RELU
    }

    /**
     * The units of one activation.
     *
     * @param name where it is, such as {@code h1.f.sigmoid}
     * @param kind what it is
     * @param units its number of units
     * @param dead share of the units that were zero in all rows and steps of all measurements; 0 unless a relu
     * @param saturated share of the values, over units, rows and steps, beyond {@link #SATURATED_SIGMOID} or {@link
     *     #SATURATED_TANH}; 0 for a relu
     */
    public record Units(String name, Kind kind, int units, double dead, double saturated) {}

    /**
     * The mean of all measurements of an epoch.
     *
     * @param epoch counted from 1
     * @param clipRate share of the steps whose gradients were clipped, from 0 to 1
     */
    public record Epoch(int epoch, List<Curve> curves, List<Units> units, double clipRate) {
        public Epoch {
            curves = List.copyOf(curves);
            units = List.copyOf(units);
        }
    }

    @Override
    public void gradientsReady(List<Program> programs, int epoch, int step) {
        measure(programs);
    }

    /** The sums of an epoch that is not complete, each under its number, which keeps their order. */
    @Override
    public void saveTo(Map<String, String> checkpoint) {
        checkpoint.put(SAVED + "measured", Integer.toString(measured));
        int number = 0;
        for (Map.Entry<String, FlowNorms> entry : norms.entrySet()) {
            checkpoint.put(
                    SAVED + "norms." + number++,
                    entry.getKey() + ";" + entry.getValue().text());
        }
        number = 0;
        for (Map.Entry<String, FlowCounts> entry : counts.entrySet()) {
            checkpoint.put(
                    SAVED + "units." + number++,
                    entry.getKey() + ";" + entry.getValue().text());
        }
    }

    @Override
    public void resumeFrom(Map<String, String> checkpoint) {
        clear();
        measured = Integer.parseInt(checkpoint.getOrDefault(SAVED + "measured", "0"));
        String saved = checkpoint.get(SAVED + "norms.0");
        for (int number = 1; saved != null; saved = checkpoint.get(SAVED + "norms." + number++)) {
            String[] parts = saved.split(";", -1);
            norms.put(parts[0], FlowNorms.parse(parts[1], parts[2]));
        }
        saved = checkpoint.get(SAVED + "units.0");
        for (int number = 1; saved != null; saved = checkpoint.get(SAVED + "units." + number++)) {
            String[] parts = saved.split(";", -1);
            counts.put(parts[0], FlowCounts.parse(parts[1], parts[2], parts[3], parts[4]));
        }
    }

    @Override
    public void epochEnded(EpochResult result) {
        epochs.add(new Epoch(result.epoch(), curves(), units(), result.clipRate()));
        clear();
    }

    /**
     * Takes the last run of a training program, or of several that each ran an equal part of a batch.
     *
     * @throws IllegalArgumentException if a program was compiled without gradient flow and has states
     */
    public void measure(List<Program> programs) {
        for (PortSpec port : programs.getFirst().spec().ports()) {
            switch (port.role()) {
                case STATE -> require(programs.getFirst(), port);
                case STATE_GRADIENT -> {
                    boolean[] present = new boolean[programs.getFirst().spec().steps()];
                    FlowNorms found = norms.computeIfAbsent(state(port), _ -> new FlowNorms());
                    programs.forEach(program -> gradient(program, port, found, present));
                    found.finish(present, programs.size());
                }
                case ACTIVATION -> {
                    FlowCounts found =
                            counts.computeIfAbsent(port.name(), _ -> new FlowCounts(kind(port), port.width()));
                    programs.forEach(program -> activation(program, port, found));
                }
                case INPUT,
                        TARGET,
                        OUTPUT,
                        LAYER,
                        INPUT_GRADIENT,
                        TOUCHED_ROWS,
                        LOSS_PART,
                        LOSS_COUNT,
                        LOSS_TOTAL,
                        UNCOUNTED_ROWS -> {}
            }
        }
        measured++;
    }

    /** Number of measurements since the last {@link #clear} or end of an epoch. */
    public int measured() {
        return measured;
    }

    /** The means over these measurements, a curve for each state. */
    public List<Curve> curves() {
        return norms.entrySet().stream()
                .map(e -> e.getValue().curve(e.getKey()))
                .toList();
    }

    /** The units of every activation in these measurements. */
    public List<Units> units() {
        return counts.entrySet().stream()
                .map(e -> e.getValue().units(e.getKey()))
                .toList();
    }

    /** The epochs that ended, in order. */
    public List<Epoch> epochs() {
        return List.copyOf(epochs);
    }

    /** Forgets the measurements, not the epochs. */
    public void clear() {
        norms.clear();
        counts.clear();
        measured = 0;
    }

    private static void require(Program program, PortSpec state) {
        boolean shown = program.spec().ports().stream()
                .anyMatch(p -> p.role() == Role.STATE_GRADIENT && state(p).equals(state.name()));
        if (!shown) {
            throw new IllegalArgumentException("program " + program.spec().kind() + " of model "
                    + program.parameters().spec().name() + " does not show the gradient of state '" + state.name()
                    + "': compile it with gradient flow (CompileOptions.withGradientFlow)");
        }
    }

    private static String state(PortSpec gradient) {
        return gradient.name().substring(GRADIENT.length());
    }

    private static Kind kind(PortSpec activation) {
        String function = activation.name().substring(activation.name().lastIndexOf('.') + 1);
        return switch (function) {
            case "sigmoid" -> Kind.SIGMOID;
            case "tanh" -> Kind.TANH;
            default -> Kind.RELU;
        };
    }

    private static void gradient(Program program, PortSpec port, FlowNorms norms, boolean[] present) {
        Rowwise rows = new Rowwise(program, port);
        int batch = program.spec().batch();
        for (int step = 0; step < program.spec().steps(); step++) {
            double square = 0;
            boolean ran = false;
            for (int row = step * batch; row < (step + 1) * batch; row++) {
                ran |= rows.isFresh(row);
                for (int unit = 0; unit < port.width() && ran; unit++) {
                    double value = rows.get(row, unit);
                    square += value * value;
                }
                rows.markRead(row);
            }
            if (ran) {
                present[step] = true;
                norms.squares(step, square);
            }
        }
    }

    private static void activation(Program program, PortSpec port, FlowCounts counts) {
        Rowwise rows = new Rowwise(program, port);
        int count = program.spec().batch()
                * (port.rows() == Rows.SEQUENCE ? program.spec().steps() : 1);
        for (int row = 0; row < count; row++) {
            if (rows.isFresh(row) && rows.get(row, 0) > PADDED) {
                for (int unit = 0; unit < port.width(); unit++) {
                    counts.add(unit, rows.get(row, unit));
                }
            }
            rows.markRead(row);
        }
    }

    /**
     * A port by rows. A run may have fewer steps than the program, and leaves the rows of the others as they are; so what
     * was read is marked, by NaN in its first place, which is only the reader's own: a run overwrites its rows.
     */
    private record Rowwise(MemorySegment segment, int stride, Precision precision) {
        Rowwise(Program program, PortSpec port) {
            this(
                    program.segment(port.name()),
                    program.rowStride(port),
                    program.parameters().spec().precision());
        }

        double get(int row, int unit) {
            long index = (long) row * stride + unit;
            return switch (precision) {
                case FLOAT -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, index);
                case DOUBLE -> segment.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
            };
        }

        boolean isFresh(int row) {
            return !Double.isNaN(get(row, 0));
        }

        void markRead(int row) {
            long index = (long) row * stride;
            switch (precision) {
                case FLOAT -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, Float.NaN);
                case DOUBLE -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, index, Double.NaN);
            }
        }
    }
}
