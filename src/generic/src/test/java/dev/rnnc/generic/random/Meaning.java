package dev.rnnc.generic.random;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model means, read off its equations as plainly as can be: in double precision, one row of the batch after
 * another, each sequence with no more steps than it has. No graph, no pass, no padding: it shares nothing with the compiler
 * but the resolved model, nor with the generic engine. Without dropout, as everywhere outside training.
 */
final class Meaning {
    private final Model model;
    private final Given given;
    private final boolean generating;
    private final RowMeaning[] rows;
    private final Map<Term.Fold, double[]> folds = new IdentityHashMap<>();
    private final Map<String, double[]> results = new TreeMap<>();

    private Meaning(Model model, Given given, boolean generating) {
        this.model = model;
        this.given = given;
        this.generating = generating;
        this.rows = new RowMeaning[given.batch()];
        for (int b = 0; b < rows.length; b++) {
            rows[b] = new RowMeaning(this, given, b);
        }
    }

    /**
     * All results by the names of their ports, laid out as {@link dev.rnnc.runtime.Ports} does, zeros in the padding, and
     * the loss as {@code loss}.
     *
     * @param generating whether {@code previous(x)} is {@code x}, as in programs that make one step after another
     * @param loss whether the loss is among them
     */
    static Map<String, double[]> of(Model model, Given given, boolean generating, boolean loss) {
        Meaning meaning = new Meaning(model, given, generating);
        for (Model.Binding binding : model.bindings()) {
            meaning.show(binding.name(), new Term.Use(binding.variable()));
        }
        model.recurrences().forEach(r -> {
            for (int i = 0; i < r.states().size(); i++) {
                meaning.show(r.stateName(i), new Term.FinalState(r, i));
            }
        });
        if (loss && model.loss().isPresent()) {
            meaning.results.put("loss", new double[] {meaning.loss()});
        }
        return meaning.results;
    }

    /** The loss alone. */
    static double loss(Model model, Given given) {
        return new Meaning(model, given, false).loss();
    }

    private double loss() {
        return rows[0].value(new Term.Use(model.loss().orElseThrow())).numbers()[0];
    }

    private void show(String name, Term term) {
        TermType type = term.type();
        int width = type.isToken() ? 1 : width(type);
        int steps = type.rows() == Rows.SEQUENCE ? given.steps() : 1;
        int batch = type.rows() == Rows.NONE ? 1 : given.batch();
        double[] all = new double[steps * batch * width];
        for (int b = 0; b < batch; b++) {
            Val val = rows[b].value(term);
            for (int t = 0; t < Math.min(steps, val.sequence() ? val.at().length : steps); t++) {
                double[] now = val.step(t);
                for (int i = 0; i < width; i++) {
                    all[(t * batch + b) * width + i] = now[now.length == 1 ? 0 : i];
                }
            }
        }
        results.put(name, all);
    }

    static int width(TermType type) {
        return type.shape().stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }

    boolean generating() {
        return generating;
    }

    /** A fold over everything: rows, their steps, features. A value without rows counts once, a mean of none is 0. */
    double[] overAll(Term.Fold fold) {
        double[] known = folds.get(fold);
        if (known != null) {
            return known;
        }
        int batch = fold.operand().type().rows() == Rows.NONE ? 1 : given.batch();
        double sum = 0;
        long count = 0;
        for (int b = 0; b < batch; b++) {
            for (double[] step : rows[b].value(fold.operand()).at()) {
                for (double number : step) {
                    sum += number;
                }
                count += width(fold.operand().type());
            }
        }
        double result = switch (fold.kind()) {
            case SUM -> sum;
            case MEAN -> count == 0 ? 0 : sum / count;
            case MAXIMUM, MINIMUM -> throw new IllegalStateException("a model folds no maximum over everything");
        };
        folds.put(fold, new double[] {result});
        return new double[] {result};
    }

    /** An input or target as one row has it. */
    Val port(String name, int row) {
        PortSpec port = model.spec().ports().stream()
                .filter(p -> p.name().equals(name) && (p.role() == Role.INPUT || p.role() == Role.TARGET))
                .findFirst()
                .orElseThrow();
        boolean sequence = port.rows() == Rows.SEQUENCE;
        double[][] steps = new double[sequence ? given.length(name, row) : 1][];
        for (int t = 0; t < steps.length; t++) {
            int at = t * given.batch() + row;
            if (port.element() == Element.TOKEN) {
                steps[t] = new double[] {given.tokens().get(name)[at]};
            } else {
                int width = port.width();
                steps[t] = java.util.Arrays.copyOfRange(given.reals().get(name), at * width, (at + 1) * width);
            }
        }
        return new Val(sequence, steps);
    }

    /** Which names of states the model's caller gives, by width. */
    static Map<String, Integer> givenStates(Model model) {
        Map<String, Integer> states = new HashMap<>();
        model.recurrences().forEach(r -> {
            for (int i = 0; i < r.states().size(); i++) {
                if (r.states().get(i).initial().isEmpty()) {
                    states.put(r.stateName(i), width(r.states().get(i).type()));
                }
            }
        });
        return states;
    }
}
