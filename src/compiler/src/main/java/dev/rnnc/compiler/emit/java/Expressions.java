package dev.rnnc.compiler.emit.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import dev.rnnc.compiler.emit.Vocabulary;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Expression.BinaryOperator;
import dev.rnnc.compiler.loop.Expression.Comparison;
import dev.rnnc.compiler.loop.Expression.UnaryOperator;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.runtime.math.Bfloat16;
import dev.rnnc.runtime.math.Power;
import dev.rnnc.runtime.spec.Precision;
import java.util.ArrayList;
import java.util.List;

/** Java expressions for the loop IR's. Vector code stands inline: a vector that crosses a call is boxed. */
final class Expressions {
    private static final ClassName MASK = ClassName.get("dev.rnnc.runtime.random", "RandomMask");
    private static final ClassName ERF = ClassName.get("dev.rnnc.runtime.math", "Erf");

    private static final String ONE = "0x" + Integer.toHexString(Vocabulary.ONE);
    private static final String UPPER_HALF = "0x" + Integer.toHexString(Vocabulary.UPPER_HALF);
    private static final String LEAST_MANTISSA = "0x" + Integer.toHexString(Vocabulary.LEAST_MANTISSA);

    private final Types types;

    Expressions(Types types) {
        this.types = types;
    }

    CodeBlock emit(Expression e) {
        return switch (e) {
            case Expression.Read read -> CodeBlock.of("$L", read.local().name());
            case Expression.Load load ->
                types.isVector(load.shape())
                        ? CodeBlock.of(
                                "$T.fromMemorySegment(LANES,$W$L,$W$L,$WORDER)",
                                types.vector(),
                                load.segment(),
                                bytes(load.at(), types.precision().bytes()))
                        : CodeBlock.of(
                                "$L.get(REAL, $L)",
                                load.segment(),
                                bytes(load.at(), types.precision().bytes()));
            case Expression.LoadToken load ->
                CodeBlock.of("$L.get(TOKEN, $L)", load.segment(), bytes(load.at(), Integer.BYTES));
            case Expression.Constant c when c.shape() == Shape.TOKEN -> CodeBlock.of("$L", (int) c.value());
            case Expression.Constant c ->
                types.isVector(c.shape())
                        ? CodeBlock.of("$T.broadcast(LANES, $L)", types.vector(), number(c.value()))
                        : CodeBlock.of("$L", number(c.value()));
            case Expression.Broadcast b ->
                types.isVectorised()
                        ? CodeBlock.of("$T.broadcast(LANES, $L)", types.vector(), emit(b.scalar()))
                        : emit(b.scalar());
            case Expression.OfIndex i -> CodeBlock.of("($T) ($L)", types.real(), integer(i.index()));
            case Expression.OfToken t -> CodeBlock.of("($T) $L", types.real(), emit(t.token()));
            case Expression.LaneNumbers n ->
                types.isVectorised()
                        ? CodeBlock.of(
                                "$T.broadcast(LANES, ($T) ($L)).addIndex(1)",
                                types.vector(),
                                types.real(),
                                integer(n.from()))
                        : CodeBlock.of("($T) ($L)", types.real(), integer(n.from()));
            case Expression.Exchange exchange ->
                CodeBlock.of("$L$Z.rearrange($L)", receiver(exchange.vector()), Vocabulary.exchange(exchange.by()));
            case Expression.FirstLane first ->
                types.isVectorised() ? CodeBlock.of("$L$Z.lane(0)", receiver(first.vector())) : emit(first.vector());
            case Expression.Unary u -> unary(u);
            case Expression.Binary b ->
                types.isVector(b.shape())
                        ? CodeBlock.of(
                                "$L$Z.$L($L)", receiver(b.left()), Vocabulary.method(b.operator()), argument(b.right()))
                        : scalar(b);
            case Expression.Pair p -> CodeBlock.of("$T.pair($L,$W$L)", Bfloat16.class, emit(p.low()), emit(p.high()));
            case Expression.MultiplyAdd m -> multiplyAdd(m);
            case Expression.Select s -> select(s);
            case Expression.MaskValue m ->
                CodeBlock.of(
                        "$T.$L($L, $L, $L, $L)",
                        MASK,
                        Vocabulary.maskValue(types.precision()),
                        m.seed(),
                        m.stream(),
                        bytes(m.element(), 1),
                        m.keep());
        };
    }

    private CodeBlock multiplyAdd(Expression.MultiplyAdd m) {
        if (!types.isVector(m.shape())) {
            return CodeBlock.of("$T.fma($L,$W$L,$W$L)", Math.class, emit(m.a()), emit(m.b()), emit(m.c()));
        }
        return m.a() instanceof Expression.Constant
                ? CodeBlock.of("$L$Z.fma($L,$W$L)", receiver(m.b()), emit(m.a()), emit(m.c()))
                : CodeBlock.of("$L$Z.fma($L,$W$L)", receiver(m.a()), emit(m.b()), emit(m.c()));
    }

