package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expressions;
import dev.rnnc.compiler.syntax.Name;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks what can be said of a cell or function before it is called: names, cycles, states without a new value. A
 * definition with an error is marked broken, so that its calls do not report it again. Shapes wait for a call.
 */
final class DefinitionChecker {
    private final Definitions definitions;
    private final Diagnostics diagnostics;

    DefinitionChecker(Definitions definitions, Diagnostics diagnostics) {
        this.definitions = definitions;
        this.diagnostics = diagnostics;
    }

    void check() {
        for (Definition definition : definitions.own()) {
            boolean valid = switch (definition) {
                case Definition.Cell c -> new Body(c).cell(c);
                case Definition.Function f -> new Body(f).function(f);
                case Definition.Constant _, Definition.Import _, Definition.Model _ -> true;
            };
            if (!valid) {
                definitions.markBroken(definition);
            }
        }
    }

    /** The check of one definition. */
    private final class Body {
        private final Map<String, Name> declared = new LinkedHashMap<>();
        private final Set<String> states = new HashSet<>();
        private final Set<String> targets = new HashSet<>();
        private final Set<String> read = new HashSet<>();
        private final Set<String> unknown = new HashSet<>();
        private final boolean isCell;
        private boolean valid = true;

        Body(Definition definition) {
            this.isCell = definition instanceof Definition.Cell;
        }

        boolean function(Definition.Function function) {
            function.inputs().forEach(this::declare);
            function.constants().forEach(c -> {
                c.value().ifPresent(this::names);
                declare(c.name());
            });
            if (!function.block()) {
                names(function.equations().getFirst().value());
                return valid;
            }
            equations(function.equations());
            if (!targets.contains(function.result().text())) {
                error(
                        DiagnosticKind.RESULT_UNDEFINED,
                        function.result(),
                        function.result().text());
            }
            return valid;
        }

        boolean cell(Definition.Cell cell) {
            CellSignature signature =
                    CellSignature.of(cell, definitions.constants().keySet());
            cell.inputs().forEach(i -> {
                declare(i.name());
                i.type().ifPresent(t -> {
                    if (!t.element().text().equals("token")
                            && !t.element().text().equals("real")) {
                        error(
                                DiagnosticKind.UNKNOWN_TYPE,
                                t.element(),
                                t.element().text());
                    }
                });
            });
            cell.constants().forEach(c -> declare(c.name()));
            sizes(cell.inputs().stream().map(CellSignature::dimensions).toList(), signature.inputSizes());
            sizes(List.of(cell.resultDimensions()), Set.copyOf(signature.positionalSizes()));
            cell.inputs().forEach(i -> CellSignature.dimensions(i).forEach(this::names));
            cell.resultDimensions().forEach(this::names);
            cell.constants().forEach(c -> c.value().ifPresent(this::names));
            for (CellStatement statement : cell.statements()) {
                switch (statement) {
                    case CellStatement.States s ->
                        s.items().forEach(i -> {
                            declare(i.name());
                            states.add(i.name().text());
                        });
                    case CellStatement.Parameters p -> parameters(p);
                    case Definition.Constant c -> {
                        names(c.value());
                        declare(c.name());
                    }
                    case CellStatement.Equation _ -> {}
                }
            }
            shapes(cell);
            equations(cell.statements().stream()
                    .filter(CellStatement.Equation.class::isInstance)
                    .map(CellStatement.Equation.class::cast)
                    .toList());
            results(cell);
            return valid;
        }

        private void sizes(List<List<Expression>> dimensions, Set<String> free) {
            for (Expression dimension :
                    dimensions.stream().flatMap(List::stream).toList()) {
                if (dimension instanceof Expression.Name name && free.contains(name.identifier())) {
                    declared.putIfAbsent(name.identifier(), new Name(name.identifier(), name.span()));
                }
            }
        }

        private void parameters(CellStatement.Parameters parameters) {
            for (CellStatement.Item item : parameters.items()) {
                declare(item.name());
                if (parameters.initializer().isEmpty()) {
                    valid = false;
                    diagnostics.reportWithHint(
                            DiagnosticKind.NO_INITIALIZER,
                            item.name().span(),
                            "write '~ uniform(bound)', '~ normal(deviation)' or '~ constant(value)' behind it",
                            item.name().text());
                }
            }
        }

        private void shapes(Definition.Cell cell) {
            for (CellStatement statement : cell.statements()) {
                switch (statement) {
                    case CellStatement.States s ->
                        s.items().forEach(i -> i.dimensions().forEach(this::names));
                    case CellStatement.Parameters p -> {
                        p.items().forEach(i -> i.dimensions().forEach(this::names));
                        p.initializer().ifPresent(this::initializer);
                    }
                    case CellStatement.Equation _, Definition.Constant _ -> {}
                }
            }
        }

        /** Names of initialisers are no functions; what else stands in them is. */
        private void initializer(Expression value) {
            if (value instanceof Expression.Call call && Initializers.isKnown(call.function())) {
                call.arguments().forEach(a -> initializer(a.value()));
            } else if (value instanceof Expression.Call call
                    && definitions.find(call.function()).isEmpty()
                    && !Intrinsics.isKnown(call.function())) {
                call.arguments().forEach(a -> names(a.value()));
            } else {
                names(value);
            }
        }

