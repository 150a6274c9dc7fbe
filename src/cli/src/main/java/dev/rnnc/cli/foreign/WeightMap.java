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
        return ignored.stream().anyMatch(pattern -> matches(pattern, tensor));
    }

    /** The text must have the parts between the stars in their order; the first place of each part is as good as any. */
    private static boolean matches(String pattern, String text) {
        String[] parts = pattern.split("\\*", -1);
        if (parts.length == 1) {
            return pattern.equals(text);
        }
        String first = parts[0];
        String last = parts[parts.length - 1];
        if (!text.startsWith(first) || text.length() < first.length() + last.length() || !text.endsWith(last)) {
            return false;
        }
        int from = first.length();
        int end = text.length() - last.length();
        for (int i = 1; i < parts.length - 1; i++) {
            int at = text.indexOf(parts[i], from);
            if (at < 0 || at + parts[i].length() > end) {
                return false;
            }
            from = at + parts[i].length();
        }
        return true;
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
