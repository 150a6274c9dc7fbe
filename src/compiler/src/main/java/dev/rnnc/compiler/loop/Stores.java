package dev.rnnc.compiler.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which elements of which buffers the calls of kernels write, from the bounds of their loops. */
public final class Stores {
    /**
     * What one statement writes: from every element of {@code first} on as many as {@code width}.
     *
     * @param terms what is added to {@code constant}, each with its own range of several numbers
     */
    public record Store(Buffer buffer, List<Term> terms, long constant, int width) {}

    /** A multiple of {@code factor}: {@code low} to {@code high} times. */
    public record Term(long factor, long low, long high) {}

    private final int lanes;
    private final Map<String, Buffer> memory;
    private final List<Store> stores = new ArrayList<>();

    private Stores(int lanes, Map<String, Buffer> memory) {
        this.lanes = lanes;
        this.memory = memory;
    }

    /**
     * What {@code steps} write.
     *
     * @param variables the variables of the loops around them; a run of several steps within them is no part of it
     */
    public static List<Store> of(List<Step> steps, int lanes, Map<String, Long> variables) {
        Map<String, Range> ranges = new HashMap<>();
        variables.forEach((name, value) -> ranges.put(name, Range.of(value)));
        List<Store> all = new ArrayList<>();
        for (Step step : steps) {
            add(step, lanes, ranges, all);
        }
        return all;
    }

    private static void add(Step step, int lanes, Map<String, Range> variables, List<Store> all) {
        switch (step) {
            case Step.Call call -> all.addAll(of(call, lanes, variables));
            case Step.ChunkLoop loop -> {
                long rows = Range.of(loop.rows(), variables).high();
                Map<String, Range> inside = new HashMap<>(variables);
                inside.put("from", Range.of(0));
                inside.put("to", Range.of(rows));
                loop.body().forEach(s -> add(s, lanes, inside, all));
            }
            case Step.TimeLoop _ -> throw new IllegalArgumentException("a loop over time is no part of one moment");
        }
    }

    private static List<Store> of(Step.Call call, int lanes, Map<String, Range> variables) {
        Map<String, Buffer> memory = new HashMap<>();
        Map<String, Range> numbers = new HashMap<>();
        for (int i = 0; i < call.arguments().size(); i++) {
            String name = call.kernel().parameters().get(i).name();
            switch (call.arguments().get(i)) {
                case Argument.Memory(Buffer buffer) -> memory.put(name, buffer);
                case Argument.Number(Index index) -> numbers.put(name, Range.of(index, variables));
                case Argument.RoundedDown(Index index, int multiple) -> {
                    Range range = Range.of(index, variables);
                    numbers.put(name, new Range(range.low() / multiple * multiple, range.high() / multiple * multiple));
                }
                case Argument.EveryOther _, Argument.EveryOtherRun _ -> numbers.put(name, new Range(-1, 1));
                case Argument.Seed _ -> {}
            }
        }
        Stores stores = new Stores(lanes, memory);
        stores.statements(call.kernel().body(), numbers);
        return stores.stores;
    }

    private void statements(List<Statement> statements, Map<String, Range> variables) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Loop loop -> {
                    long from = Range.of(loop.from(), variables).low();
                    long to = Range.of(loop.to(), variables).high();
                    if (from < to) {
                        Map<String, Range> inner = new HashMap<>(variables);
                        inner.put(loop.variable(), new Range(from, from + (to - from - 1) / loop.step() * loop.step()));
                        statements(loop.body(), inner);
                    }
                }
                case Statement.Define define -> {
                    if (define.value() instanceof Expression.LoadToken) {
                        variables.put(define.local().name(), new Range(0, Integer.MAX_VALUE));
                    }
                }
                case Statement.Assign _, Statement.Line _ -> {}
                case Statement.Store store -> {
                    List<Term> terms = new ArrayList<>();
                    long constant = store.at().constant();
                    for (Index.Term term : store.at().terms()) {
                        Range range = variables.get(term.variable());
                        if (range.low() == range.high()) {
                            constant += term.factor() * range.low();
                        } else {
                            terms.add(new Term(term.factor(), range.low(), range.high()));
                        }
                    }
                    int width = store.value().shape() == Shape.VECTOR ? lanes : 1;
                    stores.add(new Store(memory.get(store.segment()), terms, constant, width));
                }
            }
        }
    }
}
