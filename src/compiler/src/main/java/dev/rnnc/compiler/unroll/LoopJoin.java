package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts statements behind others. Where two loops of the same bounds meet, and no round of the second touches what
 * another round of the first does, they become one:
 *
 * <pre>{@code
 * for j { a[j] = f(x[j]) } for j { y[j] = g(a[j]) }   ->   for j { a[j] = f(x[j])  y[j] = g(a[j]) }
 * }</pre>
 */
final class LoopJoin {
    private final int lanes;

    LoopJoin(int lanes) {
        this.lanes = lanes;
    }

    List<Statement> join(List<Statement> first, List<Statement> second) {
        int lines = 0;
        while (lines < second.size() && second.get(lines) instanceof Statement.Line) {
            lines++;
        }
        List<Statement> joined = new ArrayList<>(first);
        if (!first.isEmpty()
                && lines < second.size()
                && first.getLast() instanceof Statement.Loop a
                && second.get(lines) instanceof Statement.Loop other
                && other.from().equals(a.from())
                && other.to().equals(a.to())
                && other.step() == a.step()
                && other.way().equals(a.way())) {
            Statement.Loop b = sameVariable(a, other);
            if (independent(a, b)) {
                List<Statement> rest = new ArrayList<>(second.subList(0, lines));
                rest.addAll(b.body());
                joined.set(joined.size() - 1, a.with(join(a.body(), rest)));
                joined.addAll(second.subList(lines + 1, second.size()));
                return joined;
            }
        }
        joined.addAll(second);
        return joined;
    }

    /** {@code b} with the variable of {@code a}; all other names of the two differ, so none has to change. */
    private static Statement.Loop sameVariable(Statement.Loop a, Statement.Loop b) {
        Set<String> none = new HashSet<>();
        Renaming renaming = new Renaming(Map.of(), Map.of(b.variable(), Index.of(a.variable())), none);
        return a.with(renaming.statements(b.body()));
    }

    /**
     * What one access of a loop's body touches in round 0: from {@code low} up to {@code high}, {@code perRound} further on
     * for each number of the loop's variable, {@code outside} away for what the caller says.
     */
    private record Reach(
            String segment,
            boolean store,
            boolean known,
            int perRound,
            List<Index.Term> outside,
            long low,
            long high) {}

    private boolean independent(Statement.Loop a, Statement.Loop b) {
        List<Reach> first = reaches(a);
        List<Reach> second = reaches(b);
        boolean constant = a.from().isConstant() && a.to().isConstant();
        long rounds = constant ? (long) a.to().constant() - a.from().constant() - a.step() : Long.MAX_VALUE;
        return first.stream().allMatch(x -> second.stream().allMatch(y -> separate(x, y, a.step(), rounds)));
    }

    private static boolean separate(Reach x, Reach y, int step, long span) {
        if (!x.segment.equals(y.segment) || !x.store && !y.store) {
            return true;
        }
        boolean comparable =
                x.known && y.known && x.perRound == y.perRound && x.perRound >= 0 && x.outside.equals(y.outside);
        if (!comparable) {
            return false;
        }
        boolean withinRound = Math.max(x.high, y.high) - Math.min(x.low, y.low) <= (long) x.perRound * step;
        boolean apart =
                span != Long.MAX_VALUE && (x.high + x.perRound * span <= y.low || y.high + y.perRound * span <= x.low);
        return withinRound || apart;
    }

    private List<Reach> reaches(Statement.Loop loop) {
        Set<String> defined = new HashSet<>();
        Rewrite.visit(loop.body(), s -> {
            if (s instanceof Statement.Define define) {
                defined.add(define.local().name());
            }
        });
        List<Reach> reaches = new ArrayList<>();
        collect(loop.body(), loop.variable(), new HashMap<>(), defined, reaches);
        return reaches;
    }

    private void collect(
            List<Statement> statements,
            String variable,
            Map<String, Statement.Loop> inner,
            Set<String> defined,
            List<Reach> reaches) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Loop loop -> {
                    inner.put(loop.variable(), loop);
                    collect(loop.body(), variable, inner, defined, reaches);
                }
                case Statement.Define define -> loads(define.value(), variable, inner, defined, reaches);
                case Statement.Assign assign -> loads(assign.value(), variable, inner, defined, reaches);
                case Statement.Store store -> {
                    loads(store.value(), variable, inner, defined, reaches);
                    Shape shape = store.value().shape();
                    reaches.add(reach(store.segment(), store.at(), shape, true, variable, inner, defined));
                }
                case Statement.Line _ -> {}
            }
        }
    }

    private void loads(
            Expression e,
            String variable,
            Map<String, Statement.Loop> inner,
            Set<String> defined,
            List<Reach> reaches) {
        Rewrite.visit(e, part -> {
            if (part instanceof Expression.Load load) {
                reaches.add(reach(load.segment(), load.at(), load.shape(), false, variable, inner, defined));
            } else if (part instanceof Expression.LoadToken load) {
                reaches.add(reach(load.segment(), load.at(), Shape.TOKEN, false, variable, inner, defined));
            }
        });
    }

    private Reach reach(
            String segment,
            Index at,
            Shape shape,
            boolean store,
            String variable,
            Map<String, Statement.Loop> inner,
            Set<String> defined) {
        long low = at.constant();
        long high = low + (shape == Shape.VECTOR ? lanes : 1);
        int perRound = 0;
        boolean known = true;
        List<Index.Term> outside = new ArrayList<>();
        for (Index.Term term : at.terms()) {
            Statement.Loop loop = inner.get(term.variable());
            if (term.variable().equals(variable)) {
                perRound = term.factor();
            } else if (loop != null) {
                boolean constant = loop.from().isConstant() && loop.to().isConstant() && term.factor() > 0;
                known &= constant;
                low += (long) term.factor() * loop.from().constant();
                high += (long) term.factor() * (loop.to().constant() - loop.step());
            } else {
                known &= !defined.contains(term.variable());
                outside.add(term);
            }
        }
        return new Reach(segment, store, known, perRound, outside, low, high);
    }
}
