package dev.rnnc.generic.random;

import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Variable;
import dev.rnnc.compiler.model.Variables;
import dev.rnnc.runtime.spec.Rows;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** What terms are for one row of the batch; {@link Meaning} says what that is for. */
final class RowMeaning {
    private final Meaning all;
    private final Given given;
    private final int row;
    private final RowMeaning outer;
    /** At a step of a recurrence: its inputs and states. */
    private final Val[] inputs;

    private final double[][] states;
    private final Map<Variable, Val> known = new IdentityHashMap<>();
    private final Map<Recurrence, Ran> ran = new IdentityHashMap<>();

    /** What a recurrence yields: states after each step, results, states at the end. */
    private record Ran(double[][][] states, double[][] results, double[][] ends) {}

    RowMeaning(Meaning all, Given given, int row) {
        this(all, given, row, null, null, null);
    }

    private RowMeaning(Meaning all, Given given, int row, RowMeaning outer, Val[] inputs, double[][] states) {
        this.all = all;
        this.given = given;
        this.row = row;
        this.outer = outer;
        this.inputs = inputs;
        this.states = states;
    }

    Val value(Term term) {
        for (Variable variable : Variables.inOrder(List.of(term), known::containsKey)) {
            known.put(variable, find(variable.term()));
        }
        return find(term);
    }

    private Val find(Term term) {
        return switch (term) {
            case Term.Number number -> Val.row(number.value());
            case Term.Vector vector ->
                Val.row(vector.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray());
            case Term.Input input -> all.port(input.name(), row);
            case Term.Parameter parameter -> parameter(parameter);
            case Term.Use use -> known.get(use.variable());
            case Term.StepInput input -> inputs[input.index()];
            case Term.WholeInput input -> inputs[input.index()];
            case Term.StateBefore state -> Val.row(states[state.index()]);
            case Term.Apply apply ->
                Val.each(
                        now -> Numbers.apply(apply.primitive(), now),
                        apply.operands().stream().map(this::find).toArray(Val[]::new));
            case Term.Power power -> Val.each(now -> Numbers.power(now[0], power.exponent()), find(power.base()));
            case Term.Product product ->
                Val.each(now -> Numbers.product(now[0], now[1]), find(product.matrix()), find(product.vector()));
            case Term.Row of ->
                Val.each(now -> part(now[0], (int) now[1][0] * size(of), size(of)), find(of.table()), find(of.token()));
            case Term.Pick pick ->
                Val.each(now -> part(now[0], (int) now[1][0], 1), find(pick.vector()), find(pick.token()));
            case Term.OneHot oneHot ->
                Val.each(now -> Numbers.oneHot(size(oneHot), (int) now[0][0]), find(oneHot.token()));
            case Term.Slice slice -> {
                int width = size(slice) / slice.size();
                yield Val.each(now -> part(now[0], slice.from() * width, size(slice)), find(slice.operand()));
            }
            case Term.Component component ->
                Val.each(now -> part(now[0], component.index(), 1), find(component.operand()));
            case Term.Concat concat ->
                Val.each(
                        Numbers::concat,
                        concat.operands().stream().map(this::find).toArray(Val[]::new));
            case Term.Directions both -> Val.each(Numbers::concat, find(both.forward()), find(both.backward()));
            case Term.Dropout dropout -> find(dropout.operand());
            case Term.Previous previous -> previous(previous);
            case Term.Attention a -> {
                Val keys = find(a.keys());
                Val values = find(a.values());
                yield Val.each(
                        query -> Numbers.weighted(Numbers.scores(query[0], keys.at()), values.at(), size(a)),
                        find(a.query()));
            }
            case Term.Attend attend -> {
                double[] scores = Numbers.concat(find(attend.scores()).at());
                yield Val.row(Numbers.weighted(scores, find(attend.values()).at(), size(attend)));
            }
            case Term.Fold fold ->
                switch (fold.axis()) {
                    case FEATURES -> Val.each(now -> Numbers.fold(fold.kind(), now[0]), find(fold.operand()));
                    case TIME ->
                        Val.row(Numbers.overTime(
                                fold.kind(), find(fold.operand()).at(), size(fold)));
                    case ALL -> Val.row(all.overAll(fold));
                };
            case Term.Step step -> {
                double[][] steps = find(step.operand()).at();
                yield Val.row(
                        steps.length == 0
                                ? new double[size(step)]
                                : steps[step.index() < 0 ? steps.length + step.index() : step.index()]);
            }
            case Term.CellOutput output -> Val.sequence(run(output.recurrence()).results);
            case Term.CellState state -> Val.sequence(run(state.recurrence()).states[state.index()]);
            case Term.FinalState state -> Val.row(run(state.recurrence()).ends[state.index()]);
            case Term.Invalid _ -> throw new IllegalStateException("a model holds no invalid terms");
        };
    }

