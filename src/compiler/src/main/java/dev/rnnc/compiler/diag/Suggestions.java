package dev.rnnc.compiler.diag;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class Suggestions {
    private Suggestions() {}

    /** {@code did you mean 'sigmoid'?}, if a known name is near enough to {@code wrong}. */
    public static Optional<String> hint(String wrong, Collection<String> known) {
        if (wrong.length() > 64) {
            return Optional.empty();
        }
        int most = wrong.length() <= 2 ? 1 : wrong.length() <= 5 ? 2 : 3;
        return known.stream()
                .distinct()
                .filter(name -> !name.equals(wrong) && Math.abs(name.length() - wrong.length()) <= most)
                .filter(name -> distance(wrong, name) <= Math.min(most, name.length() - 1))
                .min(Comparator.comparingInt((String name) -> distance(wrong, name))
                        .thenComparing(name -> name))
                .map(name -> "did you mean '" + name + "'?");
    }

    /** Edits (insert, delete, replace, swap of neighbours) from one to the other, upper and lower case being equal. */
    private static int distance(String first, String second) {
        String a = first.toLowerCase(java.util.Locale.ROOT);
        String b = second.toLowerCase(java.util.Locale.ROOT);
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
