package dev.rnnc.generic.random;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the terms in a line of a model by their brackets, to replace them by simpler ones. */
final class TermText {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z_]\\w*'?|\\d[\\d.]*(?:[eE][+-]?\\d+)?|[<>=!]=|\\S");
    private static final Set<String> OPERATORS =
            Set.of("+", "-", "*", "/", "@", "^", "<", ">", "<=", ">=", "==", "!=", ",", ":");

    private final List<String> tokens = new ArrayList<>();

    private TermText(String line) {
        Matcher matcher = TOKEN.matcher(line);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
    }

    /** From a token to the one behind the last. */
    private record Span(int start, int end) {
        boolean holds(Span other) {
            return start <= other.start && other.end <= end && !equals(other);
        }
    }

    /** The line with one term made simpler, in each way there is, the largest steps first. */
    static List<String> simpler(String line) {
        TermText text = new TermText(line);
        Set<String> results = new LinkedHashSet<>();
        List<Span> operands = text.operands();
        operands.sort((a, b) -> (b.end - b.start) - (a.end - a.start));
        for (Span outer : operands) {
            for (Span inner : operands.reversed()) {
                if (outer.holds(inner)) {
                    results.add(text.with(outer, text.tokens.subList(inner.start, inner.end)));
                }
            }
            // An operand with its operator.
            if (outer.end < text.tokens.size() && OPERATORS.contains(text.tokens.get(outer.end))) {
                results.add(text.with(new Span(outer.start, outer.end + 1), List.of()));
            }
            if (outer.start > 0 && OPERATORS.contains(text.tokens.get(outer.start - 1))) {
                results.add(text.with(new Span(outer.start - 1, outer.end), List.of()));
            }
            if (outer.end - outer.start > 1) {
                results.add(text.with(outer, List.of("0.5")));
            }
        }
        results.remove(line);
        return List.copyOf(results);
    }

    /** A text with each line joined to the one before while brackets are open there. */
    static String joined(String text) {
        StringBuilder all = new StringBuilder();
        int depth = 0;
        for (String line : text.lines().toList()) {
            all.append(depth > 0 ? " " : all.isEmpty() ? "" : "\n").append(depth > 0 ? line.strip() : line);
            for (char c : line.toCharArray()) {
                depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
            }
        }
        return all.append('\n').toString();
    }

    /** The text without one of the layers that are nothing but another value, for each of them. */
    static List<String> withoutAliases(String text) {
        Matcher alias =
                Pattern.compile("\\n *layer +(\\w+) *= *(\\w+) *(?=\\n)").matcher(text);
        List<String> results = new ArrayList<>();
        while (alias.find()) {
            String rest = text.substring(0, alias.start()) + text.substring(alias.end());
            results.add(rest.replaceAll("\\b" + alias.group(1) + "\\b", alias.group(2)));
        }
        return results;
    }

    /** The text with one input less of a cell and of its calls, for each input. */
    static List<String> withoutInputs(String text) {
        Matcher header = Pattern.compile("\\ncell (\\w+)\\(([^\\n]*)\\) ->|^cell (\\w+)\\(([^\\n]*)\\) ->")
                .matcher(text);
        List<String> results = new ArrayList<>();
        while (header.find()) {
            String name = header.group(1) != null ? header.group(1) : header.group(3);
            int inputs = new TermText(header.group()).arguments(name).size();
            for (int i = 0; i < inputs; i++) {
                int dropped = i;
                results.add(text.lines()
                        .map(line -> new TermText(line).withoutArgument(name, dropped, line))
                        .reduce("", (a, b) -> a + b + "\n"));
            }
        }
        return results;
    }

    /** The arguments behind the first mention of that name. */
    private List<Span> arguments(String name) {
        List<Span> spans = new ArrayList<>();
        int call = tokens.indexOf(name);
        if (call < 0 || call + 1 >= tokens.size() || !tokens.get(call + 1).equals("(")) {
            return spans;
        }
        int end = closing(call + 1) - 1;
        int start = call + 2;
        for (int i = start; i <= end; i++) {
            if (i == end || tokens.get(i).equals(",")) {
                spans.add(new Span(start, i));
                start = i + 1;
            } else if (tokens.get(i).equals("(")
                    || tokens.get(i).equals("[")
                    || tokens.get(i).equals("{")) {
                i = closing(i) - 1;
            }
        }
        return spans;
    }

    private String withoutArgument(String name, int index, String line) {
        List<Span> arguments = arguments(name);
        if (index >= arguments.size()) {
            return line;
        }
        Span span = arguments.get(index);
        boolean first = index == 0;
        return with(
                first
                        ? new Span(span.start, Math.min(span.end + 1, closing(span.start - 1) - 1))
                        : new Span(span.start - 1, span.end),
                List.of());
    }

    private String with(Span span, List<String> instead) {
        List<String> all = new ArrayList<>(tokens.subList(0, span.start));
        all.addAll(instead);
        all.addAll(tokens.subList(span.end, tokens.size()));
        return "  " + String.join(" ", all);
    }

    /** Names and numbers with the brackets and fields that follow, each such part, and what stands in brackets. */
    private List<Span> operands() {
        Set<Span> spans = new LinkedHashSet<>();
        for (int start = 0; start < tokens.size(); start++) {
            String first = tokens.get(start);
            int end;
            if (first.equals("(") || first.equals("[")) {
                end = closing(start);
                if (end > start + 1) {
                    spans.add(new Span(start + 1, end - 1));
                }
            } else if (Character.isLetterOrDigit(first.charAt(0)) || first.charAt(0) == '_') {
                end = start + 1;
            } else {
                continue;
            }
            spans.add(new Span(start, end));
            while (end < tokens.size()) {
                String next = tokens.get(end);
                if (next.equals("(") || next.equals("[")) {
                    end = closing(end);
                } else if (next.equals(".") && end + 1 < tokens.size()) {
                    end += 2;
                } else {
                    break;
                }
                spans.add(new Span(start, end));
            }
        }
        return new ArrayList<>(spans);
    }

    private int closing(int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (token.equals("(") || token.equals("[") || token.equals("{")) {
                depth++;
            } else if (token.equals(")") || token.equals("]") || token.equals("}")) {
                depth--;
                if (depth == 0) {
                    return i + 1;
                }
            }
        }
        return tokens.size();
    }
}
