package dev.rnnc.bench.scaling;

import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The sizes that vary, one at a time, each with values beside the round ones. */
enum Axis {
    /** Units: one step, and a sequence of 32 steps. */
    HIDDEN(16, 17, 31, 32, 48, 64, 65, 96, 127, 128, 130, 192, 255, 256, 258, 384, 512, 514, 768, 1024) {
        @Override
        List<Workload> workloads(Cell cell, int value) {
            return List.of(Workload.step(cell, value), Workload.sequence(cell, value, 1, 32));
        }
    },
    /** Sequences: inference, and forward and backward, of 16 steps of 128 units. */
    BATCH(1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 32, 33, 64, 127, 128) {
        @Override
        List<Workload> workloads(Cell cell, int value) {
            return List.of(Workload.sequence(cell, 128, value, 16), Workload.gradient(cell, 128, value, 16));
        }
    },
    /** Time steps: inference, and forward and backward, of one sequence of 64 units. */
    STEPS(1, 2, 4, 8, 16, 32, 64, 127, 128, 130, 256, 512, 1024) {
        @Override
        List<Workload> workloads(Cell cell, int value) {
            return List.of(Workload.sequence(cell, 64, 1, value), Workload.gradient(cell, 64, 1, value));
        }
    },
    /** Layers: inference, and forward and backward, of 8 sequences of 32 steps of 64 units. */
    LAYERS(1, 2, 3, 4, 6, 8) {
        @Override
        List<Workload> workloads(Cell cell, int value) {
            return List.of(
                    Workload.sequence(cell, 64, 8, 32).withLayers(value),
                    Workload.gradient(cell, 64, 8, 32).withLayers(value));
        }
    };

    private final int[] values;

    Axis(int... values) {
        this.values = values;
    }

    /** What is measured at that value. */
    abstract List<Workload> workloads(Cell cell, int value);

    /** All points up to a largest value, of one kind of work after the other, values ascending. */
    List<Point> points(Cell cell, int largest) {
        List<Point> points = new ArrayList<>();
        for (int kind = 0; kind < 2; kind++) {
            for (int value : Arrays.stream(values).filter(v -> v <= largest).toArray()) {
                points.add(new Point(this, value, workloads(cell, value).get(kind)));
            }
        }
        return points;
    }

    /** Its name in options and files. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the axis of a chart is called. */
    String title() {
        return switch (this) {
            case HIDDEN -> "units";
            case BATCH -> "sequences in a batch";
            case STEPS -> "time steps";
            case LAYERS -> "layers";
        };
    }

    /** One place on an axis. */
    record Point(Axis axis, int value, Workload workload) {
        /** Whether vectors of 16 floats and tiles of 4 rows fit without a rest. */
        boolean round() {
            int unit = axis == HIDDEN ? 16 : axis == BATCH ? 4 : 1;
            return value % unit == 0;
        }
    }
}
