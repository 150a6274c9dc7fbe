package dev.rnnc.generic.random;

import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.Compiler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a model that fails simpler, as long as it fails in the same way: fewer statements, terms replaced by what they are
 * made of, smaller sizes, fewer rows and steps. It works on the text, so that any model can be made simpler; what {@code
 * check} refuses is no model.
 */
final class Shrink {
    /** How often the witnesses are asked at most. */
    private static final int TRIES = 500;

    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])\\d+(?![\\w.])");

    private final boolean java;
    private String text;
    private Setting setting;
    private Fault fault;
    private int tries;

    private Shrink(String text, Setting setting, Fault fault) {
        this.text = text;
        this.setting = setting;
        this.fault = fault;
        this.java = fault.kind() == Fault.Kind.BACKENDS
                || fault.kind() == Fault.Kind.COMPILE && !isFault(text, setting, false);
    }

    /** A model that fails, and how. */
    record Failing(String text, Setting setting, Fault fault) {}

    /** The simplest model found that fails like this one. */
    static Failing simplest(String text, Setting setting, Fault fault) {
        Shrink shrink = new Shrink(text, setting, fault);
        shrink.formatted();
        boolean smaller = true;
        while (smaller && shrink.tries < TRIES) {
            smaller = shrink.settings() | shrink.lines() | shrink.aliases() | shrink.terms() | shrink.numbers();
        }
        String tidy = Compiler.format(new SourceText("random.rnn", shrink.text), new Diagnostics())
                .orElse(shrink.text);
        return new Failing(tidy, shrink.setting, shrink.fault);
    }

    private boolean isFault(String candidate, Setting at, boolean withJava) {
        try {
            Witnesses.check(candidate, at, withJava);
            return false;
        } catch (Subject.FaultException e) {
            if (e.fault().like(fault)) {
                fault = e.fault();
                return true;
            }
            return false;
        }
    }

    private boolean accept(String candidate, Setting at) {
        if (tries >= TRIES || candidate.equals(text) && at.equals(setting) || Subject.refused(candidate)) {
            return false;
        }
        tries++;
        if (!isFault(candidate, at, java)) {
            return false;
        }
        text = candidate;
        setting = at;
        return true;
    }

    /** One statement a line, as far as the formatter does not cut it. */
    private void formatted() {
        Optional<String> canonical = Compiler.format(new SourceText("random.rnn", text), new Diagnostics());
        canonical.ifPresent(t -> accept(TermText.joined(t), setting));
    }

    private boolean settings() {
        boolean changed = accept(text, setting.with(Setting.Inputs.USUAL)) | accept(text, setting.withLengths(false));
        for (int steps = 1; steps < setting.steps(); steps++) {
            changed |= accept(text, setting.sized(steps, setting.batch()));
        }
        for (int batch = 1; batch < setting.batch(); batch++) {
            changed |= accept(text, setting.sized(setting.steps(), batch));
        }
        return changed;
    }

    /** Leaves out definitions, then single lines, the last ones first: nothing that follows reads them. */
    private boolean lines() {
        boolean changed = false;
        List<String> lines = new ArrayList<>(text.lines().toList());
        for (int end = lines.size(); end > 0; end--) {
            if (end > lines.size() || lines.get(end - 1).startsWith("model ")) {
                continue;
            }
            int start = end - 1;
            if (lines.get(start).equals("}")) {
                while (start > 0 && !lines.get(start).endsWith("{")) {
                    start--;
                }
                if (lines.get(start).startsWith("model ")) {
                    continue;
                }
            }
            List<String> fewer = new ArrayList<>(lines);
            fewer.subList(start, end).clear();
            if (accept(String.join("\n", fewer) + "\n", setting)) {
                lines = fewer;
                changed = true;
            }
        }
        return changed;
    }

    /** Leaves out layers that are another value by another name, and inputs of cells that nobody needs. */
    private boolean aliases() {
        boolean changed = false;
        for (String candidate = ""; candidate != null; ) {
            candidate = null;
            List<String> simpler = new ArrayList<>(TermText.withoutAliases(text));
            simpler.addAll(TermText.withoutInputs(text));
            for (String one : simpler) {
                if (accept(one, setting)) {
                    candidate = one;
                    changed = true;
                    break;
                }
            }
        }
        return changed;
    }

    /** Replaces terms by what they are made of, in one line after another. */
    private boolean terms() {
        boolean changed = false;
        int lines = text.lines().toList().size();
        for (int n = lines - 1; n >= 0; n--) {
            boolean again = true;
            while (again) {
                again = false;
                for (String simpler : TermText.simpler(text.lines().toList().get(n))) {
                    List<String> all = new ArrayList<>(text.lines().toList());
                    all.set(n, simpler);
                    if (accept(String.join("\n", all) + "\n", setting)) {
                        again = true;
                        changed = true;
                        break;
                    }
                }
            }
        }
        return changed;
    }

    /** Smaller numbers: everywhere at once, where sizes must agree, then one by one. */
    private boolean numbers() {
        boolean changed = false;
        for (String number :
                NUMBER.matcher(text).results().map(m -> m.group()).distinct().toList()) {
            int value = number.length() > 6 ? 0 : Integer.parseInt(number);
            for (int smaller : List.of(1, 2, value / 2, value - 1)) {
                if (smaller > 0 && smaller < value) {
                    changed |= accept(
                            Pattern.compile("(?<![\\w.])" + number + "(?![\\w.])")
                                    .matcher(text)
                                    .replaceAll(String.valueOf(smaller)),
                            setting);
                }
            }
        }
        for (int n = 0; n < NUMBER.matcher(text).results().count(); n++) {
            Matcher matcher = NUMBER.matcher(text);
            for (int i = 0; i <= n; i++) {
                matcher.find();
            }
            int value = matcher.group().length() > 6 ? 0 : Integer.parseInt(matcher.group());
            for (int smaller : List.of(0, 1, value - 1)) {
                if (smaller >= 0 && smaller < value) {
                    String candidate = text.substring(0, matcher.start()) + smaller + text.substring(matcher.end());
                    if (accept(candidate, setting)) {
                        changed = true;
                        break;
                    }
                }
            }
        }
        return changed;
    }
}
