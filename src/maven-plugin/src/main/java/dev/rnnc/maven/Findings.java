package dev.rnnc.maven;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.Severity;
import dev.rnnc.compiler.diag.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.maven.plugin.logging.Log;
import org.codehaus.plexus.build.BuildContext;

/** What is wrong with the models of a build: shown at once, to the log or to the editor that runs the build. */
final class Findings {
    /** How the compiler tells what it finds after the check: "file:line: error: message". */
    private static final Pattern LATE = Pattern.compile("[^\\n]*?:(?:(\\d+):)? error: (.*)", Pattern.DOTALL);

    private final Log log;
    private final Optional<BuildContext> editor;
    private final List<String> errors = new ArrayList<>();
    private final Set<String> shown = new LinkedHashSet<>();
    private int warnings;

    Findings(Log log, Optional<BuildContext> editor) {
        this.log = log;
        this.editor = editor;
    }

    /** Forgets what an editor still shows of these files. */
    void clear(List<Path> files) {
        editor.ifPresent(context -> files.forEach(file -> context.removeMessages(file.toFile())));
    }

    /** Shows a diagnostic, unless it was: several models may import the file that it is in. */
    void add(Diagnostic diagnostic) {
        if (!shown.add(diagnostic.render())) {
            return;
        }
        Span span = diagnostic.span();
        String message = diagnostic.message()
                + diagnostic.hint().map(hint -> " (" + hint + ")").orElse("");
        String picture = "\n"
                + diagnostic
                        .render()
                        .lines()
                        .skip(1)
                        .limit(2)
                        .reduce((a, b) -> a + "\n" + b)
                        .orElse("");
        boolean error = diagnostic.severity() == Severity.ERROR;
        show(error, Path.of(span.source().name()), span.line(), span.column(), message, picture);
    }

    /** Shows an error that the compiler found after the check, in its own words. */
    void addLate(Path file, String message) {
        Matcher matcher = LATE.matcher(message.strip());
        if (!matcher.matches()) {
            addError(file, message.strip());
            return;
        }
        int line = matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1));
        show(true, file, line, 1, matcher.group(2), "");
    }

    /** Shows an error of a file as a whole. */
    void addError(Path file, String message) {
        show(true, file, 1, 1, message, "");
    }

    /** Shows a warning of a file as a whole. */
    void addWarning(Path file, String message) {
        show(false, file, 1, 1, message, "");
    }

    private void show(boolean error, Path file, int line, int column, String message, String picture) {
        String text = "%s:[%s,%s] %s".formatted(file, line, column, message);
        if (error) {
            errors.add(text);
        } else {
            warnings++;
        }
        int severity = error ? BuildContext.SEVERITY_ERROR : BuildContext.SEVERITY_WARNING;
        editor.ifPresent(context -> context.addMessage(file.toFile(), line, column, message, severity, null));
        if (error) {
            log.error(text + picture);
        } else {
            log.warn(text + picture);
        }
    }

    /** Errors so far, each in one line. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    /** How many warnings there were. */
    int warnings() {
        return warnings;
    }

    /** The message of a build that fails for these errors. */
    String summary() {
        return "%s %s in the models%n%s"
                .formatted(errors.size(), errors.size() == 1 ? "error" : "errors", String.join("\n", errors));
    }
}
