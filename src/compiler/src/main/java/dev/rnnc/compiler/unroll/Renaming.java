package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Local;
import dev.rnnc.compiler.loop.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Copies statements into another kernel, where their parameters have other names and their variables new ones. */
final class Renaming {
    private final Map<String, String> names;
    private final Map<String, Index> numbers;
    private final Set<String> taken;

    /**
     * @param names new names of segments and seeds
     * @param numbers what stands for integers
     * @param taken the names in use; new ones join them
     */
    Renaming(Map<String, String> names, Map<String, Index> numbers, Set<String> taken) {
        this.names = new HashMap<>(names);
        this.numbers = new HashMap<>(numbers);
        this.taken = taken;
    }

    List<Statement> statements(List<Statement> statements) {
        List<Statement> renamed = new ArrayList<>();
        for (Statement statement : statements) {
            renamed.add(
                    switch (statement) {
                        case Statement.Loop loop -> {
                            Index from = index(loop.from());
                            Index to = index(loop.to());
                            Index way = index(loop.way());
                            String variable = unique(loop.variable(), taken);
                            numbers.put(loop.variable(), Index.of(variable));
                            yield new Statement.Loop(variable, from, to, loop.step(), way, statements(loop.body()));
                        }
                        case Statement.Define(Local local, Expression value) -> {
                            Expression moved = expression(value);
                            String name = unique(local.name(), taken);
                            names.put(local.name(), name);
                            numbers.put(local.name(), Index.of(name));
                            yield new Statement.Define(new Local(name, local.shape()), moved);
                        }
                        case Statement.Assign(Local local, Expression value) ->
                            new Statement.Assign(local(local), expression(value));
                        case Statement.Line line -> line;
                        case Statement.Store(String segment, Index at, Expression value) ->
                            new Statement.Store(name(segment), index(at), expression(value));
                    });
        }
        return renamed;
    }

    /** {@code wish}, or with a number behind it where that is taken. */
    static String unique(String wish, Set<String> taken) {
        String name = wish;
        for (int i = 2; !taken.add(name); i++) {
            name = wish + "_" + i;
        }
        return name;
    }

    private Expression expression(Expression e) {
        return Rewrite.expression(e, part -> switch (part) {
            case Expression.Read(Local local) -> new Expression.Read(local(local));
            case Expression.Load load -> new Expression.Load(name(load.segment()), index(load.at()), load.shape());
            case Expression.LoadToken load -> new Expression.LoadToken(name(load.segment()), index(load.at()));
            case Expression.OfIndex i -> new Expression.OfIndex(index(i.index()));
            case Expression.LaneNumbers n -> new Expression.LaneNumbers(index(n.from()));
            case Expression.MaskValue m ->
                new Expression.MaskValue(name(m.seed()), m.stream(), index(m.element()), m.keep());
            case Expression.Constant _,
                    Expression.Broadcast _,
                    Expression.OfToken _,
                    Expression.Exchange _,
                    Expression.FirstLane _,
                    Expression.Unary _,
                    Expression.Binary _,
                    Expression.Pair _,
                    Expression.MultiplyAdd _,
                    Expression.Select _ -> part;
        });
    }

    private Local local(Local local) {
        return new Local(name(local.name()), local.shape());
    }

    private String name(String name) {
        return names.getOrDefault(name, name);
    }

    private Index index(Index index) {
        return index.with(numbers);
    }
}
