package dev.rnnc.compiler.syntax;

import dev.rnnc.compiler.diag.Span;
import java.util.List;
import java.util.Optional;

/** An expression as written. Nodes are told apart by identity where the place matters. */
public sealed interface Expression {
    /** Where it stands. */
    Span span();

    /** A number; {@code text} as written. */
    record Number(Span span, double value, String text) implements Expression {}

    /** A name, or a name with a prime: this step's value of a state. */
    record Name(Span span, String identifier, boolean primed) implements Expression {}

    /** {@code operand.name}: another state of a cell. */
    record Field(Span span, Expression operand, String name) implements Expression {}

    /** {@code function(arguments)}. */
    record Call(Span span, String function, Span functionSpan, List<Argument> arguments) implements Expression {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /** {@code {key: value}}, only as a named argument. */
    record Mapping(Span span, List<Entry> entries) implements Expression {
        public Mapping {
            entries = List.copyOf(entries);
        }
    }

    /** {@code -operand}. */
    record Negation(Span span, Expression operand) implements Expression {}

    /** {@code left operator right}. */
    record Binary(Span span, Operator operator, Expression left, Expression right) implements Expression {}

    /** {@code operand[index]}. */
    record Index(Span span, Expression operand, Expression index) implements Expression {}

    /** {@code operand[from:to]}; missing ends are the operand's. */
    record Slice(Span span, Expression operand, Optional<Expression> from, Optional<Expression> to)
            implements Expression {}

    /** {@code [1, 2, 0.5]}: a vector of constants. */
    record Vector(Span span, List<Expression> elements) implements Expression {
        public Vector {
            elements = List.copyOf(elements);
        }
    }

    /** Stands where a syntax error was reported; silences what would follow from it. */
    record Missing(Span span) implements Expression {}

    /** An argument, positional or named. */
    record Argument(Optional<String> name, Span span, Expression value) {}

    /** One entry of a mapping. */
    record Entry(String key, Span keySpan, Expression value) {}

    /** Binary operators; those of a higher level bind more tightly. */
    enum Operator {
        LESS("<", 0),
        LESS_EQUAL("<=", 0),
        GREATER(">", 0),
        GREATER_EQUAL(">=", 0),
        EQUAL("==", 0),
        NOT_EQUAL("!=", 0),
        ADD("+", 1),
        SUBTRACT("-", 1),
        MULTIPLY("*", 2),
        DIVIDE("/", 2),
        PRODUCT("@", 2),
        POWER("^", 4);

        private final String symbol;
        private final int level;

        Operator(String symbol, int level) {
            this.symbol = symbol;
            this.level = level;
        }

        /** As written. */
        public String symbol() {
            return symbol;
        }

        /** How tightly it binds; negation is level 3. */
        public int level() {
            return level;
        }

        /** The operator written so. */
        public static Operator of(String symbol) {
            for (Operator operator : values()) {
                if (operator.symbol.equals(symbol)) {
                    return operator;
                }
            }
            throw new IllegalArgumentException(symbol);
        }
    }
}