    private CodeBlock select(Expression.Select s) {
        if (types.isVector(s.shape())) {
            return CodeBlock.of(
                    "$L$Z.blend($L,$W$L.compare($T.$L,$W$L))",
                    receiver(s.otherwise()),
                    argument(s.then()),
                    receiver(s.left()),
                    Types.OPERATORS,
                    Vocabulary.constant(s.comparison()),
                    argument(s.right()));
        }
        return CodeBlock.of(
                "($L $L $L$W? $L$W: $L)",
                emit(s.left()),
                symbol(s.comparison()),
                emit(s.right()),
                emit(s.then()),
                emit(s.otherwise()));
    }

    private CodeBlock unary(Expression.Unary u) {
        CodeBlock x = types.isVector(u.shape()) ? receiver(u.operand()) : emit(u.operand());
        return types.isVector(u.shape()) ? vectorUnary(u.operator(), x) : scalarUnary(u.operator(), x);
    }

    private CodeBlock vectorUnary(UnaryOperator operator, CodeBlock x) {
        return switch (operator) {
            case NEGATE -> CodeBlock.of("$L.neg()", x);
            case ABSOLUTE -> CodeBlock.of("$L.abs()", x);
            case SQUARE_ROOT -> CodeBlock.of("$L.sqrt()", x);
            case POWER_OF_TWO ->
                CodeBlock.of(
                        "$L$Z.reinterpretAsInts()$Z.lanewise($T.LSHL, $L)$Z.add($L)$Z.reinterpretAsFloats()",
                        x,
                        Types.OPERATORS,
                        Vocabulary.MANTISSA_BITS,
                        ONE);
            case LOWER_HALF ->
                CodeBlock.of(
                        "$L$Z.reinterpretAsInts()$Z.lanewise($T.LSHL, $L)$Z.reinterpretAsFloats()",
                        x,
                        Types.OPERATORS,
                        Vocabulary.HALF_BITS);
            case UPPER_HALF ->
                CodeBlock.of("$L$Z.reinterpretAsInts()$Z.and($L)$Z.reinterpretAsFloats()", x, UPPER_HALF);
            case EXPONENT ->
                CodeBlock.of(
                        "$1L$Z.reinterpretAsInts()$Z.sub($3L)$Z.lanewise($2T.ASHR, $4L)$Z.convert($2T.I2F, 0)$Z.reinterpretAsFloats()",
                        x,
                        Types.OPERATORS,
                        LEAST_MANTISSA,
                        Vocabulary.MANTISSA_BITS);
            case MANTISSA ->
                CodeBlock.of(
                        "$1L.reinterpretAsInts()$Z.sub($1L.reinterpretAsInts()$Z.sub($3L)$Z.lanewise($2T.ASHR, $4L)"
                                + "$Z.lanewise($2T.LSHL, $4L))$Z.reinterpretAsFloats()",
                        x,
                        Types.OPERATORS,
                        LEAST_MANTISSA,
                        Vocabulary.MANTISSA_BITS);
            case STRICT_EXP, STRICT_LOG, STRICT_TANH, STRICT_ERF, STRICT_EXPM1, STRICT_LOG1P ->
                throw new IllegalStateException(operator + " has no vector form");
        };
    }

    private CodeBlock scalarUnary(UnaryOperator operator, CodeBlock x) {
        return switch (operator) {
            case NEGATE -> CodeBlock.of("-($L)", x);
            case ABSOLUTE -> CodeBlock.of("$T.abs($L)", Math.class, x);
            case SQUARE_ROOT ->
                types.precision() == Precision.FLOAT
                        ? CodeBlock.of("(float) $T.sqrt($L)", Math.class, x)
                        : CodeBlock.of("$T.sqrt($L)", Math.class, x);
            case POWER_OF_TWO -> ofBits("($L << $L) + $L", bits(x), Vocabulary.MANTISSA_BITS, ONE);
            case LOWER_HALF -> ofBits("$L << $L", bits(x), Vocabulary.HALF_BITS);
            case UPPER_HALF -> ofBits("$L & $L", bits(x), UPPER_HALF);
            case EXPONENT ->
                CodeBlock.of("(float) (($L - $L) >> $L)", bits(x), LEAST_MANTISSA, Vocabulary.MANTISSA_BITS);
            case MANTISSA ->
                ofBits("$1L$W- ((($1L - $2L)$W>> $3L) << $3L)", bits(x), LEAST_MANTISSA, Vocabulary.MANTISSA_BITS);
            case STRICT_EXP -> CodeBlock.of("$T.exp($L)", StrictMath.class, x);
            case STRICT_LOG -> CodeBlock.of("$T.log($L)", StrictMath.class, x);
            case STRICT_TANH -> CodeBlock.of("$T.tanh($L)", StrictMath.class, x);
            case STRICT_ERF -> CodeBlock.of("$T.erf($L)", ERF, x);
            case STRICT_EXPM1 -> CodeBlock.of("$T.expm1($L)", StrictMath.class, x);
            case STRICT_LOG1P -> CodeBlock.of("$T.log1p($L)", StrictMath.class, x);
        };
    }

