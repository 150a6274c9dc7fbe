package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Suggestions;
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
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Makes an instance of a cell for each of its calls: binds inputs and sizes, then lets {@link CellBody} resolve it. */
final class CellCalls {
    private final TermResolver terms;
    private final Instances instances;

    CellCalls(TermResolver terms, Instances instances) {
        this.terms = terms;
        this.instances = instances;
    }

    Term call(Expression.Call call, Definition.Cell cell, Definitions.Found found, Context context) {
        if (context.place() == Context.Place.FUNCTION) {
            return context.error(DiagnosticKind.CELL_IN_FUNCTION, call.functionSpan(), call.function());
        }
        if (context.place() == Context.Place.CELL && cell.recurrent()) {
            return context.error(
                    DiagnosticKind.NOT_SUPPORTED, call.functionSpan(), "a cell with state within another cell");
        }
        CellSignature signature =
                CellSignature.of(cell, found.scope().constants().keySet());
        Arguments arguments = arguments(call, cell, signature, context);
        if (arguments == null || found.scope().isBroken(cell)) {
            return new Term.Invalid();
        }
        Context.Call entered = new Context.Call(cell, call.span(), found.inLibrary());
        String name = context.instances().getOrDefault(call, context.owner() + "." + call.function());
        Map<String, Double> constants = new HashMap<>(found.scope().constants());
        Context body = new Context(
                found.scope(),
                constants,
                new LinkedHashMap<>(),
                Context.Place.CELL,
                Term.Axis.FEATURES,
                name,
                Map.of(),
                context.equation(),
                context.callsWith(entered),
                context.diagnostics());
        if (!bindSizes(call, cell, signature, arguments, context, body)) {
            return new Term.Invalid();
        }
        if (cell.recurrent()
                && arguments.inputs.stream().noneMatch(t -> t.type().rows() == Rows.SEQUENCE)) {
            return context.error(
                    DiagnosticKind.NEEDS_SEQUENCE,
                    call.functionSpan(),
                    call.function(),
                    "'" + Operators.text(call.arguments().getFirst().value()) + "'");
        }
        Optional<Map<String, Term>> initial = initial(call, cell, arguments.initial, context);
        return initial.isEmpty()
                ? new Term.Invalid()
                : new CellBody(terms, instances, cell, body).resolve(call, arguments.inputs, initial.get(), context);
    }

    /** The arguments of a call, sorted. */
    private static final class Arguments {
        private final List<Term> inputs = new ArrayList<>();
        private final Map<String, Expression> sizes = new HashMap<>();
        private Expression.Argument initial;
    }

    private Arguments arguments(Expression.Call call, Definition.Cell cell, CellSignature signature, Context context) {
        Arguments arguments = new Arguments();
        boolean valid = true;
        int position = 0;
        for (Expression.Argument argument : call.arguments()) {
            if (argument.name().isEmpty()) {
                if (position < cell.inputs().size()) {
                    Term term = terms.resolve(argument.value(), context);
                    valid &= !(term instanceof Term.Invalid);
                    arguments.inputs.add(term);
                } else if (position - cell.inputs().size()
                        < signature.positionalSizes().size()) {
                    arguments.sizes.put(
                            signature
                                    .positionalSizes()
                                    .get(position - cell.inputs().size()),
                            argument.value());
                }
                position++;
                continue;
            }
            String name = argument.name().get();
            if (name.equals("initial") && cell.recurrent()) {
                valid &= arguments.initial == null || duplicate(argument, context);
                arguments.initial = argument;
            } else if (signature.isNamed(name)) {
                valid &= arguments.sizes.put(name, argument.value()) == null || duplicate(argument, context);
            } else {
                List<String> known = new ArrayList<>(signature.constants());
                known.addAll(signature.positionalSizes());
                known.add("initial");
                context.error(
                        DiagnosticKind.UNKNOWN_ARGUMENT,
                        argument.span(),
                        Suggestions.hint(name, known),
                        call.function(),
                        name);
                valid = false;
            }
        }
        int most = cell.inputs().size() + signature.positionalSizes().size();
        if (position < cell.inputs().size() || position > most) {
            context.error(
                    DiagnosticKind.ARGUMENT_COUNT,
                    call.functionSpan(),
                    Optional.of("it is called " + pattern(cell, signature)),
                    call.function(),
                    signature.describe(cell),
                    CellSignature.count(position, "argument"));
            valid = false;
        }
        return valid ? arguments : null;
    }

    private static boolean duplicate(Expression.Argument argument, Context context) {
        context.error(
                DiagnosticKind.DUPLICATE_ARGUMENT,
                argument.span(),
                argument.name().orElseThrow());
        return false;
    }

    private static String pattern(Definition.Cell cell, CellSignature signature) {
        List<String> parts =
                new ArrayList<>(cell.inputs().stream().map(i -> i.name().text()).toList());
        parts.addAll(signature.positionalSizes());
        signature.constants().forEach(c -> parts.add(c + ": ..."));
        return cell.name().text() + "(" + String.join(", ", parts) + ")";
    }

