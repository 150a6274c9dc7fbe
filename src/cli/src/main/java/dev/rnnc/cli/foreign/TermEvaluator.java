package dev.rnnc.cli.foreign;

import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Terms;
import dev.rnnc.compiler.model.Variable;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Computes terms in double precision for one row of one step, so that equations can be compared with other equations. What
 * folds a sequence is taken of one of a single step. Vectors are arrays, matrices are row-major, a number is an array of
 * one element.
 */
final class TermEvaluator {
    private final Function<Term, Optional<double[]>> leaves;
    private final Map<Variable, double[]> variables = new HashMap<>();
    private final Map<Term, double[]> terms = new IdentityHashMap<>();

    /**
     * An evaluator.
     *
     * @param leaves the values of what has no equation here; asked for each term before its operands
     */
    TermEvaluator(Function<Term, Optional<double[]>> leaves) {
        this.leaves = leaves;
    }

    /** A term depends on something that has no value here, or on the steps of a sequence. */
    static final class UnknownTermException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownTermException(Term term) {
            super(term.getClass().getSimpleName());
        }
    }

    /**
     * The value of a term.
     *
     * @throws UnknownTermException if it depends on something without a value
     */
    double[] value(Term term) {
        Optional<double[]> leaf = leaves.apply(term);
        if (leaf.isPresent()) {
            return leaf.get();
        }
        if (term instanceof Term.Use use) {
            double[] known = variables.get(use.variable());
            if (known == null) {
                known = value(use.variable().term());
                variables.put(use.variable(), known);
            }
            return known;
        }
        double[] known = terms.get(term);
        if (known == null) {
            known = compute(term);
            terms.put(term, known);
        }
        return known;
    }

    private double[] compute(Term term) {
        return switch (term) {
            case Term.Number number -> new double[] {number.value()};
            case Term.Vector vector ->
                vector.values().stream().mapToDouble(Double::doubleValue).toArray();
            case Term.Apply apply -> apply(apply);
            case Term.Power power -> power(value(power.base()), power.exponent());
            case Term.Product product -> product(value(product.matrix()), value(product.vector()));
            case Term.Slice slice -> slice(slice);
            case Term.Component component -> new double[] {value(component.operand())[component.index()]};
            case Term.Concat concat -> concat(concat.operands());
            case Term.Directions both -> concat(List.of(both.forward(), both.backward()));
            case Term.Fold fold -> fold(fold);
            case Term.Dropout dropout -> value(dropout.operand());
            case Term.Step step -> value(step.operand());
            case Term.Input _,
                    Term.Parameter _,
                    Term.Use _,
                    Term.StepInput _,
                    Term.WholeInput _,
                    Term.StateBefore _,
                    Term.Row _,
                    Term.Pick _,
                    Term.OneHot _,
                    Term.Previous _,
                    Term.Attention _,
                    Term.Attend _,
                    Term.CellOutput _,
                    Term.CellState _,
                    Term.FinalState _,
                    Term.Invalid _ -> throw new UnknownTermException(term);
        };
    }

    private static double[] power(double[] base, double exponent) {
        double[] result = new double[base.length];
        for (int i = 0; i < base.length; i++) {
            result[i] = Math.pow(base[i], exponent);
        }
        return result;
    }

    private static double[] product(double[] matrix, double[] vector) {
        double[] result = new double[matrix.length / vector.length];
        for (int i = 0; i < result.length; i++) {
            double sum = 0;
            for (int k = 0; k < vector.length; k++) {
                sum += matrix[i * vector.length + k] * vector[k];
            }
            result[i] = sum;
        }
        return result;
    }

    private double[] slice(Term.Slice slice) {
        double[] operand = value(slice.operand());
        int row = operand.length / slice.operand().type().shape().getFirst();
        double[] result = new double[slice.size() * row];
        System.arraycopy(operand, slice.from() * row, result, 0, result.length);
        return result;
    }

    private double[] concat(List<Term> operands) {
        List<double[]> parts = operands.stream().map(this::value).toList();
        double[] result =
                new double[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (double[] part : parts) {
            System.arraycopy(part, 0, result, at, part.length);
            at += part.length;
        }
        return result;
    }

    private double[] fold(Term.Fold fold) {
        double[] operand = value(fold.operand());
        return switch (fold.axis()) {
            case TIME -> operand;
            case FEATURES, ALL -> {
                double sum = 0;
                double least = Double.POSITIVE_INFINITY;
                double most = Double.NEGATIVE_INFINITY;
                for (double x : operand) {
                    sum += x;
                    least = Math.min(least, x);
                    most = Math.max(most, x);
                }
                yield new double[] {
                    switch (fold.kind()) {
                        case SUM -> sum;
                        case MEAN -> sum / operand.length;
                        case MAXIMUM -> most;
                        case MINIMUM -> least;
                    }
                };
            }
        };
    }

    private double[] apply(Term.Apply apply) {
        List<double[]> operands = apply.operands().stream().map(this::value).toList();
        int size = operands.stream().mapToInt(operand -> operand.length).max().orElse(1);
        double[] result = new double[size];
        for (int i = 0; i < size; i++) {
            double a = element(operands.get(0), i);
            double b = operands.size() > 1 ? element(operands.get(1), i) : 0;
            result[i] = switch (apply.primitive()) {
                case ADD -> a + b;
                case SUBTRACT -> a - b;
                case MULTIPLY -> a * b;
                case DIVIDE -> a / b;
                case LESS -> a < b ? 1 : 0;
                case LESS_EQUAL -> a <= b ? 1 : 0;
                case EQUAL -> a == b ? 1 : 0;
                case NEGATE -> -a;
                case MINIMUM -> Math.min(a, b);
                case MAXIMUM -> Math.max(a, b);
                case WHERE -> a != 0 ? b : element(operands.get(2), i);
                case ABSOLUTE -> Math.abs(a);
                case SQUARE_ROOT -> Math.sqrt(a);
                case EXPONENTIAL -> Math.exp(a);
                case LOGARITHM -> Math.log(a);
                case SIGMOID -> KerasActivation.sigmoid(a);
                case TANH -> Math.tanh(a);
                case ERF -> erf(a);
                case EXPM1 -> Math.expm1(a);
                case LOG1P -> Math.log1p(a);
                case POWER -> Math.pow(a, b);
                case DETACH -> a;
            };
        }
        return result;
    }

    private static double element(double[] values, int i) {
        return values.length == 1 ? values[0] : values[i];
    }

    /** The error function, by its power series: to 1e-7 for all numbers. */
    static double erf(double x) {
        if (Math.abs(x) > 4.5) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 150; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    /** All terms that a term is made of, variables' terms included, operands first; a recurrence's own are not among them. */
    static void visit(Term term, Map<Term, Boolean> seen, java.util.function.Consumer<Term> visitor) {
        if (seen.putIfAbsent(term, true) != null) {
            return;
        }
        if (term instanceof Term.Use use) {
            visit(use.variable().term(), seen, visitor);
        }
        Terms.operands(term).forEach(operand -> visit(operand, seen, visitor));
        visitor.accept(term);
    }
}
