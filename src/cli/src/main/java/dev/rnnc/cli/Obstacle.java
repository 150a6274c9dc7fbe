package dev.rnnc.cli;

import dev.rnnc.cli.Backend.Finding;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.syntax.Definition;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a sound model cannot be compiled, with a place in its text: that of the equation, or else of the model's name.
 *
 * @param finding as other programs read it
 * @param rendered as a person does
 */
record Obstacle(Finding finding, String rendered) {
    private static final Pattern MESSAGE = Pattern.compile("[^\\n]*?(?::(\\d+))?: error: (.*)", Pattern.DOTALL);

    /** @param message what the compiler says: {@code FILE:LINE: error: ...}, without a line where it concerns the whole */
    static Obstacle of(SourceText source, String message) {
        Matcher parts = MESSAGE.matcher(message.strip());
        boolean placed = parts.matches();
        String what = placed ? parts.group(2) : message.strip();
        int line = 1;
        int column = 1;
        if (placed && parts.group(1) != null) {
            line = Integer.parseInt(parts.group(1));
            String text = source.lineText(line);
            column = 1 + text.length() - text.stripLeading().length();
        } else {
            for (Definition definition :
                    ModelParser.parse(source, new Diagnostics()).definitions()) {
                if (definition instanceof Definition.Model model) {
                    line = model.name().span().line();
                    column = model.name().span().column();
                }
            }
        }
        Finding finding = new Finding(line, column, "error", "TOO_LARGE", what);
        return new Obstacle(finding, "%s:%d:%d: error: %s\n".formatted(source.name(), line, column, what));
    }
}
