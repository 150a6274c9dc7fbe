package dev.rnnc.bench.compare;

import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.NamedModel;
import dev.rnnc.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All rows, with the ratios aimed at. */
final class Rows {
    static final String GENERIC = "generic";
    static final String ONNX_RUNTIME = "onnxruntime";
    static final String PYTORCH = "pytorch";
    static final String DL4J = "dl4j";

    private static final int STEPS = 64;
    private static final List<Cell> FUSED_ELSEWHERE = List.of(Cell.LSTM, Cell.GRU);

    private Rows() {}

    static List<Row> all() {
        List<Row> rows = new ArrayList<>();
        inference(rows);
        training(rows);
        cells(rows);
        return rows;
    }

    private static void inference(List<Row> rows) {
        int[] sizes = {16, 64, 128, 256};
        double[] stepTargets = {30, 6, 2.5, 1.1};
        double[] sequenceTargets = {3.5, 2.2, 1.5, 1.1};
        double[] genericTargets = {3, 1, 1.5, 1};
        for (Cell cell : FUSED_ELSEWHERE) {
            for (int i = 0; i < sizes.length; i++) {
                Map<String, Double> targets = Map.of(ONNX_RUNTIME, stepTargets[i], GENERIC, genericTargets[i]);
                rows.add(new Row("One step, batch 1", Workload.step(cell, sizes[i]), targets));
            }
        }
        for (Cell cell : FUSED_ELSEWHERE) {
            rows.add(bf16(cell, 256, 3));
            rows.add(bf16(cell, 512, 1.8));
        }
        for (Cell cell : FUSED_ELSEWHERE) {
            for (int i = 0; i < sizes.length; i++) {
                Map<String, Double> targets = Map.of(ONNX_RUNTIME, sequenceTargets[i], GENERIC, genericTargets[i]);
                Workload workload = Workload.sequence(cell, sizes[i], 1, STEPS);
                rows.add(new Row("A sequence of 64 steps, batch 1", workload, targets));
            }
        }
        for (Cell cell : FUSED_ELSEWHERE) {
            double target = cell == Cell.LSTM ? 1 : 1.2;
            for (int hidden : new int[] {128, 256}) {
                Map<String, Double> targets = Map.of(ONNX_RUNTIME, target, PYTORCH, target);
                Workload workload = Workload.sequence(cell, hidden, 32, STEPS);
                rows.add(new Row("A sequence of 64 steps, batch 32", workload, targets));
            }
        }
    }

    private static Row bf16(Cell cell, int hidden, double target) {
        Workload workload = Workload.step(cell, hidden).withBf16();
        return new Row("One step, batch 1, bfloat16 weights", workload, Map.of(ONNX_RUNTIME, target));
    }

    private static void training(List<Row> rows) {
        rows.add(large(NamedModel.CHARLM_128, 1.2));
        rows.add(large(NamedModel.CHARLM_256, 1.1));
        rows.add(large(NamedModel.PTB_SMALL, 1.2));
        rows.add(small(NamedModel.LSTM_16, 10));
        rows.add(small(NamedModel.LSTM_64, 3));
        rows.add(small(NamedModel.LSTM_2X64, 2));
        rows.add(small(NamedModel.GRU_16, 25));
        rows.add(small(NamedModel.GRU_64, 8));
        rows.add(small(NamedModel.GRU_2X64, 6));
    }

    private static Row large(NamedModel model, double target) {
        return new Row("A training step with Adam", model.workload(), Map.of(PYTORCH, target, DL4J, 8.0));
    }

    private static Row small(NamedModel model, double target) {
        return new Row("A training step with Adam, small models", model.workload(), Map.of(PYTORCH, target));
    }

    /** The built-in LSTM stands beside them, to compare the time for one FLOP. */
    private static void cells(List<Row> rows) {
        for (Cell cell : List.of(Cell.PEEPHOLE, Cell.LAYERNORM, Cell.MINIMAL, Cell.LSTM)) {
            boolean fused = cell == Cell.LSTM;
            rows.add(gradient(cell, 32, 8, 32, fused ? Map.of() : Map.of(PYTORCH, 25.0)));
            rows.add(gradient(cell, 128, 32, 64, fused ? Map.of() : Map.of(PYTORCH, 5.0)));
        }
    }

    private static Row gradient(Cell cell, int hidden, int batch, int steps, Map<String, Double> targets) {
        return new Row(
                "Forward and backward of cells that nobody fused",
                Workload.gradient(cell, hidden, batch, steps),
                targets);
    }
}
