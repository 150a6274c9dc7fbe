package dev.rnnc.cli.foreign;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How parameters are made from Keras' variables: products are {@code x @ kernel}, so kernels are transposed; an LSTM has the gates i f c o and
 * one bias; a GRU has z r h and, with {@code reset_after}, a bias [2, 3H] for input and state.
 */
final class KerasSources {
    static final String KERNEL = "kernel";
    static final String RECURRENT_KERNEL = "recurrent_kernel";
    static final String BIAS = "bias";
    static final String EMBEDDINGS = "embeddings";

    private KerasSources() {}

    static Map<String, Source> sources(ModelUnit unit, FileUnit file) {
        Map<String, Source> sources = new LinkedHashMap<>();
        for (String role : unit.parameters().keySet()) {
            String reverse = role.endsWith(ModelUnit.REVERSE) ? ModelUnit.REVERSE : "";
            String forward = role.substring(0, role.length() - reverse.length());
            Source source = switch (unit.kind()) {
                case RECURRENT, ONE_BIAS -> recurrent(unit, forward, reverse, file);
                case RESET_BEFORE -> resetBefore(unit, forward, reverse, file);
                case PLAIN -> plain(forward, file);
                case NORMALISING -> normalising(forward, file);
                case OTHER -> null;
            };
            if (source != null) {
                sources.put(role, source);
            }
        }
        return sources;
    }

    private static Source recurrent(ModelUnit unit, String role, String reverse, FileUnit file) {
        List<Integer> square = unit.shape("weight_hh");
        boolean gru = square.getFirst() == 3 * square.getLast();
        String kernel = file.tensors().get(KERNEL + reverse);
        String recurrentKernel = file.tensors().get(RECURRENT_KERNEL + reverse);
        String bias = file.tensors().get(BIAS + reverse);
        LayoutStep[] turned = gru ? steps(new LayoutStep.Transpose(), gates()) : steps(new LayoutStep.Transpose());
        return switch (role) {
            case "weight_ih" -> source(kernel, turned);
            case "weight_hh" -> source(recurrentKernel, turned);
            case "bias_ih" -> bias(bias, gru, 0);
            case "bias_hh" -> bias(bias, gru, 1);
            case "bias" -> source(bias);
            default -> null;
        };
    }

    private static Source bias(String bias, boolean gru, int row) {
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

    /** Scale and shift of a normalisation by any of the names they have. */
    private static Source normalising(String role, FileUnit file) {
        return source(file.tensors().get(ModelUnit.normalising(role)));
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
