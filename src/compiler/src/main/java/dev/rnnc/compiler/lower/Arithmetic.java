package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Expression.BinaryOperator;
import dev.rnnc.compiler.loop.Expression.Comparison;
import dev.rnnc.compiler.loop.Expression.UnaryOperator;

/** Short names for the loop IR's operators. */
final class Arithmetic {
    private Arithmetic() {}

    static Expression unary(UnaryOperator operator, Expression x) {
        return new Expression.Unary(operator, x);
    }

    static Expression binary(BinaryOperator operator, Expression x, Expression y) {
        return new Expression.Binary(operator, x, y);
    }

    static Expression negate(Expression x) {
        return unary(UnaryOperator.NEGATE, x);
    }

    static Expression add(Expression x, Expression y) {
        return binary(BinaryOperator.ADD, x, y);
    }

    static Expression subtract(Expression x, Expression y) {
        return binary(BinaryOperator.SUBTRACT, x, y);
    }

    static Expression multiply(Expression x, Expression y) {
        return binary(BinaryOperator.MULTIPLY, x, y);
    }

    static Expression divide(Expression x, Expression y) {
        return binary(BinaryOperator.DIVIDE, x, y);
    }

    static Expression fma(Expression x, Expression y, Expression z) {
        return new Expression.MultiplyAdd(x, y, z);
    }

    static Expression select(Comparison comparison, Expression x, Expression y, Expression then, Expression otherwise) {
        return new Expression.Select(comparison, x, y, then, otherwise);
    }
}
