package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.json.JsonValue;
import dev.rnnc.runtime.weights.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a configuration says that no model can be compared with: layers whose values are unknown, settings that are, shapes
 * that the file's own variables do not have.
 */
final class KerasSettings {
    /** They decide on first values, on training or on how Keras computes: not on what a trained layer yields. */
    private static final Set<String> WITHOUT_MEANING = Set.of(
            "name",
            "trainable",
            "dtype",
            "seed",
            "unroll",
            "use_cudnn",
            "implementation",
            "unit_forget_bias",
            "dropout",
            "recurrent_dropout",
            "kernel_initializer",
            "recurrent_initializer",
            "bias_initializer",
            "embeddings_initializer",
            "gamma_initializer",
            "beta_initializer",
            "moving_mean_initializer",
            "moving_variance_initializer",
            "kernel_regularizer",
            "recurrent_regularizer",
            "bias_regularizer",
            "embeddings_regularizer",
            "gamma_regularizer",
            "beta_regularizer",
            "activity_regularizer",
            "kernel_constraint",
            "recurrent_constraint",
            "bias_constraint",
            "embeddings_constraint",
            "gamma_constraint",
            "beta_constraint",
            "batch_input_shape",
            "batch_shape",
            "build_config",
            "input_dtype",
            "momentum",
            "renorm_momentum",
            "renorm_clipping",
            "autocast",
            "sparse",
            "ragged");

    /** They are compared with the model, or with the shapes of the variables. */
    private static final Map<String, Set<String>> COMPARED = Map.of(
            "LSTM", Set.of("units", "activation", "recurrent_activation", "use_bias"),
            "GRU", Set.of("units", "activation", "recurrent_activation", "use_bias", "reset_after"),
            "SimpleRNN", Set.of("units", "activation", "use_bias"),
            "Dense", Set.of("units", "activation", "use_bias"),
            "Embedding", Set.of("input_dim", "output_dim", "mask_zero", "input_length"),
            "LayerNormalization", Set.of("axis", "epsilon", "center", "scale", "rms_scaling"),
            "BatchNormalization", Set.of("axis", "epsilon", "center", "scale", "synchronized", "renorm", "fused"),
            "Conv1D",
                    Set.of(
                            "filters",
                            "kernel_size",
                            "strides",
                            "padding",
                            "data_format",
                            "dilation_rate",
                            "groups",
                            "activation",
                            "use_bias"));

    private static final Set<String> FLOW = Set.of(
            "return_sequences",
            "return_state",
            "go_backwards",
            "stateful",
            "time_major",
            "zero_output_for_mask",
            "input_length");

    /** Layers without weights: what they do is a matter of the model's topology. */
    private static final Set<String> WITHOUT_WEIGHTS = Set.of(
            "InputLayer",
            "Dropout",
            "SpatialDropout1D",
            "GaussianNoise",
            "GaussianDropout",
            "AlphaDropout",
            "ActivityRegularization",
            "Activation",
            "ReLU",
            "LeakyReLU",
            "ELU",
            "Softmax",
            "Masking",
            "RepeatVector",
            "Reshape",
            "Permute",
            "Flatten",
            "Concatenate",
            "Add",
            "Subtract",
            "Multiply",
            "Average",
            "Maximum",
            "Minimum",
            "Dot",
            "Identity",
            "Rescaling",
            "Cropping1D",
            "UpSampling1D",
            "ZeroPadding1D",
            "MaxPooling1D",
            "AveragePooling1D",
            "GlobalMaxPooling1D",
            "GlobalAveragePooling1D",
            "GlobalMaxPool1D",
            "GlobalAvgPool1D",
            "Attention",
            "AdditiveAttention",
            "TFOpLambda",
            "SlicingOpLambda");

    private KerasSettings() {}

    /** What can be said without a model. */
    static List<KerasFinding> of(KerasModel model, Map<String, Tensor> tensors) {
        List<KerasFinding> findings = new ArrayList<>();
        for (KerasModel.Plain layer : model.others()) {
            if (!COMPARED.containsKey(layer.type()) && !isKnown(layer)) {
                findings.add(KerasFinding.error(
                        "layer '%s' is of class %s, whose values are not known here%s; compute what it does in Java, or write it as a cell"
                                .formatted(
                                        layer.name(),
                                        layer.type(),
                                        layer.type().equals("Lambda") ? ": it holds a program in Python" : "")));
            }
        }
        Map<KerasLayer, SequencedMap<String, String>> variables = KerasNames.variables(model, tensors);
        for (KerasLayer layer : model.layers()) {
            if (COMPARED.containsKey(layer.type())) {
                unknownSettings(layer, findings);
                shapes(layer, variables.getOrDefault(layer, new LinkedHashMap<>()), tensors, findings);
            }
        }
        return findings;
    }

    /** Whether a setting decides on no value that a trained layer yields. */
    static boolean hasNoMeaning(String key) {
        return WITHOUT_MEANING.contains(key);
    }

    private static boolean isKnown(KerasModel.Plain layer) {
        // Keras' own layers are not registered; its operations are, under their own names.
        boolean operation =
                layer.module().startsWith("keras.src.ops") || layer.module().startsWith("keras.ops");
        return operation || layer.registered().isEmpty() && WITHOUT_WEIGHTS.contains(layer.type());
    }

    private static void unknownSettings(KerasLayer layer, List<KerasFinding> findings) {
        Set<String> known = new TreeSet<>(WITHOUT_MEANING);
        known.addAll(COMPARED.get(layer.type()));
        if (layer.recurs()) {
            known.addAll(FLOW);
        }
        layer.settings().or(layer.flow()).members().forEach((key, value) -> {
            boolean unset = value instanceof JsonValue.Null || value instanceof JsonValue.Bool(boolean set) && !set;
            boolean cell = key.equals("cell");
            if (!known.contains(key) && !unset && !cell) {
                findings.add(KerasFinding.error(
                        "layer '%s' (%s) has %s = %s, a setting that is not known here and may change its values"
                                .formatted(layer.shown(), layer.type(), key, JsonMembers.print(value))));
            }
        });
    }

    /** Compares the sizes that the configuration states with those of the variables. */
    private static void shapes(
            KerasLayer layer, Map<String, String> variables, Map<String, Tensor> tensors, List<KerasFinding> findings) {
        int gates = KerasEquations.gates(layer.type());
        String setting = switch (layer.type()) {
            case "Embedding" -> "output_dim";
            case "Conv1D" -> "filters";
            default -> "units";
        };
        double stated = layer.settings().number(setting, -1);
        variables.forEach((role, tensor) -> {
            List<Integer> shape = tensors.get(tensor).shape();
            boolean sized = role.equals(KerasSources.KERNEL) || role.equals(KerasSources.EMBEDDINGS);
            if (sized && stated >= 0 && !shape.isEmpty() && shape.getLast() != gates * stated) {
                findings.add(KerasFinding.error(
                        "layer '%s' (%s) has %s = %.0f, but its variable %s is %s, which is %d: the file does not agree with itself"
                                .formatted(
                                        layer.shown(),
                                        layer.type(),
                                        setting,
                                        stated,
                                        tensor,
                                        shape,
                                        shape.getLast() / gates)));
            }
            if (role.equals(KerasSources.BIAS) && !layer.settings().flag("use_bias", true)) {
                findings.add(KerasFinding.error("layer '%s' (%s) has use_bias = false, but the file has %s"
                        .formatted(layer.shown(), layer.type(), tensor)));
            }
        });
    }
}
