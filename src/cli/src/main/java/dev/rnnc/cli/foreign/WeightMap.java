package dev.rnnc.cli.foreign;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * How a model's parameters are made from the tensors of a file.
 *
 * @param sources by parameter; one that is not named goes by its own name, or its alias
 * @param ignored patterns of tensors that the model has no use for; {@code *} stands for any characters
 * @param remarks by parameter, what to add to a message where it cannot be filled
 */
public record WeightMap(SequencedMap<String, Source> sources, List<String> ignored, Map<String, String> remarks) {
    /** Every parameter by its own name. */
    public static final WeightMap NONE = new WeightMap(new LinkedHashMap<>(), List.of(), Map.of());

    public WeightMap {
        sources = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(sources));
        ignored = List.copyOf(ignored);
        remarks = Map.copyOf(remarks);
    }

    /** Whether a tensor of that name may be left over. */
    public boolean ignores(String tensor) {
        return ignored.stream().anyMatch(pattern -> matches(pattern, 0, tensor, 0));
    }

    private static boolean matches(String pattern, int at, String text, int from) {
        if (at == pattern.length()) {
            return from == text.length();
        }
        if (pattern.charAt(at) == '*') {
            return matches(pattern, at + 1, text, from) || from < text.length() && matches(pattern, at, text, from + 1);
        }
        return from < text.length()
                && pattern.charAt(at) == text.charAt(from)
                && matches(pattern, at + 1, text, from + 1);
    }

    /** The map as a file has it. */
    @Override
    public String toString() {
        String lines = sources.entrySet().stream()
                .map((Map.Entry<String, Source> e) -> e.getKey() + " = " + e.getValue() + "\n")
                .collect(Collectors.joining());
        return lines
                + ignored.stream().map(pattern -> "ignore " + pattern + "\n").collect(Collectors.joining());
    }
}
