package dev.rnnc.compiler.diag;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects diagnostics; the same one reported twice counts once. */
public final class Diagnostics {
    /** More than this many help nobody: the rest is dropped. */
    private static final int LIMIT = 100;

    private final Set<Diagnostic> found = new LinkedHashSet<>();

    /** Adds one. */
    public void report(DiagnosticKind kind, Span span, Object... arguments) {
        add(new Diagnostic(kind, span, strings(arguments), Optional.empty()));
    }

    /** Adds one with a hint. */
    public void reportWithHint(DiagnosticKind kind, Span span, String hint, Object... arguments) {
        add(new Diagnostic(kind, span, strings(arguments), Optional.of(hint)));
    }

    /** Adds one. */
    public void add(Diagnostic diagnostic) {
        if (found.size() < LIMIT) {
            found.add(diagnostic);
        }
    }

    /** Whether there is an error among them. */
    public boolean hasErrors() {
        return found.stream().anyMatch(d -> d.severity() == Severity.ERROR);
    }

    /** All, in the order of the text. */
    public List<Diagnostic> sorted() {
        List<Diagnostic> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparing((Diagnostic d) -> d.span().source().name())
                .thenComparing(d -> d.span().start())
                .thenComparing(Diagnostic::kind));
        return List.copyOf(sorted);
    }

    /** All: first those in {@code main}, then those of other files by name, each in the order of the text. */
    public List<Diagnostic> sorted(SourceText main) {
        List<Diagnostic> sorted = new ArrayList<>(sorted());
        sorted.sort(Comparator.comparing(d -> d.span().source() != main));
        return List.copyOf(sorted);
    }

    private static List<String> strings(Object[] arguments) {
        return java.util.Arrays.stream(arguments).map(String::valueOf).toList();
    }
}
