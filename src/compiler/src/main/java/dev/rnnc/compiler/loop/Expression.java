package dev.rnnc.compiler.loop;

import java.util.List;

/** A value computed in a kernel. Vector and scalar expressions are the same but for {@link #shape}. */
public sealed interface Expression {
    /** What it yields. */
    Shape shape();

    /** The expressions this one is made of. */
    default List<Expression> operands() {
        return switch (this) {
            case Read _, Load _, LoadToken _, Constant _, OfIndex _, LaneNumbers _, MaskValue _ -> List.of();
            case Broadcast broadcast -> List.of(broadcast.scalar());
            case OfToken token -> List.of(token.token());
            case Exchange exchange -> List.of(exchange.vector());
            case FirstLane first -> List.of(first.vector());
            case Unary unary -> List.of(unary.operand());
            case Binary binary -> List.of(binary.left(), binary.right());
            case Pair pair -> List.of(pair.low(), pair.high());
            case MultiplyAdd m -> List.of(m.a(), m.b(), m.c());
            case Select s -> List.of(s.left(), s.right(), s.then(), s.otherwise());
        };
    }

    /** A variable. */
    record Read(Local local) implements Expression {
        @Override
        public Shape shape() {
            return local.shape();
        }
    }

    /** Real numbers from element {@code at} of a segment parameter on. */
    record Load(String segment, Index at, Shape shape) implements Expression {}

    /** A token from a segment parameter. */
    record LoadToken(String segment, Index at) implements Expression {
        @Override
        public Shape shape() {
            return Shape.TOKEN;
        }
    }

    /** A number, or a token. */
    record Constant(double value, Shape shape) implements Expression {}

    /** A scalar in every lane. */
    record Broadcast(Expression scalar) implements Expression {
        @Override
        public Shape shape() {
            return Shape.VECTOR;
        }
    }

    /** An integer as a real number. */
    record OfIndex(Index index) implements Expression {
        @Override
        public Shape shape() {
            return Shape.SCALAR;
        }
    }

    /** A token as a real number. */
    record OfToken(Expression token) implements Expression {
        @Override
        public Shape shape() {
            return Shape.SCALAR;
        }
    }

    /** {@code from + 0, from + 1, ...} over the lanes, as real numbers. */
    record LaneNumbers(Index from) implements Expression {
        @Override
        public Shape shape() {
            return Shape.VECTOR;
        }
    }

    /** A vector whose lane {@code i} holds what lane {@code i ^ by} of another holds; {@code by} is less than the lanes. */
    record Exchange(Expression vector, int by) implements Expression {
        @Override
        public Shape shape() {
            return Shape.VECTOR;
        }
    }

    /** The first lane of a vector. */
    record FirstLane(Expression vector) implements Expression {
        @Override
        public Shape shape() {
            return Shape.SCALAR;
        }
    }

    /** One operand. */
    record Unary(UnaryOperator operator, Expression operand) implements Expression {
        @Override
        public Shape shape() {
            return operand.shape();
        }
    }

    /** Two operands of one shape. */
    record Binary(BinaryOperator operator, Expression left, Expression right) implements Expression {
        @Override
        public Shape shape() {
            return left.shape();
        }
    }

    /** {@code a * b + c}, rounded once. */
    record MultiplyAdd(Expression a, Expression b, Expression c) implements Expression {
        @Override
        public Shape shape() {
            return a.shape();
        }
    }

    /** Two scalars, each rounded to bfloat16, in the bits of one: see {@code dev.rnnc.runtime.math.Bfloat16}. Float only. */
    record Pair(Expression low, Expression high) implements Expression {
        @Override
        public Shape shape() {
            return Shape.SCALAR;
        }
    }

    /** {@code left OP right ? then : otherwise}, lane by lane. */
    record Select(Comparison comparison, Expression left, Expression right, Expression then, Expression otherwise)
            implements Expression {
        @Override
        public Shape shape() {
            return left.shape();
        }
    }

    /** The value of a dropout mask at one element: see {@code dev.rnnc.runtime.random.RandomMask}. Scalar. */
    record MaskValue(String seed, int stream, Index element, double keep) implements Expression {
        @Override
        public Shape shape() {
            return Shape.SCALAR;
        }
    }

    /** Operators with one operand. */
    enum UnaryOperator {
        NEGATE,
        ABSOLUTE,
        SQUARE_ROOT,
        /**
         * For {@code 1.5 * 2^23 + n} with a whole {@code n}: the number {@code 2^n}, made by shifting the bits of {@code n}
         * into the exponent. Float only.
         */
        POWER_OF_TWO,
        /** The first number of a {@link Pair}. Float only. */
        LOWER_HALF,
        /** The second number of a {@link Pair}. Float only. */
        UPPER_HALF,
        /** The exponent {@code e} of {@code m * 2^e} with {@code m} in [sqrt(1/2), sqrt(2)). Float only. */
        EXPONENT,
        /** The mantissa {@code m} of the same. Float only. */
        MANTISSA,
        /** {@code StrictMath.exp}; double scalars only. */
        STRICT_EXP,
        /** {@code StrictMath.log}; double scalars only. */
        STRICT_LOG,
        /** {@code StrictMath.tanh}; double scalars only. */
        STRICT_TANH,
        /** The runtime's {@code Erf}; double scalars only. */
        STRICT_ERF,
        /** {@code StrictMath.expm1}; double scalars only. */
        STRICT_EXPM1,
        /** {@code StrictMath.log1p}; double scalars only. */
        STRICT_LOG1P
    }

    /** Operators with two operands. */
    enum BinaryOperator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        MINIMUM,
        MAXIMUM,
        /** The runtime's {@code Power}; double scalars only. */
        STRICT_POWER
    }

    /** Comparisons; all are false on a NaN. */
    enum Comparison {
        LESS,
        LESS_EQUAL,
        EQUAL
    }
}