    private Val parameter(Term.Parameter parameter) {
        double[] values = given.reals().get(parameter.name());
        if (values.length != size(parameter)) {
            throw new Run.Failure(
                    Fault.Kind.CHECK, new IllegalStateException(parameter.name() + " names two parameters"));
        }
        return Val.row(values);
    }

    private static int size(Term term) {
        return Meaning.width(term.type());
    }

    private static double[] part(double[] of, int from, int size) {
        return Arrays.copyOfRange(of, from, from + size);
    }

    private Val previous(Term.Previous previous) {
        Val now = find(previous.of());
        if (all.generating()) {
            return now;
        }
        double[][] late = new double[now.at().length][];
        for (int t = 0; t < late.length; t++) {
            late[t] = t == 0 ? new double[now.at()[0].length] : now.at()[t - 1];
        }
        if (late.length > 0) {
            Arrays.fill(late[0], previous.start());
        }
        return Val.sequence(late);
    }

    private Ran run(Recurrence recurrence) {
        if (outer != null) {
            throw new IllegalStateException("a recurrence within another");
        }
        Ran known = ran.get(recurrence);
        if (known == null) {
            known = step(recurrence);
            ran.put(recurrence, known);
        }
        return known;
    }

    private Ran step(Recurrence recurrence) {
        List<Recurrence.Input> read = recurrence.inputs();
        Val[] given = read.stream().map(i -> value(i.term())).toArray(Val[]::new);
        int length = Integer.MAX_VALUE;
        for (int i = 0; i < given.length; i++) {
            if (given[i].sequence() && !read.get(i).whole()) {
                length = Math.min(length, given[i].at().length);
            }
        }
        int count = recurrence.states().size();
        double[][] now = new double[count][];
        for (int i = 0; i < count; i++) {
            now[i] = initial(recurrence, i);
        }
        double[][][] after = new double[count][length][];
        double[][] results = new double[length][];
        for (int n = 0; n < length; n++) {
            int t = recurrence.backward() ? length - 1 - n : n;
            Val[] here = new Val[given.length];
            for (int i = 0; i < here.length; i++) {
                here[i] = read.get(i).whole() || !given[i].sequence() ? given[i] : Val.row(given[i].at()[t]);
            }
            RowMeaning step = new RowMeaning(all, this.given, row, this, here, now);
            double[][] next = new double[count][];
            for (int i = 0; i < count; i++) {
                Recurrence.State state = recurrence.states().get(i);
                next[i] = repeated(step.value(state.next()).numbers(), Meaning.width(state.type()));
                after[i][t] = next[i];
            }
            results[t] = repeated(step.value(recurrence.result()).numbers(), size(recurrence.result()));
            now = next;
        }
        return new Ran(after, results, now);
    }

    private double[] initial(Recurrence recurrence, int index) {
        Recurrence.State state = recurrence.states().get(index);
        int width = Meaning.width(state.type());
        if (state.initial().isPresent()) {
            return repeated(value(state.initial().get()).numbers(), width);
        }
        int from = state.type().rows() == Rows.NONE ? 0 : row * width;
        return part(given.reals().get(recurrence.stateName(index)), from, width);
    }

    private static double[] repeated(double[] numbers, int width) {
        if (numbers.length == width) {
            return numbers;
        }
        double[] all = new double[width];
        Arrays.fill(all, numbers[0]);
        return all;
    }
}
