package dev.rnnc.compiler.lower;

import static dev.rnnc.compiler.lower.Arithmetic.add;
import static dev.rnnc.compiler.lower.Arithmetic.binary;
import static dev.rnnc.compiler.lower.Arithmetic.divide;
import static dev.rnnc.compiler.lower.Arithmetic.fma;
import static dev.rnnc.compiler.lower.Arithmetic.multiply;
import static dev.rnnc.compiler.lower.Arithmetic.negate;
import static dev.rnnc.compiler.lower.Arithmetic.select;
import static dev.rnnc.compiler.lower.Arithmetic.subtract;
import static dev.rnnc.compiler.lower.Arithmetic.unary;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Expression.BinaryOperator;
import dev.rnnc.compiler.loop.Expression.Comparison;
import dev.rnnc.compiler.loop.Expression.UnaryOperator;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.runtime.spec.Precision;
import java.util.List;

/**
 * The element-wise functions in terms of the loop IR. In float, the transcendental ones are polynomials made of fused
 * multiply-adds, the same in vector and scalar form, so that every lane count gives the same bits: exp, sigmoid and
 * tanh share one reduction to {@code 2^n * (1 + p)} with {@code |r| <= ln(2)/2}. Single rows wait for these results, so
 * polynomials are summed in pairs, and what is out of range is replaced at the end: short chains, as many operations. In
 * double they call StrictMath, whose bits are specified.
 *
 * <p>Largest errors in float, over numbers of every exponent: exp 0.94, expm1 1.36, log 0.77, log1p 1.44, sigmoid 1.92, tanh 2.42, erf 2.84 units
 * of the last place, results below the normal range included. NaN stays NaN, limits at the infinities are exact.
 */
final class Functions {
    /** {@code 1.5 * 2^23}: adding it rounds to a whole number and leaves that in the low bits. */
    private static final double MAGIC = 12582912;

    private static final double LOG2_E = 1.44269504088896341;
    private static final double LN2 = 0.69314718055994531;
    private static final double LN2_HIGH = 0.693359375;
    private static final double LN2_LOW = -2.12194440e-4;

    /** Coefficients of {@code (e^r - 1 - r) / r^2} on {@code |r| <= ln(2)/2}, highest power first (Cephes expf). */
    private static final double[] EXP = {
        1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1
    };

    /** Coefficients of {@code (ln(1+f) - f + f^2/2) / f^3}, highest power first (Cephes logf). */
    private static final double[] LOG = {
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1
    };

    /** Coefficients of {@code erf(x) / x} in {@code x^2} on {@code |x| <= 1}, highest power first (Cephes erff). */
    private static final double[] ERF = {
        7.853861353153693e-5,
        -8.010193625184903e-4,
        5.188327685732524e-3,
        -2.685381193529856e-2,
        1.128358514861418e-1,
        -3.761262582423300e-1,
        1.128379165726710e0
    };

    /** Coefficients in {@code t = 1 / (1 + 0.3275911 x)} of {@code erfc(x) e^(x^2)} (Abramowitz and Stegun 7.1.26). */
    private static final double[] ERFC = {1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592, 0};

    private final KernelBuilder kernel;
    private final Precision precision;
    private final Shape shape;

    Functions(KernelBuilder kernel, Precision precision, Shape shape) {
        this.kernel = kernel;
        this.precision = precision;
        this.shape = shape;
    }

    /** Roughly how many vector operations the function takes: what the budget of a method is counted in. */
    static int cost(Function function, Value value) {
        return switch (function) {
            case POWER -> Powers.cost(value);
            case EXPONENTIAL -> 20;
            case LOGARITHM -> 32;
            case SIGMOID -> 20;
            case TANH -> 18;
            case ERF -> 48;
            case EXPM1 -> 20;
            case LOG1P -> 36;
            case LESS, LESS_EQUAL, EQUAL, SELECT -> 2;
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, MINIMUM, MAXIMUM, NEGATE, ABSOLUTE, SQUARE_ROOT -> 1;
        };
    }

