package dev.rnnc.compiler.sema;

import java.util.Random;

/** Small random changes of a model's text. */
public final class Mutations {
    private static final String[] PIECES = {
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "'",
        "@",
        "^",
        "-",
        "+",
        "*",
        "=",
        ",",
        ";",
        ":",
        "~",
        "\"",
        "//",
        ".",
        "\n",
        "->",
        "model",
        "cell",
        "layer",
        "output",
        "input",
        "target",
        "loss",
        "train",
        "state",
        "param",
        "const",
        "function",
        "split(x, 2)",
        "x",
        "h",
        "h'",
        "0",
        "1",
        "2",
        "-1",
        "1e9",
        "1e300",
        "2147483647",
        "0.5",
        "sum(",
        "mean(x)",
        "max(",
        "final(h)",
        "last(",
        "dense(x, 3)",
        "lstm(",
        "real[3]",
        "token(5)",
        "sequence",
        "initial: {h: x}",
        "dropout(x, 0.5)",
        "x[1]",
        "x[0:2]",
        "mse(",
        "softmax(x)",
        "previous(x)",
        "\u00e9",
        "\u0000",
        "\uD83D\uDE00",
        "\uD83D"
    };

    private Mutations() {}

    /** {@code text} with one to four changes. */
    public static String mutate(String text, Random random) {
        StringBuilder mutated = new StringBuilder(text);
        for (int edits = 1 + random.nextInt(4); edits > 0 && !mutated.isEmpty(); edits--) {
            int at = random.nextInt(mutated.length());
            int end = Math.min(mutated.length(), at + 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 8));
            String piece = PIECES[random.nextInt(PIECES.length)];
            switch (random.nextInt(5)) {
                case 0 -> mutated.insert(at, piece);
                case 1 -> mutated.delete(at, end);
                case 2 -> mutated.replace(at, end, piece);
                case 3 -> mutated.insert(random.nextInt(mutated.length()), mutated.substring(at, end));
                default -> replaceWord(mutated, at, piece);
            }
        }
        return mutated.toString();
    }

    /** Puts a piece in the place of a whole word, which keeps the syntax right more often. */
    private static void replaceWord(StringBuilder text, int at, String piece) {
        int start = at;
        while (start > 0 && Character.isLetterOrDigit(text.charAt(start - 1))) {
            start--;
        }
        int end = at;
        while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
            end++;
        }
        text.replace(start, end, piece);
    }
}
