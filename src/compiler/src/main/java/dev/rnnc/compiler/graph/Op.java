package dev.rnnc.compiler.graph;

import dev.rnnc.runtime.spec.Rows;
import java.util.List;

/**
 * An operation of the graph: its attributes only. The operands stand in {@link Value#operands}; their number and types
 * are checked, and the result's type computed, by {@link TypeRules}.
 *
 * <p>"Rows" of a result are the larger of its operands' rows ({@code NONE < BATCH < SEQUENCE}): an operand with fewer
 * rows is the same for each row, or each time step, of the result.
 */
public sealed interface Op {

    // ---- leaves of a graph -------------------------------------------------------------------------------------

    /** A declared input or target. */
    record Input(String name) implements Op {}

    /** The value a recurrent state has before the first step, {@code [B, H]}: zero, or what the run before left. */
    record State(String name) implements Op {}

    /** A trainable parameter. */
    record Parameter(String name) implements Op {}

    /** A number, type {@code real[]}. */
    record Constant(double value) implements Op {}

    /** The same token everywhere, type {@code token[]}; the start symbol of a {@link Shift}. */
    record TokenConstant(int value) implements Op {}

    /** The number of rows as a number, type {@code real[]}: B, or T * B with the steps of the run. */
    record RowCount(Rows rows) implements Op {}

    /**
     * Inverted dropout: each element 0 with probability {@code 1 - keep}, else {@code 1/keep}; a function of the run's
     * seed, {@code stream} and the element's place. Programs without dropout replace it by 1.
     */
    record RandomMask(double keep, int stream) implements Op {}

    // ---- leaves of a scan's body -------------------------------------------------------------------------------

    /** The {@code index}-th carried value as it is at the start of this step. */
    record CarryIn(int index) implements Op {}

    /** This step's slice of the {@code index}-th sequence operand of the scan. */
    record StepInput(int index) implements Op {}

    /** The {@code index}-th invariant operand of the scan: the same at each step; of a sequence, all its steps at each. */
    record Invariant(int index) implements Op {}

    // ---- element-wise, and within one row ----------------------------------------------------------------------

    /** An element-wise function. Operands have the result's feature shape, or {@code []} which is repeated. */
    record Map(Function function) implements Op {}

    /** The operand, as a constant for gradients: none passes. Dropped once the gradients are derived. */
    record Detach() implements Op {}

    /** Repeats the operand to the type's rows and features: a row value over rows, a scalar over features, or both. */
    record Expand() implements Op {}

    /** Folds the features of each row: {@code [F] -> []}. */
    record Reduce(Fold fold) implements Op {}

    /** Features {@code from} (inclusive) to {@code from + size}; on a {@code [M, K]} parameter, rows of the matrix. */
    record Slice(int from, int size) implements Op {}

    /** Operands one behind the other along the features (for {@code [M, K]} parameters, along M). */
    record Concat() implements Op {}

    /** The element of each row that a token names: {@code ([V], token) -> []}. */
    record Pick() implements Op {}

    /** Row vectors with a single 1: {@code token -> [V]}. */
    record OneHot(int size) implements Op {}

    /**
     * A mask over features from lengths: {@code token -> [size]}, feature {@code s} is 1 where {@code s < length}. No
     * gradient.
     */
    record FeatureMask(int size) implements Op {}

    // ---- with parameters ---------------------------------------------------------------------------------------

    /**
     * {@code weight @ x}, plus {@code initial} where there is a third operand: {@code ([M, K], [K], [M]?) -> [M]}.
     *
     * @param rounded whether the weight is rounded to bfloat16 before; no gradient
     */
    record Product(boolean rounded) implements Op {
        public Product() {
            this(false);
        }
    }

    /** {@code transpose(weight) @ y}, plus an optional third operand: {@code ([M, K], [M], [K]?) -> [K]}. */
    record TransposedProduct() implements Op {}

    /** The row of a table that a token names: {@code ([V, E], token) -> [E]}. */
    record Lookup() implements Op {}

    // ---- over rows ---------------------------------------------------------------------------------------------

    /** Adds rows up: to {@code BATCH} over time, to {@code NONE} over all rows. */
    record SumRows(Rows to) implements Op {}

