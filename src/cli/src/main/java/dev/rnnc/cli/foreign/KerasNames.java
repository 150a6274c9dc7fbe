package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.weights.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Layers as Keras saves them: products are {@code x @ kernel}, so kernels are transposed; an LSTM has the gates i f c o and
 * one bias; a GRU has z r h and, with {@code reset_after}, a bias [2, 3H] for input and state.
 */
final class KerasNames {
    private static final String KERNEL = "kernel";
    private static final String RECURRENT_KERNEL = "recurrent_kernel";
    private static final String BIAS = "bias";
    private static final String EMBEDDINGS = "embeddings";

    private KerasNames() {}

    static List<FileUnit> units(Framework.Names names) {
        SequencedMap<String, SequencedMap<String, String>> layers = new LinkedHashMap<>();
        Map<String, Boolean> required = new LinkedHashMap<>();
        names.tensors().forEach((name, tensor) -> {
            List<String> path = new ArrayList<>(Arrays.asList(name.split("[/.]")));
            path.removeIf(part -> part.equals("model_weights") || part.equals("layers") || part.equals("vars"));
            String role = role(path);
            if (role != null && path.size() > 1) {
                boolean backward = path.stream().anyMatch(part -> part.startsWith("backward_"));
                layers.computeIfAbsent(path.getFirst(), _ -> new LinkedHashMap<>())
                        .put(role + (backward ? ModelUnit.REVERSE : ""), tensor);
                required.merge(path.getFirst(), names.requires(name), Boolean::logicalOr);
            }
        });
        List<FileUnit> units = new ArrayList<>();
        layers.forEach((layer, tensors) -> units.add(new FileUnit(layer, 0, tensors, required.get(layer))));
        return units;
    }

    /** What a tensor is, or null. Keras 3 numbers a layer's variables in the order in which they were made. */
    private static String role(List<String> path) {
        String last = path.getLast().replaceFirst(":[0-9]+$", "");
        boolean cell = path.contains("cell");
        return switch (last) {
            case KERNEL, RECURRENT_KERNEL, BIAS, EMBEDDINGS -> last;
            case "0" -> path.getFirst().startsWith("embedding") ? EMBEDDINGS : KERNEL;
            case "1" -> cell ? RECURRENT_KERNEL : BIAS;
            case "2" -> cell ? BIAS : null;
            default -> null;
        };
    }

    static Map<String, Source> sources(ModelUnit unit, FileUnit file, Map<String, Tensor> tensors) {
        Map<String, Source> sources = new LinkedHashMap<>();
        for (String role : unit.parameters().keySet()) {
            String reverse = role.endsWith(ModelUnit.REVERSE) ? ModelUnit.REVERSE : "";
            String forward = role.substring(0, role.length() - reverse.length());
            Source source = switch (unit.kind()) {
                case RECURRENT -> recurrent(unit, forward, reverse, file, tensors);
                case RESET_BEFORE -> resetBefore(unit, forward, reverse, file);
                case PLAIN -> plain(forward, file);
                case OTHER -> null;
            };
            if (source != null) {
                sources.put(role, source);
            }
        }
        return sources;
    }

    private static Source recurrent(
            ModelUnit unit, String role, String reverse, FileUnit file, Map<String, Tensor> tensors) {
        List<Integer> square = unit.shape("weight_hh");
        boolean gru = square.getFirst() == 3 * square.getLast();
        String kernel = file.tensors().get(KERNEL + reverse);
        String recurrentKernel = file.tensors().get(RECURRENT_KERNEL + reverse);
        String bias = file.tensors().get(BIAS + reverse);
        LayoutStep[] turned = gru ? steps(new LayoutStep.Transpose(), gates()) : steps(new LayoutStep.Transpose());
        return switch (role) {
            case "weight_ih" -> source(kernel, turned);
            case "weight_hh" -> source(recurrentKernel, turned);
            case "bias_ih" -> bias(bias, gru, 0, tensors);
            case "bias_hh" -> bias(bias, gru, 1, tensors);
            default -> null;
        };
    }

    private static Source bias(String bias, boolean gru, int row, Map<String, Tensor> tensors) {
        if (bias == null) {
            return null;
        }
        if (gru) {
            return source(bias, new LayoutStep.Row(row), gates());
        }
        return row == 0 ? source(bias) : new Source.Zeros();
    }

    private static Source resetBefore(ModelUnit unit, String role, String reverse, FileUnit file) {
        int units = unit.shape("weight_hn").getFirst();
        String kernel = file.tensors().get(KERNEL + reverse);
        String recurrentKernel = file.tensors().get(RECURRENT_KERNEL + reverse);
        return switch (role) {
            case "weight_ih" -> source(kernel, new LayoutStep.Transpose(), gates());
            case "weight_hh" ->
                source(
                        recurrentKernel,
                        new LayoutStep.Transpose(),
                        new LayoutStep.Rows(0, 2 * units),
                        new LayoutStep.Gates("zr", "rz"));
            case "weight_hn" ->
                source(recurrentKernel, new LayoutStep.Transpose(), new LayoutStep.Rows(2 * units, 3 * units));
            case "bias" -> source(file.tensors().get(BIAS + reverse), gates());
            default -> null;
        };
    }

    private static Source plain(String role, FileUnit file) {
        if (file.tensors().containsKey(RECURRENT_KERNEL)) {
            return null;
        }
        if (role.equals("bias")) {
            return source(file.tensors().get(BIAS));
        }
        String embeddings = file.tensors().get(EMBEDDINGS);
        return embeddings != null ? source(embeddings) : source(file.tensors().get(KERNEL), new LayoutStep.Transpose());
    }

    private static LayoutStep gates() {
        return new LayoutStep.Gates("zrh", "rzh");
    }

    private static LayoutStep[] steps(LayoutStep... steps) {
        return steps;
    }

    private static Source source(String tensor, LayoutStep... steps) {
        return tensor == null ? null : Source.Sum.of(tensor, steps);
    }
}
