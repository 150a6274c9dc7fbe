package dev.rnnc.compiler.loop;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Prints a loop program as text: its buffers, its routines, then each kernel it calls as pseudo code. Vector values
 * stand as {@code vector}, elements of memory as {@code segment[index]}; stable for equal programs.
 */
public final class LoopPrinter {
    private final StringBuilder out = new StringBuilder();
    private final Map<String, Kernel> kernels = new LinkedHashMap<>();

    private LoopPrinter() {}

    /** The text of {@code program}. */
    public static String print(LoopProgram program) {
        LoopPrinter printer = new LoopPrinter();
        printer.program(program);
        return printer.out.toString();
    }

    /** The text of one kernel. */
    public static String print(Kernel kernel) {
        LoopPrinter printer = new LoopPrinter();
        printer.kernel(kernel);
        return printer.out.toString();
    }

    private void program(LoopProgram program) {
        line(
                "",
                "program %s: %s steps, batch %s, %s, lanes %s"
                        .formatted(
                                program.spec().kind(),
                                program.spec().steps(),
                                program.spec().batch(),
                                lower(program.precision()),
                                program.lanes()));
        for (Buffer b : program.buffers()) {
            String start = b.offset() == 0 ? "" : " from " + b.offset();
            line(
                    "",
                    "buffer %s: %s %s[%s]%s"
                            .formatted(b.name(), lower(b.storage()), lower(b.element()), b.elements(), start));
        }
        routine("refresh", program.refresh());
        routine("forward", program.forward());
        routine("backward", program.backward());
        if (program.loss() != null) {
            line("", "loss " + program.loss().name() + "[0]");
        }
        kernels.values().forEach(this::kernel);
    }

    private void routine(String name, List<Step> steps) {
        if (!steps.isEmpty()) {
            line("", name + " {");
            steps(steps, "  ");
            line("", "}");
        }
    }

    private void steps(List<Step> steps, String indent) {
        for (Step step : steps) {
            switch (step) {
                case Step.Call call -> {
                    kernels.put(call.kernel().name(), call.kernel());
                    call.comment().text().lines().forEach(text -> line(indent, "// " + text));
                    String arguments =
                            call.arguments().stream().map(LoopPrinter::argument).collect(Collectors.joining(", "));
                    line(indent, call.kernel().name() + "(" + arguments + ")");
                }
                case Step.TimeLoop loop -> overTime(loop, indent);
                case Step.ChunkLoop loop ->
                    block(indent, "for from .. to in 0 .. " + loop.rows() + " by " + loop.chunk(), loop.body());
            }
        }
    }

    private void overTime(Step.TimeLoop loop, String indent) {
        Optional<Step.Turn> whole = loop.turn().filter(Step.Turn::whole);
        whole.ifPresent(turn -> block(indent, "if steps = " + turn.steps(), turn.body()));
        String rest = whole.isPresent() ? "the rest of " : "";
        String direction = loop.backward() ? ", backward" : "";
        loop.ahead().ifPresent(ahead -> {
            line(indent, "for begin .. end in " + rest + "0 .. steps by " + ahead.steps() + direction + " {");
            steps(ahead.body(), indent + "  ");
        });
        String inner = loop.ahead().isPresent() ? indent + "  " : indent;
        Optional<Step.Turn> turns = loop.turn().filter(turn -> !turn.whole());
        turns.ifPresent(turn -> block(inner, "for t in turns of " + turn.steps() + " steps" + direction, turn.body()));
        String first = loop.ahead().isPresent() ? "begin" : "0";
        String last = loop.ahead().isPresent() ? "end-1" : "steps-1";
        String left = turns.isPresent() || loop.ahead().isEmpty() && whole.isPresent() ? "the rest of " : "";
        String range = loop.backward() ? last + " .. " + first : first + " .. " + last;
        block(inner, "for t in " + left + range, loop.body());
        if (loop.ahead().isPresent()) {
            line(indent, "}");
        }
    }