        private void equations(List<CellStatement.Equation> equations) {
            for (CellStatement.Equation equation : equations) {
                for (CellStatement.Target target : equation.targets()) {
                    target(target);
                }
                if (!isCell && equation.targets().size() > 1) {
                    valid = false;
                    diagnostics.report(
                            DiagnosticKind.NOT_SUPPORTED,
                            equation.span(),
                            "an equation with several names in a function");
                }
            }
            equations.forEach(e -> names(e.value()));
            List<CellStatement.Equation> cyclic = EquationOrder.sort(equations).cyclic();
            if (!cyclic.isEmpty()) {
                valid = false;
                String names = cyclic.stream()
                        .flatMap(e -> e.targets().stream())
                        .map(t -> "'" + t.text() + "'")
                        .limit(8)
                        .collect(Collectors.joining(", "));
                diagnostics.report(
                        DiagnosticKind.CYCLE,
                        cyclic.getFirst().targets().getFirst().name().span(),
                        names);
            }
        }

        private void target(CellStatement.Target target) {
            Name name = target.name();
            boolean state = states.contains(name.text());
            if (target.primed() && !state) {
                Optional<String> hint = Suggestions.hint(name.text(), states);
                valid = false;
                report(DiagnosticKind.NOT_PRIMED_STATE, name, hint);
                targets.add(target.text());
            } else if (!target.primed() && state) {
                error(DiagnosticKind.STATE_DEFINED, name, name.text(), name.text());
                targets.add(name.text() + "'");
            } else if (target.primed()) {
                targets.add(target.text());
                Name other = declared.putIfAbsent(target.text(), name);
                if (other != null) {
                    error(
                            DiagnosticKind.DUPLICATE,
                            name,
                            target.text(),
                            other.span().line());
                }
            } else {
                declare(name);
                targets.add(name.text());
            }
        }

        private void results(Definition.Cell cell) {
            for (String state : states) {
                if (!targets.contains(state + "'")) {
                    error(DiagnosticKind.STATE_NEVER_UPDATED, declared.get(state), state, state);
                }
            }
            if (!states.isEmpty() && cell.inputs().stream().allMatch(Definition.CellInput::whole)) {
                error(DiagnosticKind.NO_STEPS, cell.name(), cell.name().text());
            }
            String result = cell.result().text();
            if (!states.contains(result) && !targets.contains(result)) {
                error(DiagnosticKind.RESULT_UNDEFINED, cell.result(), result);
            }
            for (Definition.CellInput input : cell.inputs()) {
                if (valid && !read.contains(input.name().text())) {
                    diagnostics.report(
                            DiagnosticKind.UNUSED_INPUT,
                            input.name().span(),
                            "input",
                            input.name().text());
                }
            }
            for (CellStatement statement : cell.statements()) {
                if (valid && statement instanceof CellStatement.Parameters p) {
                    p.items().stream()
                            .map(CellStatement.Item::name)
                            .filter(n -> !read.contains(n.text()))
                            .forEach(n -> diagnostics.report(DiagnosticKind.UNUSED_PARAMETER, n.span(), n.text()));
                }
            }
        }

        private void names(Expression value) {
            Set<Expression> words = Intrinsics.words(value);
            Expressions.walk(value, e -> {
                if (e instanceof Expression.Name name && !words.contains(name)) {
                    name(name);
                } else if (e instanceof Expression.Call call) {
                    call(call);
                }
            });
        }

        private void name(Expression.Name name) {
            String text = name.primed() ? name.identifier() + "'" : name.identifier();
            read.add(text);
            if (declared.containsKey(text)
                    || targets.contains(text)
                    || definitions.constants().containsKey(text)) {
                return;
            }
            valid = false;
            if (name.primed() && states.contains(name.identifier())) {
                return;
            }
            Name at = new Name(name.identifier(), name.span());
            if (name.primed()) {
                report(
                        isCell ? DiagnosticKind.NOT_PRIMED_STATE : DiagnosticKind.PRIME_OUTSIDE_CELL,
                        at,
                        Suggestions.hint(name.identifier(), states));
            } else if (definitions.find(text).isPresent()) {
                String kind =
                        definitions.find(text).get().definition() instanceof Definition.Cell ? "cell" : "function";
                diagnostics.report(DiagnosticKind.NOT_A_VALUE, name.span(), text, kind);
            } else if (unknown.add(text)) {
                Set<String> known = new HashSet<>(declared.keySet());
                known.addAll(definitions.constants().keySet());
                report(DiagnosticKind.UNKNOWN_NAME, at, Suggestions.hint(text, known));
            }
        }

        private void call(Expression.Call call) {
            String name = call.function();
            if (definitions.find(name).isPresent() || Intrinsics.isKnown(name)) {
                return;
            }
            valid = false;
            Name at = new Name(name, call.functionSpan());
            if (declared.containsKey(name)) {
                report(DiagnosticKind.NOT_A_FUNCTION, at, Optional.empty());
            } else {
                report(DiagnosticKind.UNKNOWN_FUNCTION, at, Suggestions.hint(name, definitions.callable()));
            }
        }

        private void declare(Name name) {
            Name other = declared.putIfAbsent(name.text(), name);
            if (other != null) {
                error(DiagnosticKind.DUPLICATE, name, name.text(), other.span().line());
            }
        }

        private void error(DiagnosticKind kind, Name at, Object... arguments) {
            valid = false;
            diagnostics.report(kind, at.span(), arguments);
        }

        private void report(DiagnosticKind kind, Name at, Optional<String> hint) {
            if (hint.isPresent()) {
                diagnostics.reportWithHint(kind, at.span(), hint.get(), at.text());
            } else {
                diagnostics.report(kind, at.span(), at.text());
            }
        }
    }
}
