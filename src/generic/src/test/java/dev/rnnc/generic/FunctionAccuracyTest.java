package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.math.Erf;
import dev.rnnc.runtime.math.Power;
import dev.rnnc.runtime.spec.ProgramKind;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The functions of generated float code over all of float: every exponent and sign with many mantissas, limits and
 * specials, against StrictMath in double; every lane count gives the same bits.
 */
class FunctionAccuracyTest {
    private static final int WIDTH = 64;
    private static final float[] NUMBERS = numbers();

    private static float[] numbers() {
        Random random = new Random(1);
        float[] special = {
            0f,
            -0f,
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MIN_NORMAL,
            -Float.MIN_NORMAL,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            1f,
            -1f,
            88.72283f,
            88.72284f,
            -87.33654f,
            -103.27892f,
            -103.97208f,
            -103.972084f,
            -104f,
            89f,
            20f,
            -20f,
            9.010913f,
            0.5f,
            2f,
            0.70710677f
        };
        int mantissas = 200;
        int dense = 60_000;
        int count = special.length + 2 * 256 * mantissas + dense;
        float[] all = new float[(count + WIDTH - 1) / WIDTH * WIDTH];
        System.arraycopy(special, 0, all, 0, special.length);
        int at = special.length;
        for (int exponent = 0; exponent < 512; exponent++) {
            for (int i = 0; i < mantissas; i++) {
                int mantissa = i == 0 ? 0 : i == 1 ? 0x7fffff : random.nextInt(1 << 23);
                all[at++] = Float.intBitsToFloat(exponent << 23 | mantissa);
            }
        }
        for (int i = 0; i < dense; i++) {
            all[at++] = (float) (random.nextDouble() * 220 - 110);
        }
        return all;
    }

    @Test
    void expIsWithinTwoUnitsOfTheLastPlace() {
        accurate("exp(x)", StrictMath::exp, 2);
    }

    @Test
    void logIsWithinTwoUnitsOfTheLastPlace() {
        accurate("log(x)", StrictMath::log, 2);
    }

    @Test
    void sigmoidIsWithinFourUnitsOfTheLastPlace() {
        accurate("sigmoid(x)", FunctionAccuracyTest::sigmoid, 4);
    }

    @Test
    void tanhIsWithinFourUnitsOfTheLastPlace() {
        accurate("tanh(x)", StrictMath::tanh, 4);
    }

    @Test
    void erfIsWithinFourUnitsOfTheLastPlace() {
        accurate("erf(x)", Erf::erf, 4);
    }

    @Test
    void expm1IsWithinFourUnitsOfTheLastPlace() {
        accurate("expm1(x)", StrictMath::expm1, 4);
    }

    @Test
    void log1pIsWithinTwoUnitsOfTheLastPlace() {
        accurate("log1p(x)", StrictMath::log1p, 2);
    }

    @Test
    void powersAreWithinTwoUnitsOfTheLastPlace() {
        for (String exponent : List.of("0.25", "1.5", "7.7", "33")) {
            double power = Double.parseDouble(exponent);
            accurate("x^" + exponent, x -> Power.power(x, (float) power), 2);
            accurate("x^-" + exponent, x -> Power.power(x, (float) -power), 2);
            accurate(exponent + "^x", x -> Power.power((float) power, x), 2);
            accurate(
                    "x^(x*0 + " + exponent + ")",
                    x -> Float.isFinite((float) x) ? Power.power(x, (float) power) : Double.NaN,
                    2);
        }
        accurate("x^x", x -> Power.power(x, x), 2);
        accurate("x^(0 - x)", x -> Power.power(x, -x), 2);
    }

    @Test
    void wholePowersAreProducts() {
        accurate("x^2", x -> x * x, 0.5);
        accurate("x^3", x -> x * x * x, 1.5);
        accurate("x^-1", x -> 1 / x, 0.5);
        accurate("x^-2", x -> 1 / (x * x), 2);
        accurate("x^16", x -> Power.power(x, 16), 12);
    }

    @Test
    void oddFunctionsOfZeroKeepItsSign() {
        for (String f : List.of("tanh(x)", "erf(x)", "expm1(x)", "log1p(x)", "x^3", "x^(x*0 + 3)")) {
            float[] y = run(f, 1);
            for (int i = 0; i < 2; i++) {
                assertThat(Float.floatToIntBits(y[i]))
                        .as("%s of %s", f, NUMBERS[i])
                        .isEqualTo(Float.floatToIntBits(NUMBERS[i]));
            }
        }
    }

    private static double sigmoid(double x) {
        return x >= 0 ? 1 / (1 + StrictMath.exp(-x)) : StrictMath.exp(x) / (1 + StrictMath.exp(x));
    }

    private static void accurate(String expression, DoubleUnaryOperator exact, double limit) {
        float[] scalar = run(expression, 1);
        IntStream.of(4, 8, 16).filter(lanes -> lanes <= Lanes.count()).forEach(lanes -> {
            float[] vector = run(expression, lanes);
            for (int i = 0; i < NUMBERS.length; i++) {
                assertThat(Float.floatToIntBits(vector[i]))
                        .as(
                                "%s of %s with %d lanes: %s, without %s",
                                expression, NUMBERS[i], lanes, vector[i], scalar[i])
                        .isEqualTo(Float.floatToIntBits(scalar[i]));
            }
        });
        double worst = 0;
        float at = 0;
        for (int i = 0; i < NUMBERS.length; i++) {
            double expected = exact.applyAsDouble(NUMBERS[i]);
            float rounded = (float) expected;
            if (!Float.isFinite(rounded) || !Float.isFinite(scalar[i])) {
                assertThat(Float.compare(scalar[i], rounded))
                        .as("%s of %s: %s for %s", expression, NUMBERS[i], scalar[i], rounded)
                        .isZero();
                continue;
            }
            double error = Math.abs(scalar[i] - expected) / Math.ulp(rounded);
            if (error > worst) {
                worst = error;
                at = NUMBERS[i];
            }
        }
        assertThat(worst).as("error of %s in ulp, worst at %s", expression, at).isLessThanOrEqualTo(limit);
    }

    private static float[] run(String expression, int lanes) {
        String text = "model M { input x : real[%d] sequence  output y = %s }".formatted(WIDTH, expression);
        Model model = FrontEnd.check(new SourceText("m.rnn", text)).model().orElseThrow();
        int rows = NUMBERS.length / WIDTH;
        var compiled = Compiler.load(
                model, CompileOptions.of(ProgramKind.SEQUENCE).sized(1, rows).lanes(lanes));
        float[] y = new float[NUMBERS.length];
        try (Program program = compiled.newProgram(ProgramKind.SEQUENCE, new Parameters(model.spec()))) {
            for (int i = 0; i < NUMBERS.length; i++) {
                program.segment("x").setAtIndex(ValueLayout.JAVA_FLOAT, i, NUMBERS[i]);
            }
            program.run(1);
            for (int i = 0; i < NUMBERS.length; i++) {
                y[i] = program.segment("y").getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
        }
        return y;
    }
}
