package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expressions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/** Sorts equations so that each stands behind those it needs; equations that need nothing keep their order. */
final class EquationOrder {
    private EquationOrder() {}

    /**
     * The sorted equations.
     *
     * @param sorted those that could be sorted
     * @param cyclic those on a cycle or between two; those that only need one of these are in neither list
     */
    record Order(List<CellStatement.Equation> sorted, List<CellStatement.Equation> cyclic) {}

    static Order sort(List<CellStatement.Equation> equations) {
        Map<String, Integer> definedBy = new HashMap<>();
        for (int i = 0; i < equations.size(); i++) {
            for (CellStatement.Target target : equations.get(i).targets()) {
                definedBy.putIfAbsent(target.text(), i);
            }
        }
        int[] open = new int[equations.size()];
        List<List<Integer>> users = new ArrayList<>();
        equations.forEach(e -> users.add(new ArrayList<>()));
        for (int i = 0; i < equations.size(); i++) {
            for (int needed : needs(equations.get(i), definedBy)) {
                users.get(needed).add(i);
                open[i]++;
            }
        }
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int i = 0; i < open.length; i++) {
            if (open[i] == 0) {
                ready.add(i);
            }
        }
        List<CellStatement.Equation> sorted = new ArrayList<>();
        while (!ready.isEmpty()) {
            int next = ready.remove();
            sorted.add(equations.get(next));
            for (int user : users.get(next)) {
                if (--open[user] == 0) {
                    ready.add(user);
                }
            }
        }
        List<CellStatement.Equation> cyclic = new ArrayList<>();
        for (int i = 0; i < open.length; i++) {
            if (open[i] > 0) {
                cyclic.add(equations.get(i));
            }
        }
        return new Order(sorted, onCycles(cyclic));
    }

    /** Drops, as long as there is one, an equation that no other needs. */
    private static List<CellStatement.Equation> onCycles(List<CellStatement.Equation> unsorted) {
        Map<String, Integer> definedBy = new HashMap<>();
        for (int i = 0; i < unsorted.size(); i++) {
            for (CellStatement.Target target : unsorted.get(i).targets()) {
                definedBy.putIfAbsent(target.text(), i);
            }
        }
        int[] users = new int[unsorted.size()];
        List<Set<Integer>> needs = new ArrayList<>();
        for (CellStatement.Equation equation : unsorted) {
            needs.add(needs(equation, definedBy));
            needs.getLast().forEach(n -> users[n]++);
        }
        Deque<Integer> unused = new ArrayDeque<>();
        IntStream.range(0, users.length).filter(i -> users[i] == 0).forEach(unused::add);
        Set<Integer> dropped = new LinkedHashSet<>();
        while (!unused.isEmpty()) {
            int next = unused.remove();
            dropped.add(next);
            needs.get(next).stream().filter(n -> --users[n] == 0).forEach(unused::add);
        }
        return IntStream.range(0, users.length)
                .filter(i -> !dropped.contains(i))
                .mapToObj(unsorted::get)
                .toList();
    }

    private static Set<Integer> needs(CellStatement.Equation equation, Map<String, Integer> definedBy) {
        Set<Integer> needs = new LinkedHashSet<>();
        Expressions.walk(equation.value(), e -> {
            if (e instanceof Expression.Name name) {
                Integer by = definedBy.get(name.primed() ? name.identifier() + "'" : name.identifier());
                if (by != null) {
                    needs.add(by);
                }
            }
        });
        return needs;
    }
}
