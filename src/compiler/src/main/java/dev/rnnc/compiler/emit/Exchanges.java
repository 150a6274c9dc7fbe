package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Statement;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The orders of lanes in which kernels ask for a vector: constants of the class that holds them. */
final class Exchanges {
    private final int lanes;
    private final SequencedMap<Integer, List<Integer>> all = new TreeMap<>(Collections.reverseOrder());

    private Exchanges(int lanes) {
        this.lanes = lanes;
    }

    /** For each {@code by} of an {@link Expression.Exchange} the lane that each lane takes its value from. */
    static SequencedMap<Integer, List<Integer>> of(Collection<Kernel> kernels, int lanes) {
        Exchanges exchanges = new Exchanges(lanes);
        kernels.forEach(kernel -> exchanges.statements(kernel.body()));
        return exchanges.all;
    }

    private void statements(List<Statement> statements) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Loop loop -> statements(loop.body());
                case Statement.Define define -> expression(define.value());
                case Statement.Assign assign -> expression(assign.value());
                case Statement.Store store -> expression(store.value());
                case Statement.Line _ -> {}
            }
        }
    }

    private void expression(Expression e) {
        if (e instanceof Expression.Exchange(Expression _, int by)) {
            all.computeIfAbsent(
                    by, _ -> IntStream.range(0, lanes).map(i -> i ^ by).boxed().toList());
        }
        e.operands().forEach(this::expression);
    }
}
