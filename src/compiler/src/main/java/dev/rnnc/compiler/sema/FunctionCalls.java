package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts the body of a function in the place of its call. */
final class FunctionCalls {
    private final TermResolver terms;
    private final Instances instances;

    FunctionCalls(TermResolver terms, Instances instances) {
        this.terms = terms;
        this.instances = instances;
    }

    Term call(Expression.Call call, Definition.Function function, Definitions.Found found, Context context) {
        if (function.kind() == Definition.FunctionKind.LOSS && context.axis() != Term.Axis.ALL) {
            return context.error(DiagnosticKind.LOSS_MISPLACED, call.functionSpan(), call.function());
        }
        List<Term> arguments = new ArrayList<>();
        Map<String, Expression> named = new HashMap<>();
        boolean valid = true;
        for (Expression.Argument argument : call.arguments()) {
            if (argument.name().isEmpty()) {
                arguments.add(terms.resolve(argument.value(), context));
                continue;
            }
            String name = argument.name().get();
            List<String> known =
                    function.constants().stream().map(c -> c.name().text()).toList();
            if (!known.contains(name)) {
                context.error(
                        DiagnosticKind.UNKNOWN_ARGUMENT,
                        argument.span(),
                        Suggestions.hint(name, known),
                        call.function(),
                        name);
                valid = false;
            } else if (named.put(name, argument.value()) != null) {
                context.error(DiagnosticKind.DUPLICATE_ARGUMENT, argument.span(), name);
                valid = false;
            }
        }
        boolean counted = arguments.size() == function.inputs().size();
        boolean usable = valid
                && counted
                && arguments.stream().noneMatch(Term.Invalid.class::isInstance)
                && !found.scope().isBroken(function);
        if (!usable) {
            // The constants may hold errors of their own.
            named.values().forEach(value -> ConstantEvaluator.value(value, context));
        }
        if (!counted) {
            return context.error(
                    DiagnosticKind.ARGUMENT_COUNT,
                    call.functionSpan(),
                    call.function(),
                    CellSignature.count(function.inputs().size(), "argument"),
                    arguments.size());
        }
        if (!usable) {
            return new Term.Invalid();
        }
        Map<String, Double> constants = new HashMap<>(found.scope().constants());
        Context.Call entered = new Context.Call(function, call.span(), found.inLibrary());
        Context body = new Context(
                found.scope(),
                constants,
                new HashMap<>(),
                Context.Place.FUNCTION,
                function.kind() == Definition.FunctionKind.LOSS ? Term.Axis.ALL : Term.Axis.FEATURES,
                context.owner(),
                context.weights(),
                Map.of(),
                context.equation(),
                context.callsWith(entered),
                context.diagnostics());
        for (int i = 0; i < arguments.size(); i++) {
            body.names().put(function.inputs().get(i).text(), context.shared("", arguments.get(i)));
        }
        return bindConstants(call, function, named, context, body) ? body(function, body) : new Term.Invalid();
    }

    private static boolean bindConstants(
            Expression.Call call,
            Definition.Function function,
            Map<String, Expression> named,
            Context context,
            Context body) {
        for (Definition.ConstantParameter constant : function.constants()) {
            String name = constant.name().text();
            Expression given = named.get(name);
            Optional<Expression> expression = given != null ? Optional.of(given) : constant.value();
            if (expression.isEmpty()) {
                context.error(DiagnosticKind.SIZE_MISSING, call.functionSpan(), name, call.function());
                return false;
            }
            var value = ConstantEvaluator.value(expression.get(), given != null ? context : body);
            if (value.isEmpty()) {
                return false;
            }
            body.constants().put(name, value.getAsDouble());
        }
        return true;
    }

    private Term body(Definition.Function function, Context body) {
        for (CellStatement.Equation equation :
                EquationOrder.sort(function.equations()).sorted()) {
            String target = equation.targets().getFirst().text();
            // Values of library functions belong to the equation that calls them; those of the model's own functions
            // carry their own.
            boolean own = !body.calls().getLast().inLibrary() && function.block();
            Context at = own
                    ? body.withEquation(
                            new Context.Equation(target, equation.span().text(), body.line(equation.span())))
                    : body;
            Term value = terms.resolve(equation.value(), at);
            if (value instanceof Term.Invalid) {
                return value;
            }
            body.names().put(target, function.block() ? at.shared(target, value) : value);
        }
        Term result = body.names().get(function.result().text());
        return result == null ? new Term.Invalid() : result;
    }
}
