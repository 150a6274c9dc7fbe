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

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Expression.BinaryOperator;
import dev.rnnc.compiler.loop.Expression.Comparison;
import dev.rnnc.compiler.loop.Expression.UnaryOperator;
import dev.rnnc.compiler.loop.Shape;

/**
 * Powers in terms of the loop IR. A whole constant exponent from 2 to 16 becomes products. All others are {@code 2^(y lb x)},
 * in float with a logarithm of twice the digits, because {@code y} makes its error up to 128 times as large. Every step is
 * the same in vector and scalar form. In double they are the runtime's {@code Power}.
 */
final class Powers {
    /** Roughly how many vector operations the general power takes. */
    private static final int COST = 96;

    private static final int MOST_MULTIPLIED = 16;

    /** Coefficients of {@code (artanh(s)/s - 1 - q/3) / q^2} in {@code q = s^2}, highest power first. */
    private static final double[] ARTANH = {1 / 13.0, 1 / 11.0, 1 / 9.0, 1 / 7.0, 1 / 5.0};

    private static final double LN2 = 0.69314718055994531;
    private static final double TWO_OVER_LN2 = 2 / LN2;
    /** From here on every number is even. */
    private static final double EVEN = 0x1p24;
    /** Adding it rounds a number below it to a whole one. */
    private static final double WHOLE = 0x1p23;

    private final KernelBuilder kernel;
    private final Functions functions;
    private final Shape shape;

    Powers(KernelBuilder kernel, Functions functions, Shape shape) {
        this.kernel = kernel;
        this.functions = functions;
        this.shape = shape;
    }

    /** Roughly how many vector operations {@code power} takes. */
    static int cost(Value power) {
        return power.operand(1).op() instanceof Op.Constant(double exponent) && isMultiplied(exponent) ? 6 : COST;
    }

    /** In double precision. */
    Expression strict(String label, Expression x, Expression y) {
        return y instanceof Expression.Constant(double exponent, Shape _) && isMultiplied(exponent)
                ? kernel.define(label, multiplied(x, (int) exponent))
                : binary(BinaryOperator.STRICT_POWER, x, y);
    }

    /** In float, within 2 units of the last place, but for products. */
    Expression inFloat(String label, Expression x, Expression y) {
        if (y instanceof Expression.Constant(double exponent, Shape _)) {
            return isMultiplied(exponent)
                    ? kernel.define(label, multiplied(x, (int) exponent))
                    : constantExponent(label, kernel.define("base", x), y, (float) exponent);
        }
        return anyExponent(label, kernel.define("base", x), kernel.define("exponent", y));
    }

    private static boolean isMultiplied(double exponent) {
        return exponent == Math.rint(exponent) && exponent >= 2 && exponent <= MOST_MULTIPLIED;
    }

    private Expression multiplied(Expression x, int times) {
        if (times == 1) {
            return x;
        }
        Expression half = multiplied(x, times / 2);
        Expression square = kernel.define("square", multiply(half, half));
        return times % 2 == 0 ? square : multiply(square, x);
    }

    private Expression constantExponent(String label, Expression x, Expression y, float exponent) {
        Expression size = kernel.define("size", unary(UnaryOperator.ABSOLUTE, x));
        Expression power = kernel.define("power", magnitude(size, y));
        if (exponent != Math.rint(exponent)) {
            Expression real = select(Comparison.LESS, x, constant(0), constant(Double.NaN), power);
            return kernel.define(label, select(Comparison.EQUAL, x, constant(Double.NEGATIVE_INFINITY), power, real));
        }
        boolean odd = Math.abs(exponent % 2) == 1;
        return odd ? kernel.define(label, select(Comparison.LESS, side(x), constant(0), negate(power), power)) : power;
    }

    private Expression anyExponent(String label, Expression x, Expression y) {
        Expression size = kernel.define("size", unary(UnaryOperator.ABSOLUTE, x));
        Expression power = kernel.define("power", magnitude(size, y));
        // How far the exponent is from an even number: 1 where it is odd, a fraction where it is not whole.
        Expression above = kernel.define("above", unary(UnaryOperator.ABSOLUTE, y));
        Expression limited =
                kernel.define("limited", select(Comparison.LESS, constant(EVEN), above, constant(EVEN), above));
        Expression half = add(multiply(limited, constant(0.5)), constant(WHOLE));
        Expression even = kernel.define("even", subtract(half, constant(WHOLE)));
        Expression rest = kernel.define("rest", unary(UnaryOperator.ABSOLUTE, fma(even, constant(-2), limited)));
        // A number below 0 has no such power, but -0 and minus infinity have that of 0 and infinity.
        Expression none = select(Comparison.EQUAL, x, constant(0), constant(1), constant(Double.NaN));
        Expression fraction = kernel.define(
                "sign", select(Comparison.EQUAL, x, constant(Double.NEGATIVE_INFINITY), constant(1), none));
        Expression whole = select(Comparison.EQUAL, rest, constant(0), constant(1), fraction);
        Expression sign = kernel.define("sign", select(Comparison.EQUAL, rest, constant(1), constant(-1), whole));
        Expression signed =
                kernel.define("signed", select(Comparison.LESS, side(x), constant(0), multiply(sign, power), power));
        Expression one = select(Comparison.EQUAL, x, constant(1), constant(1), signed);
        return kernel.define(label, select(Comparison.EQUAL, y, constant(0), constant(1), one));
    }

