package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Variable;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The equations of one instance of a cell, resolved in an order in which each finds what it reads. */
final class CellEquations {
    private final TermResolver terms;
    private final Definition.Cell cell;
    private final Context body;
    private final List<Variable> variables = new ArrayList<>();

    CellEquations(TermResolver terms, Definition.Cell cell, Context body) {
        this.terms = terms;
        this.cell = cell;
        this.body = body;
    }

    /** What the equations define, in the order of their resolution. */
    List<Variable> variables() {
        return variables;
    }

    /** Resolves them all; returns whether nothing was reported. */
    boolean resolve() {
        List<CellStatement.Equation> equations = cell.statements().stream()
                .filter(CellStatement.Equation.class::isInstance)
                .map(CellStatement.Equation.class::cast)
                .toList();
        Map<Expression.Call, String> names = Instances.nameCells(
                equations.stream().map(CellStatement.Equation::value).toList(),
                body.definitions(),
                body.owner(),
                Optional.empty());
        boolean valid = true;
        for (CellStatement.Equation equation : EquationOrder.sort(equations).sorted()) {
            String text = equation.span().text();
            Context at = body.withInstances(names)
                    .withEquation(new Context.Equation(
                            equation.targets().getFirst().text(), text, body.line(equation.span())));
            boolean split = equation.targets().size() > 1 || isSplit(equation.value());
            valid &= split
                    ? split(equation, at)
                    : define(equation.targets().getFirst(), terms.resolve(equation.value(), at), at);
        }
        return valid;
    }

    private boolean isSplit(Expression value) {
        return value instanceof Expression.Call call
                && call.function().equals("split")
                && body.definitions().find("split").isEmpty();
    }

    private boolean define(CellStatement.Target target, Term term, Context at) {
        Variable variable = at.variable(target.text(), term);
        variables.add(variable);
        body.names().put(target.text(), term instanceof Term.Invalid ? term : new Term.Use(variable));
        return !(term instanceof Term.Invalid);
    }

    private boolean split(CellStatement.Equation equation, Context at) {
        int targets = equation.targets().size();
        Term whole = new Term.Invalid();
        if (!isSplit(equation.value())) {
            at.error(
                    DiagnosticKind.TARGET_COUNT,
                    equation.value().span(),
                    Optional.of("several names stand on the left of 'split' only"),
                    targets,
                    1);
        } else {
            Expression.Call call = (Expression.Call) equation.value();
            if (call.arguments().size() != 2
                    || call.arguments().stream().anyMatch(a -> a.name().isPresent())) {
                at.error(
                        DiagnosticKind.ARGUMENT_COUNT,
                        call.functionSpan(),
                        "split",
                        "2 arguments",
                        call.arguments().size());
            } else {
                whole = splitOperand(call, targets, at);
            }
        }
        boolean valid = !(whole instanceof Term.Invalid);
        Term shared = valid ? at.shared("", whole) : whole;
        for (int i = 0; i < targets; i++) {
            int size = valid ? whole.type().shape().getFirst() / targets : 0;
            define(equation.targets().get(i), valid ? Operators.part(shared, i * size, size) : whole, at);
        }
        return valid;
    }

    private Term splitOperand(Expression.Call call, int targets, Context at) {
        Expression written = call.arguments().get(0).value();
        Expression writtenParts = call.arguments().get(1).value();
        Term operand = terms.resolve(written, at);
        OptionalInt parts = ConstantEvaluator.size(writtenParts, at);
        if (operand instanceof Term.Invalid || parts.isEmpty() || !Operators.vector(written, operand, at)) {
            return new Term.Invalid();
        }
        if (parts.getAsInt() != targets) {
            return at.error(DiagnosticKind.TARGET_COUNT, call.span(), targets, parts.getAsInt());
        }
        int size = operand.type().shape().getFirst();
        return size % targets == 0
                ? operand
                : at.error(
                        DiagnosticKind.SHAPE_MISMATCH,
                        call.span(),
                        Operators.text(call),
                        "%s values cannot be split into %s equal parts".formatted(size, targets));
    }
}
