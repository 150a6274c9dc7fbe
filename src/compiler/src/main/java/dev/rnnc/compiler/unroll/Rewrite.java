package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Statement;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Walks and rebuilds expressions. */
final class Rewrite {
    private Rewrite() {}

    /** {@code e} with {@code then} applied to each of its parts, and at last to the whole. */
    static Expression expression(Expression e, UnaryOperator<Expression> then) {
        Expression rebuilt = switch (e) {
            case Expression.Read _,
                    Expression.Load _,
                    Expression.LoadToken _,
                    Expression.Constant _,
                    Expression.OfIndex _,
                    Expression.LaneNumbers _,
                    Expression.MaskValue _ -> e;
            case Expression.Broadcast(Expression scalar) -> new Expression.Broadcast(expression(scalar, then));
            case Expression.OfToken(Expression token) -> new Expression.OfToken(expression(token, then));
            case Expression.Exchange(Expression vector, int by) ->
                new Expression.Exchange(expression(vector, then), by);
            case Expression.FirstLane(Expression vector) -> new Expression.FirstLane(expression(vector, then));
            case Expression.Unary u -> new Expression.Unary(u.operator(), expression(u.operand(), then));
            case Expression.Binary b ->
                new Expression.Binary(b.operator(), expression(b.left(), then), expression(b.right(), then));
            case Expression.Pair pair ->
                new Expression.Pair(expression(pair.low(), then), expression(pair.high(), then));
            case Expression.MultiplyAdd m ->
                new Expression.MultiplyAdd(expression(m.a(), then), expression(m.b(), then), expression(m.c(), then));
            case Expression.Select s ->
                new Expression.Select(
                        s.comparison(),
                        expression(s.left(), then),
                        expression(s.right(), then),
                        expression(s.then(), then),
                        expression(s.otherwise(), then));
        };
        return then.apply(rebuilt);
    }

    /** Shows every part of {@code e}, operands first. */
    static void visit(Expression e, Consumer<Expression> visitor) {
        expression(e, part -> {
            visitor.accept(part);
            return part;
        });
    }

    /** Shows every statement, those of loops behind the loop. */
    static void visit(List<Statement> statements, Consumer<Statement> visitor) {
        for (Statement statement : statements) {
            visitor.accept(statement);
            if (statement instanceof Statement.Loop loop) {
                visit(loop.body(), visitor);
            }
        }
    }
}
