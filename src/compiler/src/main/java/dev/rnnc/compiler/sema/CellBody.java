package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Resolves the body of one instance of a cell. The cell has passed the {@link DefinitionChecker}. */
final class CellBody {
    private final TermResolver terms;
    private final Instances instances;
    private final Definition.Cell cell;
    private final Context body;

    CellBody(TermResolver terms, Instances instances, Definition.Cell cell, Context body) {
        this.terms = terms;
        this.instances = instances;
        this.cell = cell;
        this.body = body;
    }

    static List<String> stateNames(Definition.Cell cell) {
        return cell.statements().stream()
                .filter(CellStatement.States.class::isInstance)
                .flatMap(s -> ((CellStatement.States) s).items().stream())
                .map(i -> i.name().text())
                .toList();
    }

    Term resolve(
            Expression.Call call, List<Term> inputs, Map<String, Term> initial, Direction direction, Context caller) {
        boolean scanned = scanned(cell, inputs);
        bindInputs(inputs, scanned, caller);
        Map<String, TermType> states = new LinkedHashMap<>();
        CellDeclarations declarations = new CellDeclarations(instances, cell, body);
        boolean valid = declarations.declare(states);
        boolean outer = instances.scanning();
        instances.scanning(outer || scanned);
        CellEquations equations = new CellEquations(terms, cell, body);
        valid = valid && equations.resolve();
        instances.scanning(outer);
        Optional<List<Integer>> declared = declarations.shape(
                cell.resultDimensions(), cell.result().text(), cell.result().span());
        if (!valid || declared.isEmpty()) {
            return new Term.Invalid();
        }
        String result = cell.result().text();
        Term value = body.names().get(states.containsKey(result) ? result + "'" : result);
        // A new value may be a scalar that is repeated to its state's shape.
        TermType type = states.getOrDefault(result, value.type());
        if (type.isToken() || !type.shape().equals(declared.get())) {
            body.error(
                    DiagnosticKind.SHAPE_MISMATCH,
                    cell.result().span(),
                    result,
                    "%s is declared, but its definition yields %s"
                            .formatted(declared.get(), type.isToken() ? type : type.shape()));
            return new Term.Invalid();
        }
        if (cell.readsWhole() && value.type().rows() == Rows.SEQUENCE) {
            return whole("the result '" + result + "'", cell.result().span());
        }
        if (!scanned) {
            return value;
        }
        List<Recurrence.State> resolved = states(states, initial, call, caller);
        if (resolved == null) {
            return new Term.Invalid();
        }
        List<Recurrence.Input> given = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Definition.CellInput input = cell.inputs().get(i);
            given.add(new Recurrence.Input(input.name().text(), caller.shared("", inputs.get(i)), input.whole()));
        }
        Recurrence recurrence = new Recurrence(
                body.owner(),
                cell.name().text(),
                caller.line(call.span()),
                direction == Direction.BACKWARD,
                given,
                resolved,
                equations.variables(),
                value);
        instances.add(recurrence);
        int index = recurrence.indexOf(result);
        return index >= 0 ? new Term.CellState(recurrence, index) : new Term.CellOutput(recurrence);
    }

    /** Whether an instance runs step by step: it has a state, or reads a whole sequence at each step of another. */
    private static boolean scanned(Definition.Cell cell, List<Term> inputs) {
        return cell.recurrent() || cell.readsWhole() && hasSteps(cell, inputs);
    }

    /** Whether some input comes step by step. */
    static boolean hasSteps(Definition.Cell cell, List<Term> inputs) {
        return IntStream.range(0, inputs.size())
                .anyMatch(i ->
                        !cell.inputs().get(i).whole() && inputs.get(i).type().rows() == Rows.SEQUENCE);
    }

    private void bindInputs(List<Term> inputs, boolean scanned, Context caller) {
        for (int i = 0; i < inputs.size(); i++) {
            Definition.CellInput input = cell.inputs().get(i);
            String name = input.name().text();
            TermType type = inputs.get(i).type();
            Rows rows = type.rows() == Rows.SEQUENCE ? Rows.BATCH : type.rows();
            Term step = input.whole()
                    ? new Term.WholeInput(i, name, type)
                    : new Term.StepInput(i, name, type.withRows(rows));
            body.names().put(name, scanned ? step : caller.shared("", inputs.get(i)));
        }
    }

    private Term whole(String what, Span span) {
        return body.error(
                DiagnosticKind.WHOLE_VALUE,
                span,
                Optional.of("'attention(query, keys)' and 'attend(scores, values)' make one value of all steps"),
                what);
    }

    private List<Recurrence.State> states(
            Map<String, TermType> states, Map<String, Term> initial, Expression.Call call, Context caller) {
        List<Recurrence.State> resolved = new ArrayList<>();
        boolean valid = true;
        for (Map.Entry<String, TermType> state : states.entrySet()) {
            Term next = body.names().get(state.getKey() + "'");
            Span span = update(state.getKey());
            if (!next.type().isScalar()
                            && !next.type().shape().equals(state.getValue().shape())
                    || next.type().isToken()) {
                body.error(
                        DiagnosticKind.SHAPE_MISMATCH,
                        span,
                        state.getKey() + "'",
                        "the state has %s, its new value %s"
                                .formatted(state.getValue().shape(), next.type().shape()));
                valid = false;
            }
            if (next.type().rows() == Rows.SEQUENCE) {
                whole("the new value '" + state.getKey() + "''", span);
                valid = false;
            }
            Term start = initial.get(state.getKey());
            valid &= start == null || fits(state.getKey(), start, state.getValue(), call, caller);
            resolved.add(new Recurrence.State(state.getKey(), state.getValue(), Optional.ofNullable(start), next));
        }
        return valid ? resolved : null;
    }

    private static boolean fits(String state, Term start, TermType type, Expression.Call call, Context caller) {
        if (start instanceof Term.Invalid) {
            return false;
        }
        boolean shape = start.type().isScalar() || start.type().shape().equals(type.shape());
        if (start.type().isToken() || !shape || start.type().rows() == Rows.SEQUENCE) {
            caller.error(
                    DiagnosticKind.SHAPE_MISMATCH,
                    call.span(),
                    "initial " + state,
                    "the state is %s, found %s".formatted(TermType.real(Rows.BATCH, type.shape()), start.type()));
            return false;
        }
        return true;
    }

    private Span update(String state) {
        return cell.statements().stream()
                .filter(CellStatement.Equation.class::isInstance)
                .map(CellStatement.Equation.class::cast)
                .flatMap(e -> e.targets().stream())
                .filter(t -> t.primed() && t.name().text().equals(state))
                .map(t -> t.name().span())
                .findFirst()
                .orElse(cell.name().span());
    }
}
