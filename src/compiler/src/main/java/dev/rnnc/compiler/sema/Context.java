package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Variable;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where an expression is resolved.
 *
 * @param definitions what can be called
 * @param constants the constants and sizes in sight
 * @param names the values in sight
 * @param place what kind of text it is
 * @param axis what {@code sum}, {@code mean} and {@code max} run along
 * @param owner the layer or cell instance that values belong to
 * @param weights the cell instance whose parameters the owner has: its own, or those of the layer it shares
 * @param instances the names of the cell calls in this text
 * @param equation the equation being resolved
 * @param calls the calls that lead here, outermost first
 * @param diagnostics where problems are reported
 */
record Context(
        Definitions definitions,
        Map<String, Double> constants,
        Map<String, Term> names,
        Place place,
        Term.Axis axis,
        String owner,
        String weights,
        Map<Expression.Call, String> instances,
        Equation equation,
        List<Call> calls,
        Diagnostics diagnostics) {

    /** The kind of text. */
    enum Place {
        LAYER,
        LOSS,
        CELL,
        FUNCTION
    }

    /** The equation being resolved: its name, text and line. */
    record Equation(String name, String text, int line) {}

    /** A call that is being resolved. */
    record Call(Definition definition, Span span, boolean inLibrary) {}

    /** Where the constants at the top of a file are resolved. */
    static Context constants(Definitions definitions, Diagnostics diagnostics) {
        return new Context(
                definitions,
                definitions.constants(),
                Map.of(),
                Place.LAYER,
                Term.Axis.TIME,
                "",
                "",
                Map.of(),
                new Equation("", "", 0),
                List.of(),
                diagnostics);
    }

    Context withEquation(Equation other) {
        return new Context(
                definitions, constants, names, place, axis, owner, weights, instances, other, calls, diagnostics);
    }

    Context withInstances(Map<Expression.Call, String> other) {
        return new Context(
                definitions, constants, names, place, axis, owner, weights, other, equation, calls, diagnostics);
    }

    /** The calls that lead into the body of {@code call}. */
    List<Call> callsWith(Call call) {
        List<Call> more = new ArrayList<>(calls);
        more.add(call);
        return more;
    }

    /** A value that stands behind a variable unless it is a leaf, so that it may be used many times. */
    Term shared(String name, Term term) {
        return switch (term) {
            case Term.Number _,
                    Term.Input _,
                    Term.Parameter _,
                    Term.Use _,
                    Term.StepInput _,
                    Term.WholeInput _,
                    Term.StateBefore _,
                    Term.Invalid _ -> term;
            default -> new Term.Use(variable(name, term));
        };
    }

    /** A variable of this place. */
    Variable variable(String name, Term term) {
        return new Variable(owner, name, equation.text(), equation.line(), term);
    }

    /**
     * The line in the model's own file where {@code span} stands or, if it stands in the library or an imported file, where
     * the call stands that leads to it.
     */
    int line(Span span) {
        int line = span.line();
        if (!calls.isEmpty()) {
            SourceText file = calls.getFirst().span().source();
            for (int i = calls.size() - 1; i >= 0 && span.source() != file; i--) {
                span = calls.get(i).span();
                line = span.line();
            }
        }
        return line;
    }

    /** Reports a problem and yields the term that silences what follows from it. */
    Term error(DiagnosticKind kind, Span span, Object... arguments) {
        return error(kind, span, Optional.empty(), arguments);
    }

    /**
     * Reports a problem. Within library code it is shown at the call in the user's text, since the library is not at
     * fault.
     */
    Term error(DiagnosticKind kind, Span span, Optional<String> hint, Object... arguments) {
        Span shown = span;
        Optional<String> shownHint = hint;
        boolean inLibrary = !calls.isEmpty() && calls.getLast().inLibrary();
        if (inLibrary) {
            int outermost = calls.size() - 1;
            while (outermost > 0 && calls.get(outermost - 1).inLibrary()) {
                outermost--;
            }
            Call call = calls.get(outermost);
            shown = call.span();
            shownHint = Optional.of("in '%s' of the library: %s"
                    .formatted(calls.getLast().definition().name().text(), shorten(span.text())));
        } else if (!calls.isEmpty() && hint.isEmpty()) {
            shownHint = Optional.of("in the call %s in line %s"
                    .formatted(
                            shorten(calls.getLast().span().text()),
                            calls.getLast().span().line()));
        }
        diagnostics.add(new Diagnostic(
                kind, shown, Arrays.stream(arguments).map(String::valueOf).toList(), shownHint));
        return new Term.Invalid();
    }

    /** A text cut to what fits into a message. */
    static String shorten(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
