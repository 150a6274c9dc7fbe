package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.ModelStatement;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.ScheduleSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Resolves {@code train { ... }}: a list of settings, each a word followed by its values. Defaults: 32 steps, 16 rows,
 * Adam with its own defaults, no clipping, 10 epochs, seed 0, not stateful, whole windows, a constant rate, one
 * thread, loops over time unrolled as the cost model says.
 */
final class TrainResolver {
    private static final List<String> SETTINGS = List.of(
            "steps",
            "batch",
            "unroll",
            "optimizer",
            "clip",
            "epochs",
            "seed",
            "stateful",
            "truncate",
            "schedule",
            "patience",
            "accumulate",
            "l1",
            "threads");

    private final Context context;
    private final Map<String, Span> given = new HashMap<>();
    private int steps = 32;
    private int batch = 16;
    private int epochs = 10;
    private long seed;
    private boolean stateful;
    private OptimizerSpec optimizer = new OptimizerSpec.Adam(0.001, 0.9, 0.999, 1e-8, 0, false);
    private ClipSpec clip = new ClipSpec.None();
    private LoopSettings loop = LoopSettings.PLAIN;
    private Unroll unroll = new Unroll.Automatic();

    TrainResolver(Context context) {
        this.context = context;
    }

    TrainSettings resolve(ModelStatement.Train train) {
        Items items =
                new Items(train.items().stream().flatMap(TrainResolver::parts).iterator());
        while (items.next != null) {
            Expression item = items.take();
            Optional<String> word = word(item);
            if (item instanceof Expression.Missing) {
                continue;
            }
            if (word.isEmpty()) {
                context.error(DiagnosticKind.STRAY_VALUE, item.span());
                continue;
            }
            setting(word.get(), item.span(), items);
        }
        return new TrainSettings(steps, batch, optimizer, clip, epochs, seed, stateful, loop);
    }

    /** {@code batch -3} is parsed as a difference; a setting and its value are meant. */
    private static Stream<Expression> parts(Expression item) {
        boolean difference = item instanceof Expression.Binary binary
                && binary.operator() == Expression.Operator.SUBTRACT
                && binary.left() instanceof Expression.Name;
        if (!difference) {
            return Stream.of(item);
        }
        Expression.Binary binary = (Expression.Binary) item;
        return Stream.of(binary.left(), new Expression.Negation(binary.right().span(), binary.right()));
    }

    /** The words and values, one after another. */
    private static final class Items {
        private final Iterator<Expression> rest;
        private Expression next;

        Items(Iterator<Expression> rest) {
            this.rest = rest;
            take();
        }

        Expression take() {
            Expression taken = next;
            next = rest.hasNext() ? rest.next() : null;
            return taken;
        }
    }

    private static Optional<String> word(Expression item) {
        return item instanceof Expression.Name name && !name.primed()
                ? Optional.of(name.identifier())
                : item instanceof Expression.Call call ? Optional.of(call.function()) : Optional.empty();
    }

    private void setting(String word, Span span, Items items) {
        Span earlier = given.putIfAbsent(word, span);
        if (earlier != null && SETTINGS.contains(word)) {
            context.error(DiagnosticKind.SECOND, span, word, earlier.line());
        }
        switch (word) {
            case "steps" -> steps = whole(word, span, items, steps);
            case "batch" -> batch = whole(word, span, items, batch);
            case "epochs" -> epochs = whole(word, span, items, epochs);
            case "seed" ->
                seed = (long) number(word, span, items, "a whole number from 0 to 2^53", 0, 0x1p53, true, seed);
            case "stateful" -> stateful = true;
            case "clip" -> clip(span, items);
            case "unroll" -> unroll(span, items);
            case "optimizer" -> optimizer(span, items);
            case "truncate" -> truncate(span, items);
            case "schedule" -> schedule(span, items);
            case "patience" -> loop = loop.patient(whole(word, span, items, 1));
            case "accumulate" -> loop = loop.accumulating(whole(word, span, items, 1));
            case "threads" -> loop = loop.threaded(whole(word, span, items, 1));
            case "l1" ->
                loop = loop.sparse(number(word, span, items, "a number from 0 on", 0, Double.MAX_VALUE, false, 0));
            default -> {
                context.error(DiagnosticKind.UNKNOWN_SETTING, span, Suggestions.hint(word, SETTINGS), word);
                skipValues(items);
            }
        }
    }

