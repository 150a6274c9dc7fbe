package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes an instance of a cell for each of its calls, two for a bidirectional one: binds inputs and sizes, then lets
 * {@link CellBody} resolve it.
 */
final class CellCalls {
    private final TermResolver terms;
    private final Instances instances;

    CellCalls(TermResolver terms, Instances instances) {
        this.terms = terms;
        this.instances = instances;
    }

    /** What a call made, so that {@code share} can make it again. */
    record Made(
            String weights,
            Expression.Call call,
            Definition.Cell cell,
            Definitions.Found found,
            Map<String, Expression> sizes,
            Context context,
            List<TermType> inputs,
            Direction direction) {}

    Term call(
            Expression.Call call, Definition.Cell cell, Definitions.Found found, Direction direction, Context context) {
        if (context.place() == Context.Place.FUNCTION) {
            return context.error(DiagnosticKind.CELL_IN_FUNCTION, call.functionSpan(), call.function());
        }
        if (context.place() == Context.Place.CELL && cell.recurrent()) {
            return context.error(
                    DiagnosticKind.NOT_SUPPORTED, call.functionSpan(), "a cell with state within another cell");
        }
        CellSignature signature =
                CellSignature.of(cell, found.scope().constants().keySet());
        Optional<CellArguments> arguments = CellArguments.of(call, cell, signature, terms, context);
        if (arguments.isPresent() && found.scope().isBroken(cell)) {
            arguments.get().reportRest(terms, context);
        }
        if (arguments.isEmpty() || found.scope().isBroken(cell)) {
            return new Term.Invalid();
        }
        String name = context.instances().getOrDefault(call, context.owner() + "." + call.function());
        // Within a shared cell the weights of inner cells are shared as well.
        String weights = context.place() == Context.Place.CELL
                ? context.weights() + name.substring(context.owner().length())
                : name;
        Made made = new Made(
                weights,
                call,
                cell,
                found,
                arguments.get().sizes(),
                context,
                arguments.get().inputs().stream().map(Term::type).toList(),
                direction);
        return make(call, name, made, arguments.get(), context);
    }

    /** {@code share(layer, inputs, initial: ...)}. */
    Term share(Expression.Call call, Context context) {
        if (call.arguments().isEmpty() || call.arguments().getFirst().name().isPresent()) {
            return context.error(
                    DiagnosticKind.ARGUMENT_COUNT,
                    call.functionSpan(),
                    Optional.of("it is called share(layer, x)"),
                    "share",
                    "a layer and the inputs of its cell",
                    CellSignature.count(call.arguments().size(), "argument"));
        }
        Expression layer = call.arguments().getFirst().value();
        if (terms.resolve(layer, context) instanceof Term.Invalid) {
            return new Term.Invalid();
        }
        Optional<Made> found =
                layer instanceof Expression.Name name ? instances.made(name.identifier()) : Optional.empty();
        if (found.isEmpty() || context.place() == Context.Place.CELL || context.place() == Context.Place.FUNCTION) {
            return context.error(
                    DiagnosticKind.NOT_SHAREABLE,
                    layer.span(),
                    Optional.of(
                            "name the call to share in a layer of its own: 'layer a = lstm(x, 8)  layer b = share(a, y)'"),
                    layer.span().text());
        }
        Made made = found.get();
        CellSignature inputsOnly = new CellSignature(java.util.Set.of(), List.of(), List.of());
        Expression.Call rest = new Expression.Call(
                call.span(),
                call.function(),
                call.functionSpan(),
                call.arguments().subList(1, call.arguments().size()));
        Optional<CellArguments> arguments = CellArguments.of(rest, made.cell(), inputsOnly, terms, context);
        if (arguments.isEmpty() || !sameInputs(made, arguments.get(), layer, context)) {
            return new Term.Invalid();
        }
        CellArguments all = new CellArguments(
                arguments.get().inputs(),
                arguments.get().written(),
                made.sizes(),
                arguments.get().initial());
        return make(rest, context.instances().getOrDefault(call, context.owner() + ".share"), made, all, context);
    }

    private static boolean sameInputs(Made made, CellArguments arguments, Expression layer, Context context) {
        boolean same = true;
        for (int i = 0; i < made.inputs().size(); i++) {
            TermType expected = made.inputs().get(i);
            TermType type = arguments.inputs().get(i).type();
            if (!expected.withRows(Rows.NONE).equals(type.withRows(Rows.NONE))) {
                Expression written = arguments.written().get(i);
                context.error(
                        DiagnosticKind.SHAPE_MISMATCH,
                        written.span(),
                        Operators.text(written),
                        "the weights of '%s' are for %s, found %s"
                                .formatted(
                                        layer.span().text(), expected.withRows(Rows.BATCH), type.withRows(Rows.BATCH)));
                same = false;
            }
        }
        return same;
    }