    /** {@code function} of variables or loads; {@code label} names variables that hold the result. */
    Expression apply(String label, Function function, List<Expression> x) {
        return switch (function) {
            case ADD -> binary(BinaryOperator.ADD, x.get(0), x.get(1));
            case SUBTRACT -> subtract(x.get(0), x.get(1));
            case MULTIPLY -> multiply(x.get(0), x.get(1));
            case DIVIDE -> divide(x.get(0), x.get(1));
            case MINIMUM -> binary(BinaryOperator.MINIMUM, x.get(0), x.get(1));
            case MAXIMUM -> binary(BinaryOperator.MAXIMUM, x.get(0), x.get(1));
            case LESS -> select(Comparison.LESS, x.get(0), x.get(1), constant(1), constant(0));
            case LESS_EQUAL -> select(Comparison.LESS_EQUAL, x.get(0), x.get(1), constant(1), constant(0));
            case EQUAL -> select(Comparison.EQUAL, x.get(0), x.get(1), constant(1), constant(0));
            case SELECT -> select(Comparison.EQUAL, x.get(0), constant(0), x.get(2), x.get(1));
            case NEGATE -> negate(x.get(0));
            case ABSOLUTE -> unary(UnaryOperator.ABSOLUTE, x.get(0));
            case SQUARE_ROOT -> unary(UnaryOperator.SQUARE_ROOT, x.get(0));
            case EXPONENTIAL, LOGARITHM, SIGMOID, TANH, ERF, EXPM1, LOG1P ->
                precision == Precision.DOUBLE ? strict(function, x.get(0)) : polynomial(label, function, x.get(0));
            case POWER ->
                precision == Precision.DOUBLE
                        ? new Powers(kernel, this, shape).strict(label, x.get(0), x.get(1))
                        : new Powers(kernel, this, shape).inFloat(label, x.get(0), x.get(1));
        };
    }

    private Expression strict(Function function, Expression x) {
        return switch (function) {
            case EXPONENTIAL -> unary(UnaryOperator.STRICT_EXP, x);
            case LOGARITHM -> unary(UnaryOperator.STRICT_LOG, x);
            case TANH -> unary(UnaryOperator.STRICT_TANH, x);
            case ERF -> unary(UnaryOperator.STRICT_ERF, x);
            case EXPM1 -> unary(UnaryOperator.STRICT_EXPM1, x);
            case LOG1P -> unary(UnaryOperator.STRICT_LOG1P, x);
            case SIGMOID ->
                binary(
                        BinaryOperator.DIVIDE,
                        constant(1),
                        add(constant(1), unary(UnaryOperator.STRICT_EXP, negate(x))));
            default -> throw new IllegalArgumentException("not transcendental: " + function);
        };
    }

    private Expression polynomial(String label, Function function, Expression x) {
        return switch (function) {
            case EXPONENTIAL -> exp(label, x);
            case LOGARITHM -> log(label, x);
            case SIGMOID -> sigmoid(label, x);
            case TANH -> tanh(label, x);
            case ERF -> erf(label, x);
            case EXPM1 -> expm1(label, x);
            case LOG1P -> log1p(label, x);
            default -> throw new IllegalArgumentException("not transcendental: " + function);
        };
    }

    /** {@code x = n ln 2 + r}: {@code shifted} is {@code MAGIC + n}, {@code p} is {@code e^r - 1}. */
    private record Reduced(Expression shifted, Expression n, Expression p) {}

    private Reduced reduce(Expression x) {
        Expression shifted = kernel.define("shifted", fma(x, constant(LOG2_E), constant(MAGIC)));
        Expression n = kernel.define("n", subtract(shifted, constant(MAGIC)));
        Expression high = fma(n, constant(-LN2_HIGH), x);
        return new Reduced(shifted, n, exponentialLessOne(fma(n, constant(-LN2_LOW), high)));
    }

