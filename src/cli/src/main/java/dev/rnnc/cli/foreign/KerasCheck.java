package dev.rnnc.cli.foreign;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.runtime.json.JsonValue;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.weights.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Compares what a Keras file states about its layers with what a model computes with their weights. Equations are compared
 * by their values: the layer by Keras' own definition, the model's terms as they are, both with random variables that take
 * the same way into the model as the file's. So a cell of one's own is compared like one of the library.
 */
public final class KerasCheck {
    /** Elements of a variable up to which its layer is compared: what is compared is held three times in double. */
    private static final long LARGEST = 1 << 23;

    private final Model model;
    private final KerasModel keras;
    private final SequencedMap<String, Source> sources;
    private final Map<String, Tensor> tensors;
    private final Map<KerasLayer, SequencedMap<String, String>> variables;
    private final Map<String, Tensor> random = new LinkedHashMap<>();
    private final Map<String, double[]> parameters = new LinkedHashMap<>();
    private final List<KerasFinding> findings = new ArrayList<>();

    private KerasCheck(
            Model model, KerasModel keras, SequencedMap<String, Source> sources, Map<String, Tensor> tensors) {
        this.model = model;
        this.keras = keras;
        this.sources = sources;
        this.tensors = tensors;
        this.variables = KerasNames.variables(keras, tensors);
    }

    /** What a file's configuration says that can be told without a model. */
    public static List<KerasFinding> ofFile(KerasModel keras, Map<String, Tensor> tensors) {
        return KerasSettings.of(keras, tensors);
    }

    /**
     * Compares each layer whose variables a model uses.
     *
     * @param sources what each parameter of the model is made from
     * @param tensors the file's
     */
    public static List<KerasFinding> of(
            Model model, KerasModel keras, SequencedMap<String, Source> sources, Map<String, Tensor> tensors) {
        KerasCheck check = new KerasCheck(model, keras, sources, tensors);
        check.run();
        return List.copyOf(check.findings);
    }

    private void run() {
        Map<KerasLayer, SequencedSet<String>> names = new IdentityHashMap<>();
        List<KerasLayer> used = new ArrayList<>();
        sources.forEach((parameter, source) -> layers(source).forEach(layer -> {
            if (!names.containsKey(layer)) {
                used.add(layer);
            }
            names.computeIfAbsent(layer, _ -> new LinkedHashSet<>()).add(parameter);
        }));
        ModelTerms terms = new ModelTerms(model);
        Map<Recurrence, KerasLayer> halves = new LinkedHashMap<>();
        for (Recurrence recurrence : model.recurrences()) {
            Set<KerasLayer> found = Collections.newSetFromMap(new IdentityHashMap<>());
            terms.parameters(recurrence).forEach(name -> found.addAll(layers(sources.get(name))));
            if (found.stream().anyMatch(layer -> isLarge(layer) || layer.recurs() && !isWhole(layer))) {
                notCompared(found.iterator().next());
            } else if (found.size() == 1 && found.iterator().next().recurs()) {
                KerasLayer layer = found.iterator().next();
                halves.put(recurrence, layer);
                findings.addAll(
                        new KerasCellCheck(keras, layer, recurrence, this::parameter, random(layer)).findings());
                findings.addAll(KerasFlowCheck.of(keras, terms, layer, recurrence));
            } else if (found.stream().anyMatch(KerasLayer::recurs)) {
                findings.add(KerasFinding.warning(
                        "cell '%s' of the model is made of several layers of the file and is not compared with their settings"
                                .formatted(recurrence.name())));
            }
        }
        for (KerasLayer layer : used) {
            boolean compared = !layer.recurs() && !layer.type().equals("Embedding");
            if (compared && (isLarge(layer) || !isWhole(layer))) {
                notCompared(layer);
                continue;
            }
            switch (layer.type()) {
                case "Dense" ->
                    findings.addAll(
                            new KerasDenseCheck(keras, layer, rows(layer, terms, names), random(layer)).findings());
                case "LayerNormalization", "BatchNormalization" ->
                    findings.addAll(new KerasNormCheck(layer, rows(layer, terms, names), random(layer)).findings());
                case "Embedding", "LSTM", "GRU", "SimpleRNN" -> {}
                default -> notCompared(layer);
            }
            precision(layer);
        }
        findings.addAll(KerasFlowCheck.masks(keras, terms));
        findings.addAll(KerasFlowCheck.merges(halves, terms));
    }

    private RowTerms rows(KerasLayer layer, ModelTerms terms, Map<KerasLayer, SequencedSet<String>> names) {
        return new RowTerms(terms, List.copyOf(names.get(layer)), this::parameter);
    }

    private void notCompared(KerasLayer layer) {
        findings.add(KerasFinding.warning("layer '%s' (%s) is not compared with the model: see that it computes %s"
                .formatted(layer.shown(), layer.type(), shownSettings(layer))));
    }

