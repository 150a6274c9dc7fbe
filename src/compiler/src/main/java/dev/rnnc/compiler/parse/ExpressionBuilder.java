package dev.rnnc.compiler.parse;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.parse.antlr.RnnParser;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expression.Operator;
import dev.rnnc.compiler.syntax.Expressions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Builds the syntax tree of expressions; where a part is absent or broken, {@link Expression.Missing} stands. */
final class ExpressionBuilder {
    private final Places places;
    private final Diagnostics diagnostics;
    private boolean failed;

    ExpressionBuilder(Places places, Diagnostics diagnostics) {
        this.places = places;
        this.diagnostics = diagnostics;
    }

    /** Whether something was reported while building. */
    boolean failed() {
        return failed;
    }

    /** An expression that is not part of another; refused where it has too many levels. */
    Expression whole(RnnParser.ExpressionContext context) {
        Expression built = expression(context);
        if (Expressions.depth(built) > ModelParser.MAX_DEPTH) {
            report(DiagnosticKind.TOO_DEEP, places.span(context.getStart()), ModelParser.MAX_DEPTH);
            return new Expression.Missing(built.span());
        }
        return built;
    }

    private Expression expression(RnnParser.ExpressionContext context) {
        if (broken(context) || context.additive().isEmpty()) {
            return missing(context);
        }
        Expression left = additive(context.additive(0));
        if (context.operator == null) {
            return left;
        }
        Expression right = context.additive().size() < 2 ? missing(context) : additive(context.additive(1));
        return binary(Operator.of(context.operator.getText()), left, right);
    }

    private Expression additive(RnnParser.AdditiveContext context) {
        if (broken(context)) {
            return missing(context);
        }
        // Asked for once: each look at the operands walks over all children.
        List<RnnParser.MultiplicativeContext> operands = context.multiplicative();
        if (operands.isEmpty()) {
            return missing(context);
        }
        Expression result = multiplicative(operands.getFirst());
        for (int i = 0; i < context.operators.size() && i + 1 < operands.size(); i++) {
            result = binary(
                    Operator.of(context.operators.get(i).getText()), result, multiplicative(operands.get(i + 1)));
        }
        return result;
    }

    private Expression multiplicative(RnnParser.MultiplicativeContext context) {
        if (broken(context)) {
            return missing(context);
        }
        List<RnnParser.UnaryContext> operands = context.unary();
        if (operands.isEmpty()) {
            return missing(context);
        }
        Expression result = unary(operands.getFirst());
        for (int i = 0; i < context.operators.size() && i + 1 < operands.size(); i++) {
            result = binary(Operator.of(context.operators.get(i).getText()), result, unary(operands.get(i + 1)));
        }
        return result;
    }

    private Expression unary(RnnParser.UnaryContext context) {
        if (broken(context) || context.power() == null) {
            return missing(context);
        }
        return negated(context.minus, power(context.power()));
    }

    private Expression power(RnnParser.PowerContext context) {
        if (broken(context) || context.postfix() == null) {
            return missing(context);
        }
        // Grouped to the right: a ^ -b ^ c is a ^ (-(b ^ c)).
        Expression right = null;
        for (RnnParser.ExponentContext exponent : context.exponent().reversed()) {
            if (broken(exponent) || exponent.postfix() == null) {
                return missing(context);
            }
            Expression base = postfix(exponent.postfix());
            right = negated(exponent.minus, right == null ? base : binary(Operator.POWER, base, right));
        }
        Expression base = postfix(context.postfix());
        return right == null ? base : binary(Operator.POWER, base, right);
    }

    private Expression negated(List<Token> minus, Expression operand) {
        Expression result = operand;
        for (Token token : minus.reversed()) {
            result = new Expression.Negation(places.span(token).to(result.span()), result);
        }
        return result;
    }

    private Expression binary(Operator operator, Expression left, Expression right) {
        return new Expression.Binary(left.span().to(right.span()), operator, left, right);
    }

    private Expression postfix(RnnParser.PostfixContext context) {
        if (broken(context) || context.primary() == null) {
            return missing(context);
        }
        Expression result = primary(context.primary());
        for (RnnParser.SuffixContext suffix : context.suffix()) {
            if (broken(suffix)) {
                return missing(context);
            }
            Span span = result.span().to(places.span(suffix));
            Expression operand = result;
            result = switch (suffix) {
                case RnnParser.FieldContext f
                when !broken(f.identifier()) ->
                    new Expression.Field(span, operand, f.identifier().getText());
                case RnnParser.IndexContext i
                when i.expression() != null -> new Expression.Index(span, operand, expression(i.expression()));
                case RnnParser.SliceContext s ->
                    new Expression.Slice(
                            span,
                            operand,
                            Optional.ofNullable(s.from).map(this::expression),
                            Optional.ofNullable(s.to).map(this::expression));
                default -> missing(context);
            };
        }
        return result;
    }

    private Expression primary(RnnParser.PrimaryContext context) {
        if (broken(context)) {
            return missing(context);
        }
        return switch (context) {
            case RnnParser.NumberContext n -> number(n);
            case RnnParser.CallContext c when !broken(c.identifier()) -> call(c);
            case RnnParser.NameContext n
            when !broken(n.identifier()) ->
                new Expression.Name(places.span(n), n.identifier().getText(), n.PRIME() != null);
            case RnnParser.VectorContext v ->
                new Expression.Vector(
                        places.span(v),
                        v.expression().stream().map(this::expression).toList());
            case RnnParser.ParenthesizedContext p when p.expression() != null -> expression(p.expression());
            default -> missing(context);
        };
    }

    private Expression number(RnnParser.NumberContext context) {
        String text = context.getText();
        double value = Double.parseDouble(text);
        if (Double.isInfinite(value)) {
            report(DiagnosticKind.NUMBER_TOO_LARGE, places.span(context), text);
            return missing(context);
        }
        return new Expression.Number(places.span(context), value, text);
    }

    private Expression call(RnnParser.CallContext context) {
        List<Expression.Argument> arguments = new ArrayList<>();
        for (RnnParser.ArgumentContext argument : context.argument()) {
            boolean named = argument.identifier() != null;
            Expression value;
            if (argument.mapping() != null) {
                value = mapping(argument.mapping());
                if (!named) {
                    report(DiagnosticKind.MISPLACED_MAPPING, value.span());
                    value = missing(argument);
                }
            } else {
                value = argument.expression() == null ? missing(argument) : expression(argument.expression());
            }
            Span span = named ? places.span(argument.identifier()) : value.span();
            arguments.add(new Expression.Argument(
                    Optional.ofNullable(argument.identifier()).map(ParserRuleContext::getText), span, value));
        }
        return new Expression.Call(
                places.span(context), context.identifier().getText(), places.span(context.identifier()), arguments);
    }

    private Expression mapping(RnnParser.MappingContext context) {
        List<Expression.Entry> entries = new ArrayList<>();
        for (RnnParser.MappingEntryContext entry : context.mappingEntry()) {
            if (!broken(entry) && !broken(entry.key()) && entry.expression() != null) {
                entries.add(new Expression.Entry(
                        entry.key().getText(), places.span(entry.key()), expression(entry.expression())));
            }
        }
        return new Expression.Mapping(places.span(context), entries);
    }

    private Expression missing(ParserRuleContext context) {
        return new Expression.Missing(places.span(context));
    }

    private static boolean broken(ParserRuleContext context) {
        return context == null || context.exception != null;
    }

    private void report(DiagnosticKind kind, Span span, Object... arguments) {
        failed = true;
        diagnostics.report(kind, span, arguments);
    }
}
