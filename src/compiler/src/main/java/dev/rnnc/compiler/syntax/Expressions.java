package dev.rnnc.compiler.syntax;

import dev.rnnc.compiler.syntax.Expression.Argument;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** Walks over expressions, without recursion. */
public final class Expressions {
    private Expressions() {}

    /** The operands, in the order of the text. */
    public static List<Expression> children(Expression expression) {
        return switch (expression) {
            case Expression.Number _, Expression.Name _, Expression.Missing _ -> List.of();
            case Expression.Field f -> List.of(f.operand());
            case Expression.Call c ->
                c.arguments().stream().map(Argument::value).toList();
            case Expression.Mapping m ->
                m.entries().stream().map(Expression.Entry::value).toList();
            case Expression.Vector v -> v.elements();
            case Expression.Negation n -> List.of(n.operand());
            case Expression.Binary b -> List.of(b.left(), b.right());
            case Expression.Index i -> List.of(i.operand(), i.index());
            case Expression.Slice s -> {
                List<Expression> children = new ArrayList<>(List.of(s.operand()));
                s.from().ifPresent(children::add);
                s.to().ifPresent(children::add);
                yield children;
            }
        };
    }

    /** Visits an expression and all below it, each before its operands, in the order of the text. */
    public static void walk(Expression root, Consumer<Expression> visitor) {
        Deque<Expression> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Expression expression = open.pop();
            visitor.accept(expression);
            children(expression).reversed().forEach(open::push);
        }
    }

    /** The number of levels of an expression. */
    public static int depth(Expression root) {
        List<Expression> level = List.of(root);
        int depth = 0;
        while (!level.isEmpty()) {
            depth++;
            level = level.stream().flatMap(e -> children(e).stream()).toList();
        }
        return depth;
    }
}