    /** {@code e^r - 1} for {@code |r| <= ln(2)/2}. */
    private Expression exponentialLessOne(Expression near) {
        Expression r = kernel.define("r", near);
        Expression square = kernel.define("square", multiply(r, r));
        Expression sum = line(EXP[0], EXP[1], r);
        for (int i = 2; i < EXP.length; i += 2) {
            sum = fma(sum, square, line(EXP[i], EXP[i + 1], r));
        }
        return kernel.define("p", fma(sum, square, r));
    }

    /** Two scales, because {@code 2^128} and {@code 2^-150} are not floats while their products with the rest may be. */
    private Expression exp(String label, Expression x) {
        // A comparison and a choice keep NaN and are two instructions, where Java's maximum, which tells zeros apart,
        // is six.
        Expression y = kernel.define("x", x);
        Expression above = kernel.define("limited", select(Comparison.LESS, y, constant(-104), constant(-104), y));
        Expression limited =
                kernel.define("limited", select(Comparison.LESS, constant(89), above, constant(89), above));
        return scaled(label, reduce(limited));
    }

    /** {@code 2^x e^low}, for an {@code x} from -151 to 129 and a small {@code low}. */
    Expression powerOfTwo(Expression x, Expression low) {
        Expression shifted = kernel.define("shifted", add(x, constant(MAGIC)));
        Expression n = kernel.define("n", subtract(shifted, constant(MAGIC)));
        Expression r = fma(subtract(x, n), constant(LN2), low);
        return scaled("value", new Reduced(shifted, n, exponentialLessOne(r)));
    }

    private Expression scaled(String label, Reduced reduced) {
        Expression half = kernel.define("half", fma(reduced.n, constant(0.5), constant(MAGIC)));
        Expression rest = add(subtract(reduced.n, subtract(half, constant(MAGIC))), constant(MAGIC));
        Expression first = kernel.define("scale", power(half));
        Expression scaled = fma(reduced.p, first, first);
        return kernel.define(label, multiply(scaled, power(rest)));
    }

    /** With {@code E = e^-|x|}: {@code 1/(1+E)} for positive, {@code E/(1+E)} for negative {@code x}; no overflow. */
    private Expression sigmoid(String label, Expression x) {
        Expression below = kernel.define("x", negate(unary(UnaryOperator.ABSOLUTE, x)));
        Reduced reduced = reduce(below);
        Expression scale = kernel.define("scale", power(add(reduced.shifted, constant(64))));
        Expression scaled = multiply(fma(reduced.p, scale, scale), constant(0x1p-64));
        Expression e = kernel.define("e", select(Comparison.LESS, below, constant(-104), constant(0), scaled));
        Expression above = select(Comparison.LESS, x, constant(0), e, constant(1));
        return kernel.define(label, divide(above, add(e, constant(1))));
    }

    /** With {@code q = e^(-2|x|) - 1}: {@code |tanh x| = -q / (q + 2)}, exact to the last bits near 0. */
    private Expression tanh(String label, Expression x) {
        Expression twice = kernel.define("x", multiply(unary(UnaryOperator.ABSOLUTE, x), constant(-2)));
        Reduced reduced = reduce(twice);
        Expression scale = kernel.define("scale", power(reduced.shifted));
        Expression q = kernel.define("q", fma(scale, reduced.p, subtract(scale, constant(1))));
        Expression ratio = divide(q, add(q, constant(2)));
        Expression size = kernel.define("size", select(Comparison.LESS, twice, constant(-40), constant(-1), ratio));
        Expression signed = select(Comparison.LESS, x, constant(0), size, negate(size));
        return odd(label, x, signed);
    }

    /** {@code value}, but of a zero the zero itself: comparisons do not tell -0 from 0. */
    private Expression odd(String label, Expression x, Expression value) {
        return kernel.define(label, select(Comparison.EQUAL, x, constant(0), x, value));
    }

