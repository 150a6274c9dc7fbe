package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Name;
import java.util.List;
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
        private final DefinitionScope scope;
        private final boolean isCell;

        Body(Definition definition) {
            this.isCell = definition instanceof Definition.Cell;
            this.scope = new DefinitionScope(isCell, definitions, diagnostics);
        }

        boolean function(Definition.Function function) {
            function.inputs().forEach(scope::declare);
            function.constants().forEach(c -> {
                c.value().ifPresent(scope::names);
                scope.declare(c.name());
            });
            if (!function.block()) {
                scope.names(function.equations().getFirst().value());
                return scope.valid();
            }
            equations(function.equations());
            if (!scope.isDefined(function.result().text())) {
                scope.error(
                        DiagnosticKind.RESULT_UNDEFINED,
                        function.result(),
                        function.result().text());
            }
            return scope.valid();
        }

        boolean cell(Definition.Cell cell) {
            CellSignature signature =
                    CellSignature.of(cell, definitions.constants().keySet());
            cell.inputs().forEach(i -> {
                scope.declare(i.name());
                i.type().ifPresent(t -> {
                    if (!t.element().text().equals("token")
                            && !t.element().text().equals("real")) {
                        scope.error(
                                DiagnosticKind.UNKNOWN_TYPE,
                                t.element(),
                                t.element().text());
                    }
                });
            });
            cell.constants().forEach(c -> scope.declare(c.name()));
            sizes(cell.inputs().stream().map(CellSignature::dimensions).toList(), signature.inputSizes());
            sizes(List.of(cell.resultDimensions()), Set.copyOf(signature.positionalSizes()));
            cell.inputs().forEach(i -> CellSignature.dimensions(i).forEach(scope::names));
            cell.resultDimensions().forEach(scope::names);
            cell.constants().forEach(c -> c.value().ifPresent(scope::names));
            for (CellStatement statement : cell.statements()) {
                switch (statement) {
                    case CellStatement.States s ->
                        s.items().stream().map(CellStatement.Item::name).forEach(scope::declareState);
                    case CellStatement.Parameters p -> parameters(p);
                    case Definition.Constant c -> {
                        scope.names(c.value());
                        scope.declare(c.name());
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
            return scope.valid();
        }

        private void sizes(List<List<Expression>> dimensions, Set<String> free) {
            for (Expression dimension :
                    dimensions.stream().flatMap(List::stream).toList()) {
                if (dimension instanceof Expression.Name name && free.contains(name.identifier())) {
                    scope.declareSize(name);
                }
            }
        }

        private void parameters(CellStatement.Parameters parameters) {
            for (CellStatement.Item item : parameters.items()) {
                scope.declare(item.name());
                if (parameters.initializer().isEmpty()) {
                    scope.markInvalid();
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
                        s.items().forEach(i -> i.dimensions().forEach(scope::names));
                    case CellStatement.Parameters p -> {
                        p.items().forEach(i -> i.dimensions().forEach(scope::names));
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
                call.arguments().forEach(a -> scope.names(a.value()));
            } else {
                scope.names(value);
            }
        }

        private void equations(List<CellStatement.Equation> equations) {
            for (CellStatement.Equation equation : equations) {
                for (CellStatement.Target target : equation.targets()) {
                    scope.target(target);
                }
                if (!isCell && equation.targets().size() > 1) {
                    scope.markInvalid();
                    diagnostics.report(
                            DiagnosticKind.NOT_SUPPORTED,
                            equation.span(),
                            "an equation with several names in a function");
                }
            }
            equations.forEach(e -> scope.names(e.value()));
            List<CellStatement.Equation> cyclic = EquationOrder.sort(equations).cyclic();
            if (!cyclic.isEmpty()) {
                scope.markInvalid();
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

        private void results(Definition.Cell cell) {
            for (Name state : scope.states()) {
                if (!scope.isDefined(state.text() + "'")) {
                    scope.error(DiagnosticKind.STATE_NEVER_UPDATED, state, state.text(), state.text());
                }
            }
            if (!scope.states().isEmpty() && cell.inputs().stream().allMatch(Definition.CellInput::whole)) {
                scope.error(DiagnosticKind.NO_STEPS, cell.name(), cell.name().text());
            }
            String result = cell.result().text();
            if (!scope.isState(result) && !scope.isDefined(result)) {
                scope.error(DiagnosticKind.RESULT_UNDEFINED, cell.result(), result);
            }
            for (Definition.CellInput input : cell.inputs()) {
                if (scope.valid() && !scope.isRead(input.name().text())) {
                    diagnostics.report(
                            DiagnosticKind.UNUSED_INPUT,
                            input.name().span(),
                            "input",
                            input.name().text());
                }
            }
            for (CellStatement statement : cell.statements()) {
                if (scope.valid() && statement instanceof CellStatement.Parameters p) {
                    p.items().stream()
                            .map(CellStatement.Item::name)
                            .filter(n -> !scope.isRead(n.text()))
                            .forEach(n -> diagnostics.report(DiagnosticKind.UNUSED_PARAMETER, n.span(), n.text()));
                }
            }
        }
    }
}
