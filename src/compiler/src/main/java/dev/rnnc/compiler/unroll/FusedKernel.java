package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Kernel.Kind;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Element;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One kernel that does what several calls do, one after another. It is handed the time step itself, so that places in
 * memory that two of the calls share have the same index.
 */
final class FusedKernel {
    private final int lanes;
    private final Map<Buffer, String> segments = new HashMap<>();
    private final Map<Argument, String> numbers = new HashMap<>();
    private final Map<Kernel.Parameter, Argument> parameters = new LinkedHashMap<>();
    private final Set<String> taken = new HashSet<>(Set.of("t", "steps", "begin", "end", "from", "to"));

    private FusedKernel(int lanes) {
        this.lanes = lanes;
    }

    /**
     * A call that does what {@code calls} do in their order.
     *
     * @param parts the calls that these were made of before, which name the kernel
     * @param shortLoops whether short loops are written out
     */
    static Step.Call of(List<Step.Call> calls, List<Step.Call> parts, boolean shortLoops, int lanes) {
        return new FusedKernel(lanes).fuse(calls, parts, shortLoops);
    }

    private Step.Call fuse(List<Step.Call> calls, List<Step.Call> parts, boolean shortLoops) {
        LoopJoin joining = new LoopJoin(lanes);
        List<Statement> body = List.of();
        for (Step.Call call : calls) {
            List<Statement> next = new ArrayList<>();
            if (call.comment().line() > 0) {
                next.add(new Statement.Line(call.comment().line()));
            }
            next.addAll(renaming(call).statements(call.kernel().body()));
            body = joining.join(body, shortLoops ? ShortLoops.unroll(next, taken) : next);
        }
        body = Forwarding.apply(body, lanes);
        return call(name(parts), text(parts), body, parameters, comment(parts));
    }

    /** The call of a kernel with these statements, without the parameters that they do not mention. */
    static Step.Call call(
            String name,
            String text,
            List<Statement> body,
            Map<Kernel.Parameter, Argument> parameters,
            Comment comment) {
        Set<String> used = used(body);
        Map<Kernel.Parameter, Argument> kept = new LinkedHashMap<>(parameters);
        kept.keySet().removeIf(p -> !used.contains(p.name()));
        Kernel kernel = new Kernel(name, text, List.copyOf(kept.keySet()), body);
        return new Step.Call(kernel, List.copyOf(kept.values()), comment);
    }

    private Renaming renaming(Step.Call call) {
        Map<String, String> names = new HashMap<>();
        Map<String, Index> indices = new HashMap<>();
        for (int i = 0; i < call.arguments().size(); i++) {
            Kernel.Parameter parameter = call.kernel().parameters().get(i);
            switch (call.arguments().get(i)) {
                case Argument.Memory memory -> names.put(parameter.name(), segment(memory, parameter));
                case Argument.Number(Index index) -> {
                    index.terms().forEach(term -> variable(term.variable()));
                    indices.put(parameter.name(), index);
                }
                case Argument.RoundedDown _, Argument.EveryOther _, Argument.EveryOtherRun _ ->
                    indices.put(
                            parameter.name(), Index.of(number(call.arguments().get(i), parameter)));
                case Argument.Seed seed -> names.put(parameter.name(), number(seed, parameter));
            }
        }
        return new Renaming(names, indices, taken);
    }

    private String segment(Argument.Memory memory, Kernel.Parameter parameter) {
        return segments.computeIfAbsent(memory.buffer(), b -> {
            String name = Renaming.unique(parameter.name(), taken);
            Kind kind = b.element() == Element.TOKEN ? Kind.TOKENS : Kind.REALS;
            parameters.put(new Kernel.Parameter(name, kind), memory);
            return name;
        });
    }

    private String number(Argument argument, Kernel.Parameter parameter) {
        return numbers.computeIfAbsent(argument, a -> {
            String name = Renaming.unique(parameter.name(), taken);
            parameters.put(new Kernel.Parameter(name, parameter.kind()), a);
            return name;
        });
    }

    /** A variable of the caller is handed on under its own name. */
    private void variable(String name) {
        parameters.put(new Kernel.Parameter(name, Kind.INTEGER), new Argument.Number(Index.of(name)));
    }

    /** All names that statements mention. */
    private static Set<String> used(List<Statement> body) {
        Set<String> used = new HashSet<>();
        Rewrite.visit(body, s -> {
            switch (s) {
                case Statement.Loop loop -> {
                    index(loop.from(), used);
                    index(loop.to(), used);
                    index(loop.way(), used);
                }
                case Statement.Define define -> expression(define.value(), used);
                case Statement.Assign assign -> expression(assign.value(), used);
                case Statement.Line _ -> {}
                case Statement.Store store -> {
                    used.add(store.segment());
                    index(store.at(), used);
                    expression(store.value(), used);
                }
            }
        });
        return used;
    }

    private static void expression(Expression e, Set<String> used) {
        Rewrite.visit(e, part -> {
            switch (part) {
                case Expression.Load load -> {
                    used.add(load.segment());
                    index(load.at(), used);
                }
                case Expression.LoadToken load -> {
                    used.add(load.segment());
                    index(load.at(), used);
                }
                case Expression.OfIndex i -> index(i.index(), used);
                case Expression.LaneNumbers n -> index(n.from(), used);
                case Expression.MaskValue m -> {
                    used.add(m.seed());
                    index(m.element(), used);
                }
                case Expression.Read _,
                        Expression.Constant _,
                        Expression.Broadcast _,
                        Expression.OfToken _,
                        Expression.Exchange _,
                        Expression.FirstLane _,
                        Expression.Unary _,
                        Expression.Binary _,
                        Expression.Pair _,
                        Expression.MultiplyAdd _,
                        Expression.Select _ -> {}
            }
        });
    }

    private static void index(Index index, Set<String> used) {
        index.terms().forEach(term -> used.add(term.variable()));
    }

    private static String name(List<Step.Call> calls) {
        String first = calls.getFirst().kernel().name();
        String last = calls.getLast().kernel().name();
        return first.equals(last) ? last + "_by" + calls.size() : last + "_after_" + first;
    }

    private static String text(List<Step.Call> calls) {
        Map<String, Long> counts = calls.stream()
                .collect(Collectors.groupingBy(c -> c.kernel().name(), LinkedHashMap::new, Collectors.counting()));
        String names = counts.entrySet().stream()
                .map(e -> e.getKey() + (e.getValue() == 1 ? "" : " x " + e.getValue()))
                .collect(Collectors.joining(", "));
        String shapes = calls.stream()
                .map(c -> c.kernel().comment())
                .filter(comment -> !comment.isEmpty())
                .distinct()
                .collect(Collectors.joining(" "));
        return "Fused: " + names + "." + (shapes.isEmpty() ? "" : " " + shapes);
    }

    private static Comment comment(List<Step.Call> calls) {
        String text = calls.stream()
                .flatMap(c -> c.comment().text().lines())
                .distinct()
                .collect(Collectors.joining("\n"));
        int line = calls.stream()
                .mapToInt(c -> c.comment().line())
                .filter(n -> n > 0)
                .findFirst()
                .orElse(0);
        return new Comment(text, line);
    }
}