    private CodeBlock scalar(Expression.Binary b) {
        CodeBlock left = emit(b.left());
        CodeBlock right = emit(b.right());
        return switch (b.operator()) {
            case ADD -> CodeBlock.of("($L +$W$L)", left, right);
            case SUBTRACT -> CodeBlock.of("($L -$W$L)", left, right);
            case MULTIPLY -> CodeBlock.of(isProduct(b.right()) ? "$L * ($L)" : "$L * $L", left, right);
            case DIVIDE -> CodeBlock.of("$L / ($L)", left, right);
            case MINIMUM -> CodeBlock.of("$T.min($L,$W$L)", Math.class, left, right);
            case MAXIMUM -> CodeBlock.of("$T.max($L,$W$L)", Math.class, left, right);
            case STRICT_POWER -> CodeBlock.of("$T.power($L,$W$L)", Power.class, left, right);
        };
    }

    /** Whether plain Java would group {@code e} otherwise when it stands right of a product sign. */
    private static boolean isProduct(Expression e) {
        return e instanceof Expression.Binary b
                && (b.operator() == BinaryOperator.MULTIPLY || b.operator() == BinaryOperator.DIVIDE);
    }

    private static CodeBlock bits(CodeBlock x) {
        return CodeBlock.of("$T.floatToRawIntBits($L)", Float.class, x);
    }

    private static CodeBlock ofBits(String format, Object... arguments) {
        return CodeBlock.of("$T.intBitsToFloat($L)", Float.class, CodeBlock.of(format, arguments));
    }

    /** An expression that a method can be called on. */
    private CodeBlock receiver(Expression e) {
        return emit(e);
    }

    /** An operand of a vector method: a number may stay a number. */
    private CodeBlock argument(Expression e) {
        return e instanceof Expression.Constant c ? number(c.value()) : emit(e);
    }

    private CodeBlock number(double value) {
        if (types.precision() == Precision.DOUBLE) {
            return special(value, Double.class, String.valueOf(value));
        }
        float f = (float) value;
        return special(f, Float.class, f + "f");
    }

    private static CodeBlock special(double value, Class<?> box, String text) {
        if (Double.isNaN(value)) {
            return CodeBlock.of("$T.NaN", box);
        }
        return Double.isInfinite(value)
                ? CodeBlock.of("$T.$L", box, value > 0 ? "POSITIVE_INFINITY" : "NEGATIVE_INFINITY")
                : CodeBlock.of("$L", text);
    }

    /** The index in bytes, as a long: each term widened alone, so that no sum overflows and displacements stay constant. */
    static CodeBlock bytes(Index index, int size) {
        List<CodeBlock> terms = new ArrayList<>();
        for (Index.Term term : index.terms()) {
            long factor = (long) term.factor() * size;
            // Two variables in a row would be added as ints.
            boolean widened = index.terms().size() > 1 && terms.isEmpty();
            terms.add(
                    factor == 1
                            ? CodeBlock.of(widened ? "(long) $L" : "$L", term.variable())
                            : CodeBlock.of("$LL * $L", factor, term.variable()));
        }
        if (index.constant() != 0 || terms.isEmpty()) {
            terms.add(CodeBlock.of("$LL", (long) index.constant() * size));
        }
        return CodeBlock.join(terms, " + ");
    }

    /** The index as an int. */
    static CodeBlock integer(Index index) {
        CodeBlock.Builder sum = CodeBlock.builder();
        index.terms().stream().filter(term -> term.factor() > 0).forEach(term -> add(sum, term));
        index.terms().stream().filter(term -> term.factor() < 0).forEach(term -> add(sum, term));
        if (index.constant() != 0 || sum.isEmpty()) {
            sum.add(sum.isEmpty() ? "$L" : " + $L", index.constant());
        }
        return sum.build();
    }

    /** Adds a term, those with a factor below zero by subtraction unless they come first. */
    private static void add(CodeBlock.Builder sum, Index.Term term) {
        boolean subtracted = term.factor() < 0 && !sum.isEmpty();
        int factor = subtracted ? -term.factor() : term.factor();
        sum.add(sum.isEmpty() ? "" : subtracted ? " - " : " + ");
        sum.add("$L", factor == 1 ? term.variable() : factor + " * " + term.variable());
    }

    private static String symbol(Comparison comparison) {
        return switch (comparison) {
            case LESS -> "<";
            case LESS_EQUAL -> "<=";
            case EQUAL -> "==";
        };
    }
}
