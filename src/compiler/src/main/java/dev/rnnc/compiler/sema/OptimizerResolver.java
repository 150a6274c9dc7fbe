package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.spec.OptimizerSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Resolves {@code adam(rate: 0.002)} and the like; settings and defaults are those of {@code torch.optim}. */
final class OptimizerResolver {
    /** The settings of each optimiser with their defaults. */
    private static final Map<String, Map<String, Double>> OPTIMIZERS = new LinkedHashMap<>();

    static {
        OPTIMIZERS.put("sgd", settings("rate", 0.001, "weight_decay", 0));
        OPTIMIZERS.put("momentum", settings("rate", 0.001, "momentum", 0.9, "weight_decay", 0));
        OPTIMIZERS.put("nesterov", settings("rate", 0.001, "momentum", 0.9, "weight_decay", 0));
        OPTIMIZERS.put(
                "adam", settings("rate", 0.001, "beta1", 0.9, "beta2", 0.999, "epsilon", 1e-8, "weight_decay", 0));
        OPTIMIZERS.put(
                "adamw", settings("rate", 0.001, "beta1", 0.9, "beta2", 0.999, "epsilon", 1e-8, "weight_decay", 0.01));
        OPTIMIZERS.put(
                "rmsprop", settings("rate", 0.01, "alpha", 0.99, "epsilon", 1e-8, "weight_decay", 0, "momentum", 0));
        OPTIMIZERS.put("adagrad", settings("rate", 0.01, "epsilon", 1e-10, "weight_decay", 0));
    }

    private final Context context;

    OptimizerResolver(Context context) {
        this.context = context;
    }

    /** The optimiser; empty after reporting. A single value without a name is the rate. */
    Optional<OptimizerSpec> resolve(Expression item) {
        boolean isCall = item instanceof Expression.Call;
        String name = isCall ? ((Expression.Call) item).function() : ((Expression.Name) item).identifier();
        Span span = isCall ? ((Expression.Call) item).functionSpan() : item.span();
        Map<String, Double> defaults = OPTIMIZERS.get(name);
        if (defaults == null) {
            Optional<String> hint = Suggestions.hint(name, OPTIMIZERS.keySet())
                    .or(() -> Optional.of("the optimizers are " + String.join(", ", OPTIMIZERS.keySet())));
            context.error(DiagnosticKind.UNKNOWN_OPTIMIZER, span, hint, name);
            return Optional.empty();
        }
        Map<String, Double> settings = new LinkedHashMap<>(defaults);
        List<Expression.Argument> arguments = isCall ? ((Expression.Call) item).arguments() : List.of();
        boolean valid = true;
        java.util.Set<String> given = new java.util.HashSet<>();
        for (Expression.Argument argument : arguments) {
            String setting = argument.name().orElse("rate");
            if (argument.name().isEmpty() && arguments.size() > 1) {
                context.error(DiagnosticKind.STRAY_VALUE, argument.span());
                valid = false;
            } else if (!defaults.containsKey(setting)) {
                Optional<String> hint = Suggestions.hint(setting, defaults.keySet())
                        .or(() -> Optional.of("its settings are " + String.join(", ", defaults.keySet())));
                context.error(DiagnosticKind.UNKNOWN_ARGUMENT, argument.span(), hint, name, setting);
                valid = false;
            } else if (!given.add(setting)) {
                context.error(DiagnosticKind.DUPLICATE_ARGUMENT, argument.span(), setting);
                valid = false;
            } else {
                OptionalDouble value = value(setting, argument.value());
                valid &= value.isPresent();
                settings.put(setting, value.orElse(0));
            }
        }
        return valid ? Optional.of(spec(name, settings)) : Optional.empty();
    }

    private OptionalDouble value(String setting, Expression expression) {
        OptionalDouble value = ConstantEvaluator.value(expression, context);
        if (value.isEmpty()) {
            return value;
        }
        double number = value.getAsDouble();
        boolean fraction = setting.startsWith("beta") || setting.equals("alpha") || setting.equals("momentum");
        if (number < 0 || fraction && number >= 1) {
            String range = fraction ? "at least 0 and less than 1" : "at least 0";
            context.error(
                    DiagnosticKind.OUT_OF_RANGE,
                    expression.span(),
                    "'" + setting + "'",
                    range,
                    ConstantEvaluator.number(number));
            return OptionalDouble.empty();
        }
        return value;
    }

    private static OptimizerSpec spec(String name, Map<String, Double> s) {
        double rate = s.get("rate");
        double decay = s.get("weight_decay");
        return switch (name) {
            case "sgd" -> new OptimizerSpec.Sgd(rate, 0, false, decay);
            case "momentum" -> new OptimizerSpec.Sgd(rate, s.get("momentum"), false, decay);
            case "nesterov" -> new OptimizerSpec.Sgd(rate, s.get("momentum"), true, decay);
            case "adam", "adamw" ->
                new OptimizerSpec.Adam(
                        rate, s.get("beta1"), s.get("beta2"), s.get("epsilon"), decay, name.equals("adamw"));
            case "rmsprop" ->
                new OptimizerSpec.RmsProp(rate, s.get("alpha"), s.get("epsilon"), decay, s.get("momentum"));
            case "adagrad" -> new OptimizerSpec.Adagrad(rate, s.get("epsilon"), decay);
            default -> throw new IllegalStateException("no definition of " + name);
        };
    }

    private static Map<String, Double> settings(Object... pairs) {
        Map<String, Double> settings = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put((String) pairs[i], ((Number) pairs[i + 1]).doubleValue());
        }
        return settings;
    }
}