    private void skipValues(Items items) {
        while (items.next != null
                && word(items.next).filter(w -> SETTINGS.contains(w)).isEmpty()) {
            items.take();
        }
    }

    private int whole(String word, Span span, Items items, int fallback) {
        return (int)
                number(word, span, items, "a whole number from 1 to 2147483647", 1, Integer.MAX_VALUE, true, fallback);
    }

    private double number(
            String word,
            Span span,
            Items items,
            String what,
            double least,
            double most,
            boolean whole,
            double fallback) {
        boolean absent = items.next == null
                || word(items.next).filter(w -> SETTINGS.contains(w)).isPresent();
        if (absent) {
            context.error(DiagnosticKind.SETTING_VALUE, span, word, what);
            return fallback;
        }
        Expression item = items.take();
        OptionalDouble value = ConstantEvaluator.value(item, context);
        if (value.isEmpty()) {
            return fallback;
        }
        double number = value.getAsDouble();
        if (number < least || number > most || whole && number != Math.rint(number)) {
            context.error(
                    DiagnosticKind.OUT_OF_RANGE, item.span(), "'" + word + "'", what, ConstantEvaluator.number(number));
            return fallback;
        }
        return number;
    }

    private void clip(Span span, Items items) {
        Optional<String> kind = items.next == null ? Optional.empty() : word(items.next);
        if (kind.isEmpty() || !kind.get().equals("norm") && !kind.get().equals("value")) {
            context.error(DiagnosticKind.SETTING_VALUE, span, "clip", "'norm' or 'value' and a number behind it");
            skipValues(items);
            return;
        }
        items.take();
        double most = number(
                "clip " + kind.get(), span, items, "a positive number", Double.MIN_VALUE, Double.MAX_VALUE, false, 1);
        clip = kind.get().equals("norm") ? new ClipSpec.Norm(most) : new ClipSpec.Value(most);
    }

    /** How to unroll loops over time, once the settings are resolved. */
    Unroll unroll() {
        return unroll;
    }

    private void unroll(Span span, Items items) {
        Optional<String> name = items.next == null ? Optional.empty() : word(items.next);
        if (name.filter(List.of("none", "full", "auto")::contains).isPresent()) {
            unroll = Unroll.of(name.get());
            items.take();
            return;
        }
        unroll = new Unroll.By((int) number("unroll", span, items, Unroll.VALUES, 1, Unroll.MOST, true, 1));
    }

    private void optimizer(Span span, Items items) {
        Optional<String> name = items.next == null ? Optional.empty() : word(items.next);
        if (name.isEmpty() || SETTINGS.contains(name.get())) {
            context.error(
                    DiagnosticKind.SETTING_VALUE, span, "optimizer", "a name, as in 'optimizer adam(rate: 0.001)'");
            return;
        }
        new OptimizerResolver(context).resolve(items.take()).ifPresent(o -> optimizer = o);
    }

    /** {@code truncate K}, or {@code truncate K1 K2}: an update every K1 steps, errors go back K2. */
    private void truncate(Span span, Items items) {
        int every = whole("truncate", span, items, 1);
        boolean two = items.next != null && word(items.next).isEmpty();
        loop = loop.truncated(every, two ? whole("truncate", span, items, 1) : every);
    }

    /** One or more schedules behind one another, each of another kind: their factors multiply. */
    private void schedule(Span span, Items items) {
        if (items.next == null
                || word(items.next).filter(w -> !SETTINGS.contains(w)).isEmpty()) {
            context.error(
                    DiagnosticKind.SETTING_VALUE,
                    span,
                    "schedule",
                    "a schedule, as in 'schedule warmup(500) cosine(epochs: 20)'; there are "
                            + ScheduleResolver.names());
            return;
        }
        List<ScheduleSpec> schedules = new ArrayList<>();
        do {
            Expression item = items.take();
            new ScheduleResolver(context)
                    .resolve(item, word(item).orElseThrow())
                    .ifPresent(spec -> {
                        if (schedules.stream().anyMatch(s -> s.getClass() == spec.getClass())) {
                            context.error(
                                    DiagnosticKind.SECOND,
                                    item.span(),
                                    word(item).orElseThrow(),
                                    span.line());
                        } else {
                            schedules.add(spec);
                        }
                    });
        } while (items.next != null
                && word(items.next).filter(ScheduleResolver::isSchedule).isPresent());
        loop = loop.scheduled(schedules);
    }
}