    /** Of half of it, as {@code 2^128} is no float: {@code 2^(n-1) p + (2^(n-1) - 1/2)}. */
    private Expression expm1(String label, Expression x) {
        Expression y = kernel.define("x", x);
        Expression above = kernel.define("limited", select(Comparison.LESS, y, constant(-40), constant(-40), y));
        Expression limited =
                kernel.define("limited", select(Comparison.LESS, constant(89), above, constant(89), above));
        Reduced reduced = reduce(limited);
        Expression scale = kernel.define("scale", power(add(reduced.shifted, constant(-1))));
        Expression half = fma(scale, reduced.p, subtract(scale, constant(0.5)));
        return odd(label, y, multiply(half, constant(2)));
    }

    /** {@code ln(u) + c/u} with {@code u = 1 + x} rounded and {@code c} what that lost. */
    private Expression log1p(String label, Expression x) {
        Expression u = kernel.define("u", add(x, constant(1)));
        Expression c = subtract(x, subtract(u, constant(1)));
        Expression lost = kernel.define("lost", divide(c, u));
        Expression rounded = log("ln", u);
        Expression whole = select(Comparison.LESS, constant(-1), x, add(rounded, lost), rounded);
        return odd(label, x, select(Comparison.LESS_EQUAL, x, constant(Float.MAX_VALUE), whole, rounded));
    }

    private Expression log(String label, Expression x) {
        Expression tiny =
                kernel.define("x", select(Comparison.LESS, x, constant(0x1p-126), multiply(x, constant(0x1p23)), x));
        Expression shift = select(Comparison.LESS, x, constant(0x1p-126), constant(-23), constant(0));
        Expression e = kernel.define("exponent", add(unary(UnaryOperator.EXPONENT, tiny), shift));
        Expression f = kernel.define("f", subtract(unary(UnaryOperator.MANTISSA, tiny), constant(1)));
        Expression square = kernel.define("square", multiply(f, f));
        Expression cubic = multiply(horner(LOG, f), multiply(square, f));
        Expression low = fma(e, constant(LN2_LOW), cubic);
        Expression small = fma(square, constant(-0.5), low);
        Expression value = kernel.define(label, fma(e, constant(LN2_HIGH), add(f, small)));
        Expression finite = select(Comparison.LESS_EQUAL, x, constant(Float.MAX_VALUE), value, x);
        Expression positive = select(Comparison.LESS, x, constant(0), constant(Double.NaN), finite);
        return kernel.define(
                "log", select(Comparison.EQUAL, x, constant(0), constant(Double.NEGATIVE_INFINITY), positive));
    }

    private Expression erf(String label, Expression x) {
        Expression size = kernel.define("size", unary(UnaryOperator.ABSOLUTE, x));
        Expression near = kernel.define("near", multiply(size, horner(ERF, multiply(size, size))));
        Expression t = kernel.define("t", divide(constant(1), fma(size, constant(0.3275911), constant(1))));
        Expression tail = multiply(horner(ERFC, t), exp("e", multiply(negate(size), size)));
        Expression far = subtract(constant(1), tail);
        Expression value = kernel.define("erf", select(Comparison.LESS_EQUAL, size, constant(1), near, far));
        return odd(label, x, select(Comparison.LESS, x, constant(0), negate(value), value));
    }

    Expression horner(double[] coefficients, Expression x) {
        Expression sum = constant(coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            sum = fma(sum, x, constant(coefficients[i]));
        }
        return sum;
    }

    private Expression line(double slope, double constant, Expression x) {
        return fma(x, constant(slope), constant(constant));
    }

    private Expression power(Expression shifted) {
        return unary(UnaryOperator.POWER_OF_TWO, shifted);
    }

    private Expression constant(double value) {
        return new Expression.Constant(value, shape);
    }
}