    private Term make(Expression.Call call, String name, Made made, CellArguments arguments, Context context) {
        Definition.Cell cell = made.cell();
        boolean steps = CellBody.hasSteps(cell, arguments.inputs());
        if (cell.recurrent() && !steps) {
            arguments.reportRest(terms, context);
            return context.error(
                    DiagnosticKind.NEEDS_SEQUENCE, call.functionSpan(), call.function(), firstStepped(cell, arguments));
        }
        if (cell.readsWhole() && steps && instances.scanning()) {
            // It would run along one whole sequence at each step of the cell around it.
            return context.error(
                    DiagnosticKind.NOT_SUPPORTED,
                    call.functionSpan(),
                    Optional.of("call it outside of the cell and give its result as a sequence"),
                    "'" + call.function() + "' along a whole sequence within another cell");
        }
        var initial = new InitialStates(terms, context, call, cell, made.direction()).resolve(arguments.initial());
        List<Term> results = new ArrayList<>();
        for (Direction direction : made.direction().parts()) {
            String suffix = made.direction() == Direction.BOTH ? "." + direction.word() : "";
            Context body = body(call, name + suffix, made.weights() + suffix, made, context);
            CellSignature signature =
                    CellSignature.of(cell, made.found().scope().constants().keySet());
            if (!CellSizes.bind(call, cell, signature, arguments, made.context(), context, body) || initial.isEmpty()) {
                return new Term.Invalid();
            }
            Term result = new CellBody(terms, instances, cell, body)
                    .resolve(call, arguments.inputs(), initial.get().get(direction), direction, context);
            if (result instanceof Term.Invalid) {
                return result;
            }
            results.add(result);
        }
        instances.note(name, made);
        if (results.size() == 1) {
            return results.getFirst();
        }
        return results.getFirst().type().isVector()
                ? new Term.Directions(results.get(0), results.get(1))
                : context.error(
                        DiagnosticKind.NEEDS_VECTOR,
                        call.span(),
                        "'" + Operators.text(call) + "'",
                        results.getFirst().type());
    }

    private static String firstStepped(Definition.Cell cell, CellArguments arguments) {
        int index = 0;
        while (index < cell.inputs().size() - 1 && cell.inputs().get(index).whole()) {
            index++;
        }
        return "'" + Operators.text(arguments.written().get(index)) + "'";
    }

    private static Context body(Expression.Call call, String name, String weights, Made made, Context context) {
        Map<String, Double> constants = new HashMap<>(made.found().scope().constants());
        return new Context(
                made.found().scope(),
                constants,
                new LinkedHashMap<>(),
                Context.Place.CELL,
                Term.Axis.FEATURES,
                name,
                weights,
                Map.of(),
                context.equation(),
                context.callsWith(
                        new Context.Call(made.cell(), call.span(), made.found().inLibrary())),
                context.diagnostics());
    }

    /** {@code bidirectional(lstm(...))} or {@code backward(lstm(...))}. */
    Term directed(Expression.Call call, Direction direction, Context context) {
        boolean single = call.arguments().size() == 1
                && call.arguments().getFirst().name().isEmpty();
        Optional<Definitions.Found> found =
                single ? cell(call.arguments().getFirst().value(), context) : Optional.empty();
        if (found.isPresent()
                && found.get().definition() instanceof Definition.Cell cell
                && call.arguments().getFirst().value() instanceof Expression.Call inner
                && cell.recurrent()) {
            return instances.countCall(inner.functionSpan(), context)
                    ? call(inner, cell, found.get(), direction, context)
                    : new Term.Invalid();
        }
        // What stands within may hold more errors.
        call.arguments().forEach(a -> terms.resolve(a.value(), context));
        return context.error(
                DiagnosticKind.NEEDS_CELL_CALL,
                call.span(),
                Optional.of("as in '" + call.function() + "(gru(x, 64))'"),
                call.function());
    }

    private static Optional<Definitions.Found> cell(Expression expression, Context context) {
        return expression instanceof Expression.Call inner
                ? context.definitions().find(inner.function())
                : Optional.empty();
    }
}
