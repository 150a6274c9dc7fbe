package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.runtime.math.Erf;
import dev.rnnc.runtime.math.Power;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The element-wise functions on floats. Each has a loop of its own: the JIT compiles a vector operation well only where
 * the operator is a constant, else it boxes every vector. Works in blocks, so that a number that stands for all
 * elements is written out for one block only.
 */
final class FloatMaps {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    /** Elements of a block: three of them and the result fit in L1. */
    private static final int BLOCK = 1024;

    private final float[] repeatedA = new float[BLOCK];
    private final float[] repeatedB = new float[BLOCK];
    private final float[] repeatedC = new float[BLOCK];

    /** See {@link Kernels#map}. */
    void run(
            Function f,
            int size,
            float[] y,
            int yo,
            float[] a,
            int ao,
            int as,
            float[] b,
            int bo,
            int bs,
            float[] c,
            int co,
            int cs) {
        float[] fullA = as == 1 ? a : repeat(repeatedA, a[ao], size);
        float[] fullB = bs == 1 ? b : repeat(repeatedB, b[bo], size);
        float[] fullC = cs == 1 ? c : repeat(repeatedC, c[co], size);
        for (int from = 0; from < size; from += BLOCK) {
            int count = Math.min(BLOCK, size - from);
            int fromA = as == 1 ? ao + from : 0;
            int fromB = bs == 1 ? bo + from : 0;
            int fromC = cs == 1 ? co + from : 0;
            vectors(f, count - count % LANES, y, yo + from, fullA, fromA, fullB, fromB, fullC, fromC);
            for (int i = count - count % LANES; i < count; i++) {
                y[yo + from + i] = value(f, fullA[fromA + i], fullB[fromB + i], fullC[fromC + i]);
            }
        }
    }

    private static float[] repeat(float[] block, float number, int size) {
        Arrays.fill(block, 0, Math.min(BLOCK, size), number);
        return block;
    }

    private static void vectors(
            Function f, int n, float[] y, int yo, float[] a, int ao, float[] b, int bo, float[] c, int co) {
        switch (f) {
            case ADD -> add(n, y, yo, a, ao, b, bo);
            case SUBTRACT -> subtract(n, y, yo, a, ao, b, bo);
            case MULTIPLY -> multiply(n, y, yo, a, ao, b, bo);
            case DIVIDE -> divide(n, y, yo, a, ao, b, bo);
            case MINIMUM -> minimum(n, y, yo, a, ao, b, bo);
            case MAXIMUM -> maximum(n, y, yo, a, ao, b, bo);
            case LESS -> less(n, y, yo, a, ao, b, bo);
            case LESS_EQUAL -> lessEqual(n, y, yo, a, ao, b, bo);
            case EQUAL -> equal(n, y, yo, a, ao, b, bo);
            case SELECT -> select(n, y, yo, a, ao, b, bo, c, co);
            case NEGATE -> negate(n, y, yo, a, ao);
            case ABSOLUTE -> absolute(n, y, yo, a, ao);
            case SQUARE_ROOT -> squareRoot(n, y, yo, a, ao);
            case EXPONENTIAL -> exponential(n, y, yo, a, ao);
            case LOGARITHM -> logarithm(n, y, yo, a, ao);
            case TANH -> tanh(n, y, yo, a, ao);
            case SIGMOID -> sigmoid(n, y, yo, a, ao);
            case ERF, EXPM1, LOG1P, POWER -> oneByOne(f, n, y, yo, a, ao, b, bo);
        }
    }

