package dev.rnnc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model generated: for each port that it feeds itself one sequence for each row of the batch, a known beginning
 * included.
 */
final class GeneratedSequences {
    private final List<Generation.Feed> feeds;
    private final int batch;
    /** For each port, row by row, all steps one behind the other. */
    private final Map<String, List<List<double[]>>> steps = new LinkedHashMap<>();

    GeneratedSequences(List<Generation.Feed> feeds, int batch) {
        this.feeds = feeds;
        this.batch = batch;
        for (Generation.Feed feed : feeds) {
            List<List<double[]>> rows = new ArrayList<>();
            for (int row = 0; row < batch; row++) {
                rows.add(new ArrayList<>());
            }
            steps.put(feed.port().name(), rows);
        }
    }

    /** Adds a step to a row: a token, or the numbers of one step. */
    void add(String port, int row, double... values) {
        steps.get(port).get(row).add(values.clone());
    }

    /** A step of a row: a token, or its numbers. */
    double[] step(String port, int row, int t) {
        return steps.get(port).get(row).get(t);
    }

    /** How many steps a row has. */
    int length(int row) {
        return steps.get(feeds.getFirst().port().name()).get(row).size();
    }

    /** The tensors {@code NAME [T, B, ...]} of all ports with {@code NAME.lengths [B]}. */
    Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        int[] lengths = new int[batch];
        Arrays.setAll(lengths, this::length);
        int most = Math.max(1, Arrays.stream(lengths).max().orElse(1));
        for (Generation.Feed feed : feeds) {
            PortSpec port = feed.port();
            boolean token = port.element() == Element.TOKEN;
            int width = token ? 1 : port.width();
            double[] dense = new double[most * batch * width];
            for (int row = 0; row < batch; row++) {
                for (int t = 0; t < lengths[row]; t++) {
                    double[] step = steps.get(port.name()).get(row).get(t);
                    System.arraycopy(step, 0, dense, (t * batch + row) * width, width);
                }
            }
            List<Integer> shape = new ArrayList<>(List.of(most, batch));
            if (token) {
                int[] tokens = Arrays.stream(dense).mapToInt(v -> (int) v).toArray();
                tensors.put(port.name(), Tensor.ofInts(shape, tokens));
            } else {
                shape.addAll(port.shape());
                float[] floats = new float[dense.length];
                for (int i = 0; i < dense.length; i++) {
                    floats[i] = (float) dense[i];
                }
                tensors.put(port.name(), Tensor.ofFloats(shape, floats));
            }
            tensors.put(port.name() + Model.LENGTHS, Tensor.ofInts(List.of(batch), lengths));
        }
        return tensors;
    }

    /** A row as text. */
    String text(int row, TextSymbols vocabulary) {
        int[] tokens = steps.get(feeds.getFirst().port().name()).get(row).stream()
                .mapToInt(step -> (int) step[0])
                .toArray();
        return vocabulary.decode(tokens);
    }

    /** A row as JSON on one line: a list of its steps, or an object of lists where the model feeds itself several. */
    String json(int row) {
        return Json.line(json -> {
            if (feeds.size() == 1) {
                write(json, feeds.getFirst().port(), row);
                return;
            }
            json.writeStartObject();
            for (Generation.Feed feed : feeds) {
                json.writeFieldName(feed.port().name());
                write(json, feed.port(), row);
            }
            json.writeEndObject();
        });
    }

    private void write(JsonGenerator json, PortSpec port, int row) throws IOException {
        json.writeStartArray();
        for (double[] step : steps.get(port.name()).get(row)) {
            if (port.element() == Element.TOKEN) {
                json.writeNumber((int) step[0]);
            } else if (port.shape().isEmpty()) {
                json.writeNumber((float) step[0]);
            } else {
                json.writeStartArray();
                for (double value : step) {
                    json.writeNumber((float) value);
                }
                json.writeEndArray();
            }
        }
        json.writeEndArray();
    }
}