    private boolean bindSizes(
            Expression.Call call,
            Definition.Cell cell,
            CellSignature signature,
            Arguments arguments,
            Context context,
            Context body) {
        boolean valid = true;
        for (String size : signature.positionalSizes()) {
            Expression given = arguments.sizes.get(size);
            if (given == null) {
                context.error(
                        DiagnosticKind.SIZE_MISSING,
                        call.functionSpan(),
                        Optional.of("it is called " + pattern(cell, signature)),
                        size,
                        call.function());
                valid = false;
                continue;
            }
            OptionalInt value = ConstantEvaluator.size(given, context);
            valid &= value.isPresent();
            body.constants().put(size, (double) value.orElse(1));
        }
        for (Definition.ConstantParameter constant : cell.constants()) {
            Expression given = arguments.sizes.get(constant.name().text());
            if (given == null && constant.value().isEmpty()) {
                context.error(
                        DiagnosticKind.SIZE_MISSING,
                        call.functionSpan(),
                        Optional.of("it is called " + pattern(cell, signature)),
                        constant.name().text(),
                        call.function());
                valid = false;
                continue;
            }
            OptionalDouble value = given == null
                    ? ConstantEvaluator.value(constant.value().orElseThrow(), body)
                    : ConstantEvaluator.value(given, context);
            valid &= value.isPresent();
            body.constants().put(constant.name().text(), value.orElse(1));
        }
        for (int i = 0; i < cell.inputs().size(); i++) {
            valid &= bindInput(
                    cell.inputs().get(i),
                    arguments.inputs.get(i),
                    call.arguments().get(i),
                    signature,
                    context,
                    body);
        }
        return valid;
    }

    private static boolean bindInput(
            Definition.CellInput input,
            Term term,
            Expression.Argument argument,
            CellSignature signature,
            Context context,
            Context body) {
        Expression written = argument.value();
        boolean token =
                input.type().filter(t -> t.element().text().equals("token")).isPresent();
        TermType type = term.type();
        if (token && !type.isToken()) {
            context.error(DiagnosticKind.NEEDS_TOKEN, written.span(), "'" + Operators.text(written) + "'", type);
            return false;
        }
        if (!token && !Operators.real(written, term, context)) {
            return false;
        }
        List<Expression> dimensions = CellSignature.dimensions(input);
        List<Integer> found = token ? List.of(type.vocabulary()) : type.shape();
        if (dimensions.size() != found.size()) {
            String expected =
                    dimensions.isEmpty() ? "a single number" : dimensions.size() == 1 ? "a vector" : "a matrix";
            context.error(
                    DiagnosticKind.OUT_OF_RANGE, written.span(), "'" + Operators.text(written) + "'", expected, type);
            return false;
        }
        for (int i = 0; i < found.size(); i++) {
            Expression dimension = dimensions.get(i);
            boolean free = dimension instanceof Expression.Name name
                    && signature.inputSizes().contains(name.identifier())
                    && !body.constants().containsKey(name.identifier());
            if (free) {
                body.constants().put(((Expression.Name) dimension).identifier(), (double) found.get(i));
                continue;
            }
            OptionalInt expected = ConstantEvaluator.size(dimension, body);
            if (expected.isEmpty()) {
                return false;
            }
            if (expected.getAsInt() != found.get(i)) {
                context.error(
                        DiagnosticKind.SHAPE_MISMATCH,
                        written.span(),
                        Operators.text(written),
                        "it has %s values, %s = %s expected"
                                .formatted(found.get(i), Operators.text(dimension), expected.getAsInt()));
                return false;
            }
        }
        return true;
    }

    private Optional<Map<String, Term>> initial(
            Expression.Call call, Definition.Cell cell, Expression.Argument argument, Context context) {
        Map<String, Term> initial = new HashMap<>();
        if (argument == null) {
            return Optional.of(initial);
        }
        List<String> states = CellBody.stateNames(cell);
        if (!(argument.value() instanceof Expression.Mapping mapping)) {
            if (states.size() != 1) {
                context.error(
                        DiagnosticKind.OUT_OF_RANGE,
                        argument.value().span(),
                        "'initial'",
                        "a mapping {" + String.join(": ..., ", states) + ": ...}",
                        "one value");
                return Optional.empty();
            }
            initial.put(states.getFirst(), terms.resolve(argument.value(), context));
            return Optional.of(initial);
        }
        boolean valid = true;
        for (Expression.Entry entry : mapping.entries()) {
            if (!states.contains(entry.key())) {
                Optional<String> hint = Suggestions.hint(entry.key(), states)
                        .or(() -> Optional.of("the states are " + String.join(", ", states)));
                context.error(DiagnosticKind.UNKNOWN_STATE, entry.keySpan(), hint, call.function(), entry.key());
                valid = false;
            } else if (initial.put(entry.key(), context.shared("", terms.resolve(entry.value(), context))) != null) {
                context.error(DiagnosticKind.DUPLICATE_ARGUMENT, entry.keySpan(), entry.key());
                valid = false;
            }
        }
        return valid ? Optional.of(initial) : Optional.empty();
    }
}