    /** Below 0 where {@code x} is below 0 or is -0. */
    private Expression side(Expression x) {
        return kernel.define("side", select(Comparison.EQUAL, x, constant(0), divide(constant(1), x), x));
    }

    /** {@code size^y} of a number that is not below 0. */
    private Expression magnitude(Expression size, Expression y) {
        Sum logarithm = logarithm(size);
        Expression high = kernel.define("high", multiply(y, logarithm.high));
        Expression low = kernel.define("low", fma(y, logarithm.low, fma(y, logarithm.high, negate(high))));
        Expression value = functions.powerOfTwo(high, multiply(low, constant(LN2)));
        Expression least = select(Comparison.LESS, high, constant(-151), constant(0), value);
        return select(Comparison.LESS, constant(129), high, constant(Double.POSITIVE_INFINITY), least);
    }

    /** A number of twice the digits: {@code low} is below half a unit of the last place of {@code high}. */
    private record Sum(Expression high, Expression low) {}

    /**
     * {@code lb x = k + 2/ln(2) artanh(s)} with {@code x = 2^k m}, {@code s = (m - 1) / (m + 1)}, and
     * {@code artanh(s) = s + s (q/3 + q^2/5 + ...)}, {@code q = s^2 <= 0.0295}: what is behind {@code q/3} needs no low part.
     */
    private Sum logarithm(Expression x) {
        Expression tiny =
                kernel.define("x", select(Comparison.LESS, x, constant(0x1p-126), multiply(x, constant(0x1p23)), x));
        Expression shift = select(Comparison.LESS, x, constant(0x1p-126), constant(-23), constant(0));
        Expression k = kernel.define("k", add(unary(UnaryOperator.EXPONENT, tiny), shift));
        Expression m = kernel.define("m", unary(UnaryOperator.MANTISSA, tiny));
        Expression f = kernel.define("f", subtract(m, constant(1)));
        Expression d = kernel.define("d", add(m, constant(1)));
        Expression dLow = subtract(m, subtract(d, constant(1)));
        Expression inverse = kernel.define("inverse", divide(constant(1), d));
        Expression s = kernel.define("s", multiply(f, inverse));
        Expression minus = kernel.define("minus", negate(s));
        Expression sLow = kernel.define("sLow", multiply(inverse, fma(minus, dLow, fma(minus, d, f))));

        Expression q = kernel.define("q", multiply(s, s));
        Expression qLow = fma(add(s, s), sLow, fma(s, s, negate(q)));
        double third = (float) (1 / 3.0);
        Expression u = kernel.define("u", multiply(q, constant(third)));
        Expression exact = fma(q, constant(third), negate(u));
        Expression uLow = fma(qLow, constant(third), fma(q, constant(1 / 3.0 - third), exact));
        Expression tail = kernel.define("tail", multiply(multiply(q, q), functions.horner(ARTANH, q)));
        Sum v = sum("v", u, tail, uLow);

        Expression z = kernel.define("z", multiply(s, v.high));
        Expression zLow = fma(sLow, v.high, fma(s, v.low, fma(s, v.high, negate(z))));
        Sum artanh = sum("t", s, z, add(sLow, zLow));

        double factor = (float) TWO_OVER_LN2;
        Expression g = kernel.define("g", multiply(artanh.high, constant(factor)));
        Expression gExact = fma(artanh.high, constant(factor), negate(g));
        Expression gLow = fma(artanh.low, constant(factor), fma(artanh.high, constant(TWO_OVER_LN2 - factor), gExact));
        Sum all = sum("l", k, g, gLow);

        Expression finite = select(Comparison.LESS_EQUAL, x, constant(Float.MAX_VALUE), all.high, x);
        Expression high = select(Comparison.EQUAL, x, constant(0), constant(Double.NEGATIVE_INFINITY), finite);
        return new Sum(kernel.define("logarithm", high), all.low);
    }

    /** {@code large + small + low}, of which {@code large} is 0 or at least as large as {@code small}. */
    private Sum sum(String name, Expression large, Expression small, Expression low) {
        Expression high = kernel.define(name, add(large, small));
        Expression lost = subtract(small, subtract(high, large));
        return new Sum(high, kernel.define(name + "Low", add(lost, low)));
    }

    private Expression constant(double value) {
        return new Expression.Constant(value, shape);
    }
}
