package dev.rnnc.compiler.emit.bytecode;

import static dev.rnnc.compiler.emit.bytecode.LaneTypes.INTEGERS;
import static dev.rnnc.compiler.emit.bytecode.LaneTypes.MATH;
import static dev.rnnc.compiler.emit.bytecode.LaneTypes.signature;

import dev.rnnc.compiler.emit.Vocabulary;
import dev.rnnc.compiler.loop.Expression.UnaryOperator;
import dev.rnnc.runtime.math.Erf;
import dev.rnnc.runtime.spec.Precision;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/** Applies operators with one operand to what lies on the stack. */
final class Functions {
    private static final Type FLOAT = Type.getType(Float.class);
    private static final Type STRICT = Type.getType(StrictMath.class);

    private final LaneTypes types;
    private final GeneratorAdapter code;

    Functions(LaneTypes types, GeneratorAdapter code) {
        this.types = types;
        this.code = code;
    }

    void apply(UnaryOperator operator, boolean vector) {
        if (vector) {
            vector(operator);
        } else {
            scalar(operator);
        }
    }

    private void vector(UnaryOperator operator) {
        switch (operator) {
            case NEGATE -> code.invokeVirtual(types.vector(), types.vectorMethod("neg", 0));
            case ABSOLUTE -> code.invokeVirtual(types.vector(), types.vectorMethod("abs", 0));
            case SQUARE_ROOT -> code.invokeVirtual(types.vector(), types.vectorMethod("sqrt", 0));
            case POWER_OF_TWO -> {
                bits();
                shift("LSHL", Vocabulary.MANTISSA_BITS);
                integers("add", Vocabulary.ONE);
                reals(INTEGERS);
            }
            case LOWER_HALF -> {
                bits();
                shift("LSHL", Vocabulary.HALF_BITS);
                reals(INTEGERS);
            }
            case UPPER_HALF -> {
                bits();
                integers("and", Vocabulary.UPPER_HALF);
                reals(INTEGERS);
            }
            case EXPONENT -> {
                bits();
                integers("sub", Vocabulary.LEAST_MANTISSA);
                shift("ASHR", Vocabulary.MANTISSA_BITS);
                Type conversion = LaneTypes.vectorApi("VectorOperators$Conversion");
                code.getStatic(LaneTypes.OPERATORS, "I2F", conversion);
                code.push(0);
                code.invokeVirtual(INTEGERS, signature("convert", LaneTypes.VECTOR, conversion, Type.INT_TYPE));
                reals(LaneTypes.VECTOR);
            }
            case MANTISSA -> {
                bits();
                code.dup();
                integers("sub", Vocabulary.LEAST_MANTISSA);
                shift("ASHR", Vocabulary.MANTISSA_BITS);
                shift("LSHL", Vocabulary.MANTISSA_BITS);
                code.invokeVirtual(INTEGERS, signature("sub", INTEGERS, LaneTypes.VECTOR));
                reals(INTEGERS);
            }
            case STRICT_EXP, STRICT_LOG, STRICT_TANH, STRICT_ERF, STRICT_EXPM1, STRICT_LOG1P ->
                throw new IllegalStateException(operator + " has no vector form");
        }
    }

    private void bits() {
        code.invokeVirtual(types.vector(), signature("reinterpretAsInts", INTEGERS));
    }

    private void reals(Type owner) {
        code.invokeVirtual(owner, signature("reinterpretAsFloats", LaneTypes.FLOATS));
    }

    private void shift(String operator, int bits) {
        Type binary = LaneTypes.vectorApi("VectorOperators$Binary");
        code.getStatic(LaneTypes.OPERATORS, operator, binary);
        code.push(bits);
        code.invokeVirtual(INTEGERS, signature("lanewise", INTEGERS, binary, Type.INT_TYPE));
    }

    private void integers(String name, int operand) {
        code.push(operand);
        code.invokeVirtual(INTEGERS, signature(name, INTEGERS, Type.INT_TYPE));
    }

    private void scalar(UnaryOperator operator) {
        switch (operator) {
            case NEGATE -> code.math(GeneratorAdapter.NEG, types.real());
            case ABSOLUTE -> code.invokeStatic(MATH, signature("abs", types.real(), types.real()));
            case SQUARE_ROOT -> {
                boolean single = types.precision() == Precision.FLOAT;
                if (single) {
                    code.cast(Type.FLOAT_TYPE, Type.DOUBLE_TYPE);
                }
                code.invokeStatic(MATH, signature("sqrt", Type.DOUBLE_TYPE, Type.DOUBLE_TYPE));
                if (single) {
                    code.cast(Type.DOUBLE_TYPE, Type.FLOAT_TYPE);
                }
            }
            case POWER_OF_TWO -> {
                scalarBits();
                integer(GeneratorAdapter.SHL, Vocabulary.MANTISSA_BITS);
                integer(GeneratorAdapter.ADD, Vocabulary.ONE);
                scalarReal();
            }
            case LOWER_HALF -> {
                scalarBits();
                integer(GeneratorAdapter.SHL, Vocabulary.HALF_BITS);
                scalarReal();
            }
            case UPPER_HALF -> {
                scalarBits();
                integer(GeneratorAdapter.AND, Vocabulary.UPPER_HALF);
                scalarReal();
            }
            case EXPONENT -> {
                scalarBits();
                integer(GeneratorAdapter.SUB, Vocabulary.LEAST_MANTISSA);
                integer(GeneratorAdapter.SHR, Vocabulary.MANTISSA_BITS);
                code.cast(Type.INT_TYPE, Type.FLOAT_TYPE);
            }
            case MANTISSA -> {
                scalarBits();
                code.dup();
                integer(GeneratorAdapter.SUB, Vocabulary.LEAST_MANTISSA);
                integer(GeneratorAdapter.SHR, Vocabulary.MANTISSA_BITS);
                integer(GeneratorAdapter.SHL, Vocabulary.MANTISSA_BITS);
                code.math(GeneratorAdapter.SUB, Type.INT_TYPE);
                scalarReal();
            }
            case STRICT_EXP -> strict(STRICT, "exp");
            case STRICT_LOG -> strict(STRICT, "log");
            case STRICT_TANH -> strict(STRICT, "tanh");
            case STRICT_ERF -> strict(Type.getType(Erf.class), "erf");
            case STRICT_EXPM1 -> strict(STRICT, "expm1");
            case STRICT_LOG1P -> strict(STRICT, "log1p");
        }
    }

    private void strict(Type owner, String name) {
        code.invokeStatic(owner, signature(name, Type.DOUBLE_TYPE, Type.DOUBLE_TYPE));
    }

    private void scalarBits() {
        code.invokeStatic(FLOAT, signature("floatToRawIntBits", Type.INT_TYPE, Type.FLOAT_TYPE));
    }

    private void scalarReal() {
        code.invokeStatic(FLOAT, signature("intBitsToFloat", Type.FLOAT_TYPE, Type.INT_TYPE));
    }

    private void integer(int operator, int operand) {
        code.push(operand);
        code.math(operator, Type.INT_TYPE);
    }
}