    private static String shownSettings(KerasLayer layer) {
        List<String> shown = new ArrayList<>();
        layer.settings().members().forEach((key, value) -> {
            boolean plain = value instanceof JsonValue.Text
                    || value instanceof JsonValue.Number
                    || value instanceof JsonValue.Bool
                    || value instanceof JsonValue.Array;
            if (plain && !KerasSettings.hasNoMeaning(key)) {
                shown.add(key + " = " + JsonMembers.print(value));
            }
        });
        return String.join(", ", shown);
    }

    /** Layers that compute in fewer or more digits than the model. */
    private void precision(KerasLayer layer) {
        String policy = layer.settings()
                .text("dtype")
                .orElseGet(
                        () -> layer.settings().object("dtype").object("config").text("name", "float32"));
        String own = model.spec().precision() == Precision.DOUBLE ? "float64" : "float32";
        if (!policy.equals(own) && !policy.isEmpty() && !(policy.equals("float32") && own.equals("float64"))) {
            findings.add(KerasFinding.warning(
                    "layer '%s' (%s) computes in %s, the model in %s: their values differ by rounding"
                            .formatted(layer.shown(), layer.type(), policy, own)));
        }
    }

    private Set<KerasLayer> layers(Source source) {
        Set<KerasLayer> layers = Collections.newSetFromMap(new IdentityHashMap<>());
        if (source instanceof Source.Sum sum) {
            sum.parts().forEach(part -> KerasPlaces.layer(keras, part.tensor()).ifPresent(layers::add));
        }
        return layers;
    }

    /** A parameter's value, made from the random variables. */
    private double[] parameter(Term.Parameter parameter) {
        return parameters.computeIfAbsent(parameter.name(), name -> switch (sources.get(name)) {
            case Source.Sum sum -> {
                Map<String, Tensor> parts = new LinkedHashMap<>();
                sum.parts().forEach(part -> parts.put(part.tensor(), random(part.tensor())));
                yield sum.values(parts);
            }
            case Source.Zeros _, Source.Initial _ -> zeros(parameter);
            case null -> zeros(parameter);
        });
    }

    private static double[] zeros(Term.Parameter parameter) {
        return new double[parameter.type().shape().stream().reduce(1, Math::multiplyExact)];
    }

    /** Whether the variables have the shapes that the layer's equations take. */
    private boolean isWhole(KerasLayer layer) {
        SequencedMap<String, String> roles = variables.getOrDefault(layer, new LinkedHashMap<>());
        List<Integer> kernel = shape(roles.get(KerasSources.KERNEL));
        List<Integer> bias = shape(roles.get(KerasSources.BIAS));
        if (layer.recurs()) {
            int gates = KerasEquations.gates(layer.type());
            List<Integer> recurrent = shape(roles.get(KerasSources.RECURRENT_KERNEL));
            boolean square = recurrent.size() == 2 && recurrent.getLast() == gates * recurrent.getFirst();
            boolean two = layer.type().equals("GRU") && bias.size() == 2 && bias.getFirst() == 2;
            return square
                    && kernel.size() == 2
                    && kernel.getLast().equals(recurrent.getLast())
                    && (bias.isEmpty() || bias.getLast().equals(recurrent.getLast()) && (bias.size() == 1 || two));
        }
        if (layer.type().equals("Dense")) {
            return kernel.size() == 2 && (bias.isEmpty() || bias.equals(kernel.subList(1, 2)));
        }
        List<List<Integer>> shapes =
                roles.values().stream().map(this::shape).distinct().toList();
        return shapes.size() == 1 && shapes.getFirst().size() == 1;
    }

    private List<Integer> shape(String tensor) {
        return tensor == null ? List.of() : tensors.get(tensor).shape();
    }

    private boolean isLarge(KerasLayer layer) {
        return variables.getOrDefault(layer, new LinkedHashMap<>()).values().stream()
                .anyMatch(tensor -> tensors.get(tensor).shape().stream()
                                .mapToLong(Integer::longValue)
                                .reduce(1, (a, b) -> a * b)
                        > LARGEST);
    }

    private Map<String, double[]> random(KerasLayer layer) {
        Map<String, double[]> values = new LinkedHashMap<>();
        variables
                .getOrDefault(layer, new LinkedHashMap<>())
                .forEach((role, tensor) -> values.put(role, random(tensor).doubles()));
        return values;
    }

    /** Values that make sums of products about as large as those of trained weights. */
    private Tensor random(String name) {
        return random.computeIfAbsent(name, _ -> {
            List<Integer> shape = tensors.get(name).shape();
            boolean variance = variables.values().stream().anyMatch(roles -> name.equals(roles.get("moving_variance")));
            SplittableRandom numbers = new SplittableRandom(name.hashCode());
            double bound = shape.size() == 2 ? 1.7 / Math.sqrt(Math.max(1, shape.getFirst())) : 0.8;
            double[] values = new double[shape.stream().reduce(1, Math::multiplyExact)];
            for (int i = 0; i < values.length; i++) {
                double value = bound * (2 * numbers.nextDouble() - 1);
                values[i] = variance ? 0.1 + Math.abs(value) : value;
            }
            return Tensor.ofDoubles(shape, values);
        });
    }
}