    private void block(String indent, String head, List<Step> body) {
        line(indent, head + " {");
        steps(body, indent + "  ");
        line(indent, "}");
    }

    private static String argument(Argument argument) {
        return switch (argument) {
            case Argument.Memory memory -> memory.buffer().name();
            case Argument.Number number -> number.index().toString();
            case Argument.RoundedDown rounded -> "(" + rounded.index() + ") down to " + rounded.multiple();
            case Argument.EveryOther other -> "every other " + other.index();
            case Argument.EveryOtherRun _ -> "every other run";
            case Argument.Seed _ -> "seed";
        };
    }

    private void kernel(Kernel kernel) {
        String parameters = kernel.parameters().stream()
                .map(p -> lower(p.kind()) + " " + p.name())
                .collect(Collectors.joining(", "));
        String comment = kernel.comment().isEmpty() ? "" : "  // " + kernel.comment();
        line("", "kernel " + kernel.name() + "(" + parameters + ") {" + comment);
        statements(kernel.body(), "  ");
        line("", "}");
    }

    private void statements(List<Statement> statements, String indent) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Loop loop -> {
                    String step = loop.step() == 1 ? "" : " by " + loop.step();
                    String way = loop.runsUp() ? "" : ", way " + loop.way();
                    line(
                            indent,
                            "for %s in %s until %s%s%s {"
                                    .formatted(loop.variable(), loop.from(), loop.to(), step, way));
                    statements(loop.body(), indent + "  ");
                    line(indent, "}");
                }
                case Statement.Define define ->
                    line(
                            indent,
                            lower(define.local().shape()) + " " + define.local().name() + " = " + text(define.value()));
                case Statement.Line line -> line(indent, "// line " + line.number());
                case Statement.Assign assign -> line(indent, assign.local().name() + " = " + text(assign.value()));
                case Statement.Store store ->
                    line(indent, "%s[%s] = %s".formatted(store.segment(), store.at(), text(store.value())));
            }
        }
    }

    private static String text(Expression e) {
        return switch (e) {
            case Expression.Read read -> read.local().name();
            case Expression.Load load -> "%s[%s]".formatted(load.segment(), load.at());
            case Expression.LoadToken load -> "%s[%s]".formatted(load.segment(), load.at());
            case Expression.Constant constant -> String.valueOf(constant.value());
            case Expression.Broadcast broadcast -> "broadcast(" + text(broadcast.scalar()) + ")";
            case Expression.OfIndex index -> "real(" + index.index() + ")";
            case Expression.OfToken token -> "real(" + text(token.token()) + ")";
            case Expression.LaneNumbers numbers -> "lanes(" + numbers.from() + ")";
            case Expression.Exchange exchange -> "exchange(%s, %s)".formatted(text(exchange.vector()), exchange.by());
            case Expression.FirstLane first -> "first(" + text(first.vector()) + ")";
            case Expression.Unary unary -> lower(unary.operator()) + "(" + text(unary.operand()) + ")";
            case Expression.Binary b -> "%s(%s, %s)".formatted(lower(b.operator()), text(b.left()), text(b.right()));
            case Expression.Pair pair -> "pair(%s, %s)".formatted(text(pair.low()), text(pair.high()));
            case Expression.MultiplyAdd m -> "fma(%s, %s, %s)".formatted(text(m.a()), text(m.b()), text(m.c()));
            case Expression.Select s ->
                "select(%s %s %s, %s, %s)"
                        .formatted(
                                text(s.left()),
                                symbol(s.comparison()),
                                text(s.right()),
                                text(s.then()),
                                text(s.otherwise()));
            case Expression.MaskValue m ->
                "mask(%s, stream %s, element %s, keep %s)".formatted(m.seed(), m.stream(), m.element(), m.keep());
        };
    }

    private static String symbol(Expression.Comparison comparison) {
        return switch (comparison) {
            case LESS -> "<";
            case LESS_EQUAL -> "<=";
            case EQUAL -> "==";
        };
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private void line(String indent, String text) {
        out.append(indent).append(text).append('\n');
    }
}
