package dev.rnnc.cli.foreign;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/** Finds for a variable of a whole-model file the layer of its configuration. */
final class KerasPlaces {
    /** Groups that Keras 3 names after a class rather than a layer. */
    static final String CLASS_NAMES = "(layers|_layer_checkpoint_dependencies|layer|cell|cells|vars|forward_layer"
            + "|backward_layer|(lstm|gru|simple_rnn|rnn|bidirectional|dense|embedding|time_distributed|sequential"
            + "|functional|conv1d|layer_normalization|batch_normalization|lstm_cell|gru_cell|simple_rnn_cell)(_[0-9]+)?)";

    private KerasPlaces() {}

    /** The layer that a tensor of the file belongs to. */
    static Optional<KerasLayer> layer(KerasModel model, String tensor) {
        List<String> parts = new ArrayList<>(Arrays.asList(tensor.split("/")));
        int vars = parts.size() - 2;
        if (vars > 0 && parts.get(vars).equals("vars")) {
            String group = String.join("/", parts.subList(0, vars)).replace("_layer_checkpoint_dependencies", "layers");
            return model.layers().stream()
                    .filter(layer -> layer.group().equals(group))
                    .findFirst();
        }
        parts.removeIf(part -> part.equals("model_weights"));
        List<KerasLayer> within = model.layers().stream()
                .filter(layer -> startsWith(parts, words(layer.path().getFirst())))
                .toList();
        int longest = within.stream()
                .mapToInt(layer -> words(layer.path().getFirst()).size())
                .max()
                .orElse(0);
        List<KerasLayer> top = within.stream()
                .filter(layer -> words(layer.path().getFirst()).size() == longest)
                .toList();
        return mostWords(top, parts).or(() -> onlyOne(top, parts));
    }

    /** The only layer, or the only one of the direction that a variable's path names. */
    private static Optional<KerasLayer> onlyOne(List<KerasLayer> layers, List<String> parts) {
        boolean forward = parts.stream().anyMatch(part -> part.startsWith("forward_"));
        boolean backward = parts.stream().anyMatch(part -> part.startsWith("backward_"));
        List<KerasLayer> left = layers.stream()
                .filter(layer -> switch (layer.direction()) {
                    case ALONE -> true;
                    case FORWARD -> forward && !backward;
                    case BACKWARD -> backward && !forward;
                })
                .toList();
        return left.size() == 1 ? Optional.of(left.getFirst()) : Optional.empty();
    }

    /** The layer most of whose path is found in a variable's, the names of what it is within perhaps left out. */
    private static Optional<KerasLayer> mostWords(List<KerasLayer> layers, List<String> parts) {
        KerasLayer best = null;
        int most = 0;
        boolean tie = false;
        for (KerasLayer layer : layers) {
            int words = found(layer, parts);
            if (words > most) {
                best = layer;
                most = words;
                tie = false;
            } else if (words == most) {
                tie = true;
            }
        }
        return best == null || tie ? Optional.empty() : Optional.of(best);
    }

    /** How many words of a layer's path occur, in their order; 0 where its own name does not. */
    private static int found(KerasLayer layer, List<String> parts) {
        List<String> own = words(layer.path().getLast());
        int first =
                layer.path().size() == 1 ? 0 : words(layer.path().getFirst()).size();
        int from = -1;
        for (int at = first; at + own.size() < parts.size(); at++) {
            if (parts.subList(at, at + own.size()).equals(own)) {
                from = at;
            }
        }
        if (from < 0) {
            return 0;
        }
        int words = own.size();
        int before = 0;
        for (String name : layer.path().subList(0, layer.path().size() - 1)) {
            for (String word : words(name)) {
                int at = parts.subList(before, from).indexOf(word);
                if (at >= 0) {
                    words++;
                    before += at + 1;
                }
            }
        }
        return words;
    }

    private static List<String> words(String name) {
        return Arrays.asList(name.split("/"));
    }

    private static boolean startsWith(List<String> parts, List<String> words) {
        return parts.size() > words.size() && parts.subList(0, words.size()).equals(words);
    }

    /** What a layer is called: its path, then the names in it from the outermost on, that of a half without its direction. */
    static List<String> names(KerasLayer layer) {
        List<String> path = new ArrayList<>(layer.path());
        if (layer.direction() != KerasLayer.Direction.ALONE) {
            for (int i = path.size() - 1; i > 0; i--) {
                if (path.get(i).matches("(forward|backward)_.*")) {
                    path.remove(i);
                    break;
                }
            }
        }
        SequencedSet<String> names = new LinkedHashSet<>();
        names.add(String.join("/", path));
        names.addAll(path);
        path.forEach(name -> names.add(words(name).getLast()));
        return List.copyOf(names);
    }

    /** What a layer of a class numbers, in that order. */
    static List<String> variables(String type, JsonMembers settings) {
        List<String> variables = new ArrayList<>();
        switch (type) {
            case "LSTM", "GRU", "SimpleRNN" ->
                variables.addAll(List.of(KerasSources.KERNEL, KerasSources.RECURRENT_KERNEL, KerasSources.BIAS));
            case "Embedding" -> variables.add(KerasSources.EMBEDDINGS);
            case "Dense", "Conv1D" -> variables.addAll(List.of(KerasSources.KERNEL, KerasSources.BIAS));
            case "LayerNormalization", "BatchNormalization" -> {
                if (settings.flag("scale", true)) {
                    variables.add("gamma");
                }
                if (settings.flag("center", true)) {
                    variables.add("beta");
                }
                if (type.startsWith("Batch")) {
                    variables.addAll(List.of("moving_mean", "moving_variance"));
                }
            }
            default -> {}
        }
        return variables;
    }
}