    private static float value(Function f, float a, float b, float c) {
        return switch (f) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case MINIMUM -> Math.min(a, b);
            case MAXIMUM -> Math.max(a, b);
            case LESS -> a < b ? 1 : 0;
            case LESS_EQUAL -> a <= b ? 1 : 0;
            case EQUAL -> a == b ? 1 : 0;
            case SELECT -> a != 0 ? b : c;
            case NEGATE -> -a;
            case ABSOLUTE -> Math.abs(a);
            case SQUARE_ROOT -> (float) Math.sqrt(a);
            case EXPONENTIAL -> (float) Math.exp(a);
            case LOGARITHM -> (float) Math.log(a);
            case SIGMOID -> (float) (1 / (1 + Math.exp(-a)));
            case TANH -> (float) Math.tanh(a);
            case ERF -> Erf.erf(a);
            case EXPM1 -> (float) Math.expm1(a);
            case LOG1P -> (float) Math.log1p(a);
            case POWER -> (float) Power.power(a, b);
        };
    }

    private static void add(int n, float[] y, int yo, float[] a, int ao, float[] b, int bo) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector left = FloatVector.fromArray(SPECIES, a, ao + i);
            left.add(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
        }
    }

    private static void subtract(int n, float[] y, int yo, float[] a, int ao, float[] b, int bo) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector left = FloatVector.fromArray(SPECIES, a, ao + i);
            left.sub(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
        }
    }

    private static void multiply(int n, float[] y, int yo, float[] a, int ao, float[] b, int bo) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector left = FloatVector.fromArray(SPECIES, a, ao + i);
            left.mul(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
        }
    }

    private static void divide(int n, float[] y, int yo, float[] a, int ao, float[] b, int bo) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector left = FloatVector.fromArray(SPECIES, a, ao + i);
            left.div(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
        }
    }

    private static void minimum(int n, float[] y, int yo, float[] a, int ao, float[] b, int bo) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector left = FloatVector.fromArray(SPECIES, a, ao + i);
            left.min(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
        }
    }

    private static void maximum(int n, float[] y, int yo, float[] a, int ao, float[] b, int bo) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector left = FloatVector.fromArray(SPECIES, a, ao + i);
            left.max(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
        }
    }

    private static void less(int n, float[] y, int yo, float[] a, int ao, float[] b, int bo) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < n; i += LANES) {
            FloatVector left = FloatVector.fromArray(SPECIES, a, ao + i);
            FloatVector right = FloatVector.fromArray(SPECIES, b, bo + i);
            zero.blend(1, left.compare(VectorOperators.LT, right)).intoArray(y, yo + i);
        }
    }

    private static void lessEqual(int n, float[] y, int yo, float[] a, int ao, float[] b, int bo) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < n; i += LANES) {
            FloatVector left = FloatVector.fromArray(SPECIES, a, ao + i);
            FloatVector right = FloatVector.fromArray(SPECIES, b, bo + i);
            zero.blend(1, left.compare(VectorOperators.LE, right)).intoArray(y, yo + i);
        }
    }

    private static void equal(int n, float[] y, int yo, float[] a, int ao, float[] b, int bo) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < n; i += LANES) {
            FloatVector left = FloatVector.fromArray(SPECIES, a, ao + i);
            FloatVector right = FloatVector.fromArray(SPECIES, b, bo + i);
            zero.blend(1, left.compare(VectorOperators.EQ, right)).intoArray(y, yo + i);
        }
    }

    private static void select(int n, float[] y, int yo, float[] a, int ao, float[] b, int bo, float[] c, int co) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector condition = FloatVector.fromArray(SPECIES, a, ao + i);
            FloatVector chosen = FloatVector.fromArray(SPECIES, b, bo + i);
            FloatVector other = FloatVector.fromArray(SPECIES, c, co + i);
            other.blend(chosen, condition.compare(VectorOperators.NE, 0)).intoArray(y, yo + i);
        }
    }

    private static void negate(int n, float[] y, int yo, float[] a, int ao) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, a, ao + i).neg().intoArray(y, yo + i);
        }
    }

    private static void absolute(int n, float[] y, int yo, float[] a, int ao) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, a, ao + i).abs().intoArray(y, yo + i);
        }
    }

    private static void squareRoot(int n, float[] y, int yo, float[] a, int ao) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, a, ao + i).sqrt().intoArray(y, yo + i);
        }
    }

    private static void exponential(int n, float[] y, int yo, float[] a, int ao) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, a, ao + i)
                    .lanewise(VectorOperators.EXP)
                    .intoArray(y, yo + i);
        }
    }

    private static void logarithm(int n, float[] y, int yo, float[] a, int ao) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, a, ao + i)
                    .lanewise(VectorOperators.LOG)
                    .intoArray(y, yo + i);
        }
    }

    private static void tanh(int n, float[] y, int yo, float[] a, int ao) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, a, ao + i)
                    .lanewise(VectorOperators.TANH)
                    .intoArray(y, yo + i);
        }
    }

    private static void sigmoid(int n, float[] y, int yo, float[] a, int ao) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1);
        for (int i = 0; i < n; i += LANES) {
            FloatVector grown = FloatVector.fromArray(SPECIES, a, ao + i).neg().lanewise(VectorOperators.EXP);
            one.div(grown.add(one)).intoArray(y, yo + i);
        }
    }

    private static void oneByOne(Function f, int n, float[] y, int yo, float[] a, int ao, float[] b, int bo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = value(f, a[ao + i], b[bo + i], 0);
        }
    }
}
