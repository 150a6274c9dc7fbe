package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.spec.ScheduleSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Resolves {@code cosine(epochs: 20)} and the like. Settings without a default must be given; a value without a name is
 * the first setting.
 */
final class ScheduleResolver {
    private static final double NEEDED = Double.NaN;

    /** The settings of each schedule with their defaults, in order. */
    private static final Map<String, Map<String, Double>> SCHEDULES = new LinkedHashMap<>();

    static {
        SCHEDULES.put("step", settings("every", NEEDED, "factor", 0.1));
        SCHEDULES.put("exponential", settings("factor", NEEDED));
        SCHEDULES.put("cosine", settings("epochs", NEEDED, "least", 0));
        SCHEDULES.put("warmup", settings("steps", NEEDED));
        SCHEDULES.put("plateau", settings("factor", 0.1, "patience", 10));
        SCHEDULES.put("zaremba", settings("after", NEEDED, "factor", 0.5));
    }

    private final Context context;

    ScheduleResolver(Context context) {
        this.context = context;
    }

    /** Whether that is the name of a schedule, so that it follows another one rather than being a setting. */
    static boolean isSchedule(String word) {
        return SCHEDULES.containsKey(word);
    }

    static String names() {
        return String.join(", ", SCHEDULES.keySet());
    }

    /** The schedule; empty after reporting. */
    Optional<ScheduleSpec> resolve(Expression item, String name) {
        Span span = item instanceof Expression.Call call ? call.functionSpan() : item.span();
        Map<String, Double> defaults = SCHEDULES.get(name);
        if (defaults == null) {
            Optional<String> hint =
                    Suggestions.hint(name, SCHEDULES.keySet()).or(() -> Optional.of("the schedules are " + names()));
            context.error(DiagnosticKind.UNKNOWN_SCHEDULE, span, hint, name);
            return Optional.empty();
        }
        Map<String, Double> values = new LinkedHashMap<>(defaults);
        List<String> given = new ArrayList<>();
        boolean valid = true;
        List<Expression.Argument> arguments = item instanceof Expression.Call call ? call.arguments() : List.of();
        for (Expression.Argument argument : arguments) {
            String setting = argument.name().orElse(defaults.keySet().iterator().next());
            if (!defaults.containsKey(setting)) {
                Optional<String> hint = Suggestions.hint(setting, defaults.keySet())
                        .or(() -> Optional.of("its settings are " + String.join(", ", defaults.keySet())));
                context.error(DiagnosticKind.UNKNOWN_ARGUMENT, argument.span(), hint, name, setting);
                valid = false;
            } else if (given.contains(setting)) {
                context.error(DiagnosticKind.DUPLICATE_ARGUMENT, argument.span(), setting);
                valid = false;
            } else {
                given.add(setting);
                OptionalDouble value = value(setting, argument.value());
                valid &= value.isPresent();
                values.put(setting, value.orElse(0));
            }
        }
        for (Map.Entry<String, Double> entry : values.entrySet()) {
            if (Double.isNaN(entry.getValue())) {
                context.error(
                        DiagnosticKind.SETTING_VALUE, span, name, "'" + entry.getKey() + "', as in " + example(name));
                valid = false;
            }
        }
        return valid ? Optional.of(spec(name, values)) : Optional.empty();
    }

    private OptionalDouble value(String setting, Expression expression) {
        OptionalDouble value = ConstantEvaluator.value(expression, context);
        if (value.isEmpty()) {
            return value;
        }
        double number = value.getAsDouble();
        String range = switch (setting) {
            case "factor" -> number > 0 && number <= 1 ? null : "more than 0 and at most 1";
            case "least" -> number >= 0 && Double.isFinite(number) ? null : "at least 0";
            default -> {
                int lowest = setting.equals("patience") || setting.equals("after") ? 0 : 1;
                boolean whole = number == Math.rint(number) && number >= lowest && number <= Integer.MAX_VALUE;
                yield whole ? null : "a whole number from " + lowest + " to 2147483647";
            }
        };
        if (range != null) {
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

    private static String example(String name) {
        return switch (name) {
            case "step" -> "'step(every: 10, factor: 0.5)'";
            case "exponential" -> "'exponential(0.9)'";
            case "cosine" -> "'cosine(epochs: 20, least: 1e-5)'";
            case "warmup" -> "'warmup(500)'";
            default -> "'zaremba(after: 6, factor: 0.83)'";
        };
    }

    private static ScheduleSpec spec(String name, Map<String, Double> s) {
        return switch (name) {
            case "step" -> new ScheduleSpec.Step(whole(s, "every"), s.get("factor"));
            case "exponential" -> new ScheduleSpec.Exponential(s.get("factor"));
            case "cosine" -> new ScheduleSpec.Cosine(whole(s, "epochs"), s.get("least"));
            case "warmup" -> new ScheduleSpec.Warmup(whole(s, "steps"));
            case "plateau" -> new ScheduleSpec.Plateau(s.get("factor"), whole(s, "patience"));
            case "zaremba" -> new ScheduleSpec.Zaremba(whole(s, "after"), s.get("factor"));
            default -> throw new IllegalStateException("no definition of " + name);
        };
    }

    private static int whole(Map<String, Double> settings, String name) {
        return settings.get(name).intValue();
    }

    private static Map<String, Double> settings(Object... pairs) {
        Map<String, Double> settings = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put((String) pairs[i], ((Number) pairs[i + 1]).doubleValue());
        }
        return settings;
    }
}
