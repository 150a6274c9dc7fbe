package dev.rnnc.compiler.model;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;

/** A resolved, typed expression. A value that is used more than once stands behind a {@link Variable}. */
public sealed interface Term {
    /** Its type. Within a recurrence only what is made of a {@link WholeInput} has {@link Rows#SEQUENCE}. */
    TermType type();

    // ---- leaves

    /** A number. */
    record Number(double value) implements Term {
        @Override
        public TermType type() {
            return TermType.real(Rows.NONE, List.of());
        }
    }

    /** A vector of numbers. */
    record Vector(List<Double> values) implements Term {
        public Vector {
            values = List.copyOf(values);
        }

        @Override
        public TermType type() {
            return TermType.real(Rows.NONE, List.of(values.size()));
        }
    }

    /** A declared input or target. */
    record Input(String name, TermType type) implements Term {}

    /** A trainable parameter, {@code LAYER.PARAM}. */
    record Parameter(String name, TermType type) implements Term {}

    /** The value of a variable. */
    record Use(Variable variable) implements Term {
        @Override
        public TermType type() {
            return variable.term().type();
        }
    }

    /** Within a recurrence: its {@code index}-th input at this step. */
    record StepInput(int index, String name, TermType type) implements Term {}

    /** Within a recurrence: all steps of its {@code index}-th input, the same at each step. */
    record WholeInput(int index, String name, TermType type) implements Term {}

    /** Within a recurrence: the value of its {@code index}-th state before this step. */
    record StateBefore(int index, String name, TermType type) implements Term {}

    // ---- within rows

    /** An element-wise function; scalars are repeated. */
    record Apply(Primitive primitive, List<Term> operands, TermType type) implements Term {
        public Apply {
            operands = List.copyOf(operands);
        }
    }

    /** {@code base ^ exponent} with a constant exponent. */
    record Power(Term base, double exponent) implements Term {
        @Override
        public TermType type() {
            return base.type();
        }
    }

    /** {@code matrix @ vector}. */
    record Product(Term matrix, Term vector, TermType type) implements Term {}

    /** {@code table[token]}: the row of a matrix that a token names. */
    record Row(Term table, Term token, TermType type) implements Term {}

    /** {@code vector[token]}: the element of each row that a token names. */
    record Pick(Term vector, Term token, TermType type) implements Term {}

    /** A vector with a 1 at the token's place. */
    record OneHot(Term token) implements Term {
        @Override
        public TermType type() {
            return TermType.real(token.type().rows(), List.of(token.type().vocabulary()));
        }
    }

    /** Features {@code from} to {@code from + size}; of a matrix, rows. */
    record Slice(Term operand, int from, int size, TermType type) implements Term {}

    /** Features {@code index} alone, as a scalar. */
    record Component(Term operand, int index) implements Term {
        @Override
        public TermType type() {
            return TermType.real(operand.type().rows(), List.of());
        }
    }

    /** Operands one behind the other. */
    record Concat(List<Term> operands, TermType type) implements Term {
        public Concat {
            operands = List.copyOf(operands);
        }
    }

    /**
     * Each element 0 with probability {@code rate}, else divided by {@code 1 - rate}; in training only.
     *
     * @param constant whether one draw holds for all steps of a run
     */
    record Dropout(Term operand, double rate, int stream, boolean constant) implements Term {
        @Override
        public TermType type() {
            return operand.type();
        }
    }

    /**
     * An input or target one step earlier: at step 0 the start, a token or a number. When generating, what the caller
     * gives as the step before.
     */
    record Previous(Input of, double start) implements Term {
        @Override
        public TermType type() {
            return of.type();
        }
    }

    /**
     * For each query the mean of {@code values} over the valid steps, weighted by the softmax of the queries' dot products
     * with {@code keys}.
     */
    record Attention(Term query, Term keys, Term values) implements Term {
        @Override
        public TermType type() {
            return TermType.real(query.type().rows(), values.type().shape());
        }
    }

    /** The mean of {@code values} over the valid steps, weighted by the softmax of {@code scores}, one for each step. */
    record Attend(Term scores, Term values) implements Term {
        @Override
        public TermType type() {
            return values.type().withRows(Rows.BATCH);
        }
    }

    /** The results of a bidirectional layer's two directions, one behind the other. */
    record Directions(Term forward, Term backward) implements Term {
        @Override
        public TermType type() {
            TermType of = forward.type();
            int size = of.shape().getFirst() + backward.type().shape().getFirst();
            return TermType.real(of.rows(), List.of(size));
        }
    }

    // ---- folds

    /** Folds along {@code axis}. */
    record Fold(FoldKind kind, Axis axis, Term operand) implements Term {
        @Override
        public TermType type() {
            TermType of = operand.type();
            return switch (axis) {
                case FEATURES -> TermType.real(of.rows(), List.of());
                case TIME -> of.withRows(Rows.BATCH);
                case ALL -> TermType.real(Rows.NONE, List.of());
            };
        }
    }

    /** How a fold combines elements. */
    enum FoldKind {
        SUM,
        MEAN,
        MAXIMUM,
        MINIMUM
    }

    /** What a fold runs along. */
    enum Axis {
        /** The features of each row. */
        FEATURES,
        /** The time steps. */
        TIME,
        /** Features, time steps and rows. */
        ALL
    }

    /** One time step of a sequence, counted from its end where negative. */
    record Step(Term operand, int index) implements Term {
        @Override
        public TermType type() {
            return operand.type().withRows(Rows.BATCH);
        }
    }

    // ---- results of recurrences

    /** The result of a recurrence at each step, where that is not a state. */
    record CellOutput(Recurrence recurrence) implements Term {
        @Override
        public TermType type() {
            return recurrence.result().type().withRows(Rows.SEQUENCE);
        }
    }

    /** A state of a recurrence after each step. */
    record CellState(Recurrence recurrence, int index) implements Term {
        @Override
        public TermType type() {
            return recurrence.states().get(index).type().withRows(Rows.SEQUENCE);
        }
    }

    /** A state of a recurrence after the last step it takes: the first of the sequence where it runs backward. */
    record FinalState(Recurrence recurrence, int index) implements Term {
        @Override
        public TermType type() {
            return recurrence.states().get(index).type();
        }
    }

    /** Stands where an error was reported; never part of a model. */
    record Invalid() implements Term {
        @Override
        public TermType type() {
            return new TermType(Element.REAL, Rows.NONE, List.of(), 0);
        }
    }
}
