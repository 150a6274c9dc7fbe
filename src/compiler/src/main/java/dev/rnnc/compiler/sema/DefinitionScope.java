package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expressions;
import dev.rnnc.compiler.syntax.Name;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The names that one cell or function declares, defines and reads; reports those that are declared twice or unknown. */
final class DefinitionScope {
    private final boolean isCell;
    private final Definitions definitions;
    private final Diagnostics diagnostics;
    private final Map<String, Name> declared = new LinkedHashMap<>();
    private final Map<String, Name> states = new HashMap<>();
    private final Set<String> targets = new HashSet<>();
    private final Set<String> read = new HashSet<>();
    private final Set<String> unknown = new HashSet<>();
    private boolean valid = true;

    DefinitionScope(boolean isCell, Definitions definitions, Diagnostics diagnostics) {
        this.isCell = isCell;
        this.definitions = definitions;
        this.diagnostics = diagnostics;
    }

    /** Whether nothing wrong was found in the definition. */
    boolean valid() {
        return valid;
    }

    void markInvalid() {
        valid = false;
    }

    /** Where the states are declared. */
    Collection<Name> states() {
        return states.values();
    }

    boolean isState(String name) {
        return states.containsKey(name);
    }

    /** Whether an equation defines that name, a state's with its prime. */
    boolean isDefined(String name) {
        return targets.contains(name);
    }

    boolean isRead(String name) {
        return read.contains(name);
    }

    /** Declares a size that calls bind; it may stand in several shapes. */
    void declareSize(Expression.Name name) {
        declared.putIfAbsent(name.identifier(), new Name(name.identifier(), name.span()));
    }

    void declareState(Name name) {
        declare(name);
        states.put(name.text(), declared.get(name.text()));
    }

    /** Takes note of what an equation defines. */
    void target(CellStatement.Target target) {
        Name name = target.name();
        boolean state = states.containsKey(name.text());
        if (target.primed() && !state) {
            Optional<String> hint = Suggestions.hint(name.text(), states.keySet());
            markInvalid();
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

    /** Looks up every name and call of an expression. */
    void names(Expression value) {
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
        markInvalid();
        if (name.primed() && states.containsKey(name.identifier())) {
            return;
        }
        Name at = new Name(name.identifier(), name.span());
        if (name.primed()) {
            report(
                    isCell ? DiagnosticKind.NOT_PRIMED_STATE : DiagnosticKind.PRIME_OUTSIDE_CELL,
                    at,
                    Suggestions.hint(name.identifier(), states.keySet()));
        } else if (definitions.find(text).isPresent()) {
            String kind = definitions.find(text).get().definition() instanceof Definition.Cell ? "cell" : "function";
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
        markInvalid();
        Name at = new Name(name, call.functionSpan());
        if (declared.containsKey(name)) {
            report(DiagnosticKind.NOT_A_FUNCTION, at, Optional.empty());
        } else {
            report(DiagnosticKind.UNKNOWN_FUNCTION, at, Suggestions.hint(name, definitions.callable()));
        }
    }

    /** Declares an input, a constant or a parameter. */
    void declare(Name name) {
        Name other = declared.putIfAbsent(name.text(), name);
        if (other != null) {
            error(DiagnosticKind.DUPLICATE, name, name.text(), other.span().line());
        }
    }

    /** Reports an error in the definition. */
    void error(DiagnosticKind kind, Name at, Object... arguments) {
        markInvalid();
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
