package dev.rnnc.compiler.driver;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Numbers {@code [rows, columns]}; a vector has one column, a single number one row as well. */
record Matrix(int rows, int columns, double[] values) {
    static Matrix of(double value) {
        return new Matrix(1, 1, new double[] {value});
    }

    static Matrix vector(double... values) {
        return new Matrix(values.length, 1, values);
    }

    boolean isNumber() {
        return values.length == 1;
    }

    Matrix map(DoubleUnaryOperator function) {
        return new Matrix(
                rows,
                columns,
                IntStream.range(0, values.length)
                        .mapToDouble(i -> function.applyAsDouble(values[i]))
                        .toArray());
    }

    /** Element by element; a single number meets each element of the other. */
    Matrix with(Matrix other, DoubleBinaryOperator function) {
        Matrix shape = isNumber() ? other : this;
        if (!isNumber() && !other.isNumber() && (rows != other.rows || columns != other.columns)) {
            throw new IllegalArgumentException(
                    "%d x %d with %d x %d".formatted(rows, columns, other.rows, other.columns));
        }
        double[] results = new double[shape.values.length];
        for (int i = 0; i < results.length; i++) {
            results[i] = function.applyAsDouble(values[isNumber() ? 0 : i], other.values[other.isNumber() ? 0 : i]);
        }
        return new Matrix(shape.rows, shape.columns, results);
    }

    Matrix times(Matrix other) {
        if (columns != other.rows) {
            throw new IllegalArgumentException("%d x %d @ %d x %d".formatted(rows, columns, other.rows, other.columns));
        }
        double[] results = new double[rows * other.columns];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < columns; k++) {
                for (int j = 0; j < other.columns; j++) {
                    results[i * other.columns + j] += values[i * columns + k] * other.values[k * other.columns + j];
                }
            }
        }
        return new Matrix(rows, other.columns, results);
    }

    Matrix transposed() {
        double[] results = new double[values.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                results[j * rows + i] = values[i * columns + j];
            }
        }
        return new Matrix(columns, rows, results);
    }

    /** Rows {@code from} to {@code to}. */
    Matrix rows(int from, int to) {
        return new Matrix(to - from, columns, java.util.Arrays.copyOfRange(values, from * columns, to * columns));
    }

    static Matrix stacked(List<Matrix> parts) {
        return vector(parts.stream()
                .flatMapToDouble(p -> java.util.Arrays.stream(p.values))
                .toArray());
    }

    static List<Matrix> list(int count, IntFunction<Matrix> part) {
        return IntStream.range(0, count).mapToObj(part).toList();
    }

    double sum() {
        return java.util.Arrays.stream(values).sum();
    }

    /** The sum of all products of elements in the same place. */
    double dot(Matrix other) {
        return with(other, (a, b) -> a * b).sum();
    }
}
