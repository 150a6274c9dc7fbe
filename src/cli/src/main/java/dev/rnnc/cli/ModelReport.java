package dev.rnnc.cli;

import dev.rnnc.cli.Backend.Cost;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What {@code explain} shows of a model. */
final class ModelReport {
    private ModelReport() {}

    /** The report for people. */
    static String text(ModelSpec model, List<Cost> figures) {
        long elements = elements(model);
        StringBuilder text = new StringBuilder();
        text.append("%s: %s parameters, %s, %s%n"
                .formatted(
                        model.name(),
                        Numbers.grouped(elements),
                        Numbers.figure((double) elements * model.precision().bytes(), "B"),
                        model.precision().name().toLowerCase(Locale.ROOT)));

        Table ports = new Table("llll");
        for (Role role : List.of(Role.INPUT, Role.TARGET, Role.LAYER, Role.OUTPUT, Role.STATE)) {
            for (PortSpec port : model.ports(role)) {
                ports.row(port.name(), lower(role), element(port), shape(port));
            }
        }
        text.append("\nInputs, layers, outputs and states (T time steps, B sequences)\n")
                .append(ports);

        Table parameters = new Table("llrl");
        for (ParameterSpec parameter : model.parameters()) {
            parameters.row(
                    parameter.name(),
                    parameter.shape().toString(),
                    Numbers.grouped(parameter.size()),
                    initializer(parameter.initializer())
                            + (parameter.alias() == null ? "" : "  from " + parameter.alias()));
        }
        text.append("\nParameters (shape, elements, first values)\n").append(parameters);

        if (model.train() != null) {
            text.append("\nTraining\n  ").append(training(model.train())).append('\n');
        }
        if (!figures.isEmpty()) {
            Table costs = new Table("lr");
            figures.forEach(cost -> costs.row(cost.name(), Numbers.figure(cost.value(), cost.unit())));
            text.append("\nWork and memory\n").append(costs);
        }
        return text.toString();
    }

    /** The same facts as JSON. */
    static String json(ModelSpec model, List<Cost> figures) {
        return Json.pretty(json -> {
            json.writeStartObject();
            json.writeStringField("model", model.name());
            json.writeStringField("digest", model.digest());
            json.writeStringField("precision", lower(model.precision()));
            json.writeNumberField("parameter_elements", elements(model));
            json.writeArrayFieldStart("ports");
            for (PortSpec port : model.ports()) {
                json.writeStartObject();
                json.writeStringField("name", port.name());
                json.writeStringField("role", lower(port.role()));
                json.writeStringField("element", element(port));
                json.writeStringField("shape", shape(port));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("parameters");
            for (ParameterSpec parameter : model.parameters()) {
                json.writeStartObject();
                json.writeStringField("name", parameter.name());
                json.writeFieldName("shape");
                json.writeArray(
                        parameter.shape().stream().mapToInt(Integer::intValue).toArray(),
                        0,
                        parameter.shape().size());
                json.writeNumberField("elements", parameter.size());
                json.writeStringField("initial", initializer(parameter.initializer()));
                if (parameter.alias() != null) {
                    json.writeStringField("from", parameter.alias());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("costs");
            for (Cost cost : figures) {
                json.writeStartObject();
                json.writeStringField("name", cost.name());
                Json.number(json, "value", cost.value());
                json.writeStringField("unit", cost.unit());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** Elements of all parameters, without the padding of the flat array. */
    static long elements(ModelSpec model) {
        return model.parameters().stream().mapToLong(ParameterSpec::size).sum();
    }

    /** {@code [T, B, 128]} with the letters of the row axes. */
    static String shape(PortSpec port) {
        List<String> axes = new ArrayList<>(
                switch (port.rows()) {
                    case NONE -> List.of();
                    case BATCH -> List.of("B");
                    case SEQUENCE -> List.of("T", "B");
                });
        port.shape().forEach(size -> axes.add(size.toString()));
        return axes.toString();
    }

    private static String element(PortSpec port) {
        return port.element() == Element.TOKEN ? "token(" + port.vocabulary() + ")" : "real";
    }

    private static String initializer(Initializer initializer) {
        return switch (initializer) {
            case Initializer.Uniform(double bound) -> String.format(Locale.ROOT, "uniform(%.4g)", bound);
            case Initializer.Normal(double deviation) -> String.format(Locale.ROOT, "normal(%.4g)", deviation);
            case Initializer.Orthogonal(double gain) -> String.format(Locale.ROOT, "orthogonal(%.4g)", gain);
            case Initializer.Blocks(var blocks) ->
                blocks.stream().map(ModelReport::initializer).collect(Collectors.joining(", ", "split(", ")"));
            case Initializer.Constant(double value) -> String.format(Locale.ROOT, "%s", value);
        };
    }

    private static String training(TrainSettings train) {
        String optimizer = switch (train.optimizer()) {
            case OptimizerSpec.Sgd s -> s.momentum() == 0 ? "sgd" : s.nesterov() ? "nesterov" : "momentum";
            case OptimizerSpec.Adam a -> a.decoupled() ? "adamw" : "adam";
            case OptimizerSpec.RmsProp r -> "rmsprop";
            case OptimizerSpec.Adagrad a -> "adagrad";
        };
        String clip = switch (train.clip()) {
            case ClipSpec.None() -> "no clipping";
            case ClipSpec.Norm(double max) -> "clip norm " + max;
            case ClipSpec.Value(double max) -> "clip value " + max;
        };
        return "%d steps x %d sequences, %s(rate: %s), %s, %d epochs, seed %d%s"
                        .formatted(
                                train.steps(),
                                train.batch(),
                                optimizer,
                                train.optimizer().rate(),
                                clip,
                                train.epochs(),
                                train.seed(),
                                train.stateful() ? ", stateful" : "")
                + LoopText.of(train.loop());
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
