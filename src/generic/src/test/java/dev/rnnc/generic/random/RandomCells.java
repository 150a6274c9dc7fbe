package dev.rnnc.generic.random;

import java.util.List;
import java.util.Random;
import java.util.Set;

/** The cells, activations and functions that random models are made of: the library's and some of their own. */
final class RandomCells {
    private RandomCells() {}

    /** What stands at the top of each file. */
    static final String DEFINITIONS = """
            activation flipped(x) = 1 - 2 / (1 + exp(-2 * x))
            activation bump(x; width = 1.5) = exp(-(x / width) ^ 2)
            activation hinge(x) = max(x - 0.1, 0.2 * x)
            function sum_of(x) = sum(x) / (1 + max(abs(x)))
            function all_sum(x) = sum(x)
            function all_mean(x) = mean(x)
            function all_max(x) = max(x)
            function all_min(x) = min(x)
            cell order2(x[X]) -> h[H] {
              state h[H], older[H]
              param w[H, X] ~ kaiming_uniform()
              param u[H, H], v[H, H] ~ orthogonal(0.7)
              param b[H] ~ normal(0.1)
              older' = h
              h' = tanh(w @ x + u @ h + v @ older + b)
            }
            cell watcher(x[X]) -> y[Y] {
              state m[X]
              param w[Y, X] ~ xavier_normal()
              param b[Y] ~ constant(0.25)
              m' = 0.9 * m + 0.1 * x
              y = flipped(w @ (x - m) + b)
            }
            cell masked(x[X]) -> h[X] {
              state h[X]
              h' = dropout(x, 0.3)
            }
            cell mixed(x[X], z[Z]) -> h[H] {
              state h[H], s
              param w[2*H, X] ~ split(xavier_uniform(), kaiming_normal())
              param u[H, Z], v[2*H, H] ~ uniform(1/sqrt(H))
              param b[2*H] ~ split(constant(1), constant(0))
              g, n = split(w @ x + v @ h + b, 2)
              s' = 0.5 * s + 0.1 * mean(h)
              h' = sigmoid(g) * h + (1 - sigmoid(g)) * flipped(n + u @ z) + 0.1 * s'
            }
            """;

    /** Words that mean something in Java or in the class of a model, yet are names like any other in a model. */
    private static final List<String> ODD_NAMES = List.of(
            "Math",
            "List",
            "yield",
            "native",
            "Float",
            "Override",
            "STEPS",
            "X",
            "Program",
            "String",
            "class",
            "int",
            "run",
            "seed",
            "close",
            "Object",
            "step",
            "T",
            "batch",
            "steps",
            "rows",
            "grad",
            "lengths",
            "spec",
            "h",
            "c");

    /** A name like that one which is not taken; now and then an odd one. */
    static String name(String like, Set<String> taken, Random random) {
        String odd = ODD_NAMES.get(random.nextInt(ODD_NAMES.size()));
        if (random.nextInt(12) == 0 && !taken.contains(odd)) {
            return odd;
        }
        String name = like.length() > 1 && !like.endsWith("_") || like.equals("x") ? like : like + 1;
        for (int n = 2; taken.contains(name); n++) {
            name = like + n;
        }
        return name;
    }

    /**
     * A cell with state.
     *
     * @param text its call: {@code %1$s} the input, {@code %2$s} another value, {@code %3$d} its width, {@code %4$s} what
     *     comes before the closing bracket
     * @param states their names
     */
    record Cell(String text, List<String> states) {
        String call(String x, String other, int width, String initial) {
            return text.formatted(x, other, width, initial);
        }

        boolean sameWidth() {
            return !text.contains("%3$d");
        }

        /** Whether its result is a state, so that {@code final} takes it. */
        boolean resultIsState() {
            return !text.startsWith("sru") && !text.startsWith("watcher");
        }

        boolean twoInputs() {
            return text.contains("%2$s");
        }

        /** The width of a state in a layer of {@code inputs} to {@code width}. */
        int width(String state, int inputs, int width) {
            return switch (state) {
                case "m" -> inputs;
                case "c" -> text.contains("C: 7") ? 7 : width;
                default -> width;
            };
        }
    }

    private static final List<String> H = List.of("h");
    private static final List<String> HC = List.of("h", "c");

    static final List<Cell> CELLS = List.of(
            new Cell("rnn(%1$s, %3$d%4$s)", H),
            new Cell("rnn_relu(%1$s, %3$d%4$s)", H),
            new Cell("lstm(%1$s, %3$d%4$s)", HC),
            new Cell("lstmp(%1$s, %3$d, C: 7%4$s)", HC),
            new Cell("gru(%1$s, %3$d%4$s)", H),
            new Cell("rnn_nobias(%1$s, %3$d%4$s)", H),
            new Cell("lstm_nobias(%1$s, %3$d%4$s)", HC),
            new Cell("lstmp_nobias(%1$s, %3$d, C: 7%4$s)", HC),
            new Cell("gru_nobias(%1$s, %3$d%4$s)", H),
            new Cell("gru_reset_before(%1$s, %3$d%4$s)", H),
            new Cell("lstm_peephole(%1$s, %3$d%4$s)", HC),
            new Cell("lstm_coupled(%1$s, %3$d%4$s)", HC),
            new Cell("mgu(%1$s, %3$d%4$s)", H),
            new Cell("indrnn(%1$s, %3$d%4$s)", H),
            new Cell("sru(%1$s%4$s)", List.of("c")),
            new Cell("ligru(%1$s, %3$d%4$s)", H),
            new Cell("lstm_layernorm(%1$s, %3$d%4$s)", HC),
            new Cell("gru_layernorm(%1$s, %3$d%4$s)", H),
            new Cell("lstm_zoneout(%1$s, %3$d, zone_h: 0.3%4$s)", HC),
            new Cell("lstm_dropout(%1$s, %3$d%4$s)", HC),
            new Cell("order2(%1$s, %3$d%4$s)", List.of("h", "older")),
            new Cell("watcher(%1$s, %3$d%4$s)", List.of("m")),
            new Cell("mixed(%1$s, %2$s, %3$d%4$s)", H));
}