    /** The sum over all rows (one, where neither operand has a row axis) of {@code a b^T}: {@code ([M], [K]) -> [M, K]}. */
    record OuterSum() implements Op {}

    /**
     * The sum of rows with the same token: {@code ([E], token) -> [V, E]}; the adjoint of {@link Lookup}. Of several
     * lookups in one table it takes the rows and tokens in turn: {@code ([E], token, [E], token, ...)}.
     */
    record TableSum(int size) implements Op {}

    /** One time step of a sequence, counted from its start, or from its end where negative: {@code [T, B, F] -> [B, F]}. */
    record StepAt(int index) implements Op {}

    /** A sequence that is zero but for one time step: the adjoint of {@link StepAt}. */
    record StepPad(int index) implements Op {}

    /**
     * A mask over time from lengths, one token of {@code BATCH} rows for each sequence, which may be 0:
     * {@code token[B] -> real[T, B]}. No gradient. What must not leak from padded steps, NaN included, goes through
     * {@link Function#SELECT} with the mask as condition: its gradient selects too, where a product would yield
     * {@code 0 * NaN}.
     */
    record StepMask(MaskKind kind) implements Op {}

    /**
     * A sequence, of numbers or tokens, one step later: step {@code t} has the first operand's step {@code t - 1}, step 0
     * the second operand, which has the same features and no time axis. {@code backward} is one step earlier: step
     * {@code t} has step {@code t + 1}, the last step the second operand.
     */
    record Shift(boolean backward) implements Op {}

    /**
     * Scores of dot-product attention: {@code (queries [R, B, D], keys [T, B, D]) -> [R, B, S]} with
     * {@code score[r, b, s] = sum over d of query[r, b, d] * key[s, b, d]}, where the queries are a sequence or one step.
     * {@code size} is S, no less than the steps of any run. Where a run has fewer steps the scores from there on are 0; as
     * for keys of padded steps, a {@link FeatureMask} of the lengths takes them out.
     */
    record Scores(int size) implements Op {}

    /**
     * Sums of a sequence's steps by weights: {@code (weights [R, B, S], values [T, B, D]) -> [R, B, D]} with
     * {@code sum over s of weight[r, b, s] * value[s, b, d]} for the steps s of the run.
     */
    record Mix() implements Op {}

    /**
     * What {@link Mix} and {@link Scores} hand back: {@code (weights [R, B, S], x [R, B, D]) -> [T, B, D]} with
     * {@code sum over r of weight[r, b, s] * x[r, b, d]} at step s.
     */
    record MixBack() implements Op {}

    // ---- loops over time ---------------------------------------------------------------------------------------

    /**
     * Runs {@code body} once per time step, from the first to the last, or from the last to the first. Operands: the
     * initial carries, then the sequences, then the invariants. The results are read with {@link Result}: first the
     * carries after the last step, then the body's collected outputs.
     */
    record Scan(Body body, boolean backward) implements Op {}

    /** The {@code index}-th result of a scan. */
    record Result(int index) implements Op {}

    /** How {@link Reduce} folds. */
    enum Fold {
        SUM,
        MAXIMUM
    }

    /** Where a {@link StepMask} is 1. */
    enum MaskKind {
        /** Where {@code t < length}. */
        VALID,
        /** Where {@code t == length - 1}: nowhere in a sequence of length 0. */
        LAST
    }

    /** How a scan collects a body value. */
    enum Collect {
        /** Each step's value, as a sequence {@code [T, B, ...]} in time order whatever the direction. */
        STACK,
        /** The sum over the steps, type unchanged. */
        SUM
    }

    /**
     * One time step.
     *
     * @param values all values, operands before users; leaves are {@link CarryIn}, {@link StepInput}, {@link Invariant},
     *     {@link Constant} and {@link RandomMask}
     * @param carries the value each carry has after this step, one per initial carry
     * @param outputs what the scan collects
     * @param sequences number of sequence operands
     * @param invariants number of invariant operands
     */
    record Body(List<Value> values, List<Value> carries, List<Output> outputs, int sequences, int invariants) {
        public Body {
            values = List.copyOf(values);
            carries = List.copyOf(carries);
            outputs = List.copyOf(outputs);
        }
    }

    /** A body value that the scan collects. */
    record Output(Value value, Collect collect) {}
}
