package dev.rnnc.generic.random;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What goes into a model: dense arrays by the names of ports, {@code [T, B, width]}, and of parameters. Each is drawn from
 * the seed and its own name, so that a model that lost a statement still gets the same for all others.
 *
 * @param steps T
 * @param batch B
 * @param reals real inputs and targets, parameters and states before the run
 * @param tokens inputs and targets that are tokens
 * @param lengths steps of each row by the name of a sequence; empty where all have T
 */
record Given(int steps, int batch, Map<String, double[]> reals, Map<String, int[]> tokens, Map<String, int[]> lengths) {
    /** Where rules change, or functions have an edge. */
    private static final double[] EDGES = {0, 0, -0.0, 1, -1, 0.5, 20, -20, 3, 1e-3};

    /** Whether that is a number where rules change. */
    static boolean isEdge(double number) {
        return Arrays.stream(EDGES).anyMatch(edge -> edge == number);
    }

    /** What is drawn for a model. */
    static Given draw(Model model, Setting setting) {
        Map<String, double[]> reals = new TreeMap<>();
        Map<String, int[]> tokens = new TreeMap<>();
        Map<String, int[]> lengths = new TreeMap<>();
        for (PortSpec port : model.spec().ports()) {
            if (port.role() == Role.STATE) {
                // Half of all runs begin with zeros, as those of a user do.
                int size = setting.batch() * port.width();
                boolean zero = setting.random("states").nextBoolean();
                reals.put(
                        port.name(),
                        zero ? new double[size] : numbers(setting.random(port.name()), size, 1, Setting.Inputs.USUAL));
            }
            if (port.role() != Role.INPUT && port.role() != Role.TARGET) {
                continue;
            }
            Random random = setting.random(port.name());
            int rows = rows(port, setting.steps(), setting.batch());
            if (port.element() == Element.TOKEN) {
                tokens.put(port.name(), random.ints(rows, 0, port.vocabulary()).toArray());
            } else {
                reals.put(port.name(), numbers(random, rows * port.width(), 1, setting.inputs()));
            }
            if (setting.lengths() && port.rows() == Rows.SEQUENCE) {
                lengths.put(port.name(), lengths(random, setting));
            }
        }
        for (ParameterSpec parameter : model.spec().parameters()) {
            // Of matrices each product is about as large as its operand; other parameters stand beside it.
            double bound = parameter.shape().size() < 2
                    ? 1
                    : Math.sqrt(1.5 / parameter.shape().getLast());
            reals.put(
                    parameter.name(),
                    numbers(setting.random(parameter.name()), parameter.size(), bound, Setting.Inputs.USUAL));
        }
        return new Given(setting.steps(), setting.batch(), reals, tokens, lengths);
    }

    /** Numbers that floats hold exactly; of edges every third. */
    private static double[] numbers(Random random, int count, double bound, Setting.Inputs inputs) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            double drawn = (float) (bound * (2 * random.nextDouble() - 1));
            boolean edge = random.nextInt(3) == 0;
            double any = EDGES[random.nextInt(EDGES.length)];
            numbers[i] = switch (inputs) {
                case USUAL -> drawn;
                case EDGES -> edge ? any : drawn;
                case EDGES_WITHOUT_SIGN -> Math.abs(edge ? any : drawn);
            };
        }
        return numbers;
    }

    private static int[] lengths(Random random, Setting setting) {
        int[] lengths = new int[setting.batch()];
        for (int b = 0; b < lengths.length; b++) {
            int kind = random.nextInt(6);
            lengths[b] = kind == 0 ? 0 : kind <= 2 ? setting.steps() : random.nextInt(setting.steps() + 1);
        }
        return lengths;
    }

    /** Rows of a port. */
    static int rows(PortSpec port, int steps, int batch) {
        return switch (port.rows()) {
            case NONE -> 1;
            case BATCH -> batch;
            case SEQUENCE -> steps * batch;
        };
    }

    /** How many steps a row of a sequence has. */
    int length(String sequence, int row) {
        int[] all = lengths.get(sequence);
        return all == null ? steps : all[row];
    }

    /** The same with one array of numbers replaced. */
    Given with(String name, double[] values) {
        Map<String, double[]> changed = new HashMap<>(reals);
        changed.put(name, values);
        return new Given(steps, batch, changed, tokens, lengths);
    }

    /** The same with other numbers, for names that they have. */
    Given withAll(Map<String, double[]> others) {
        Map<String, double[]> changed = new HashMap<>(reals);
        changed.putAll(others);
        return new Given(steps, batch, changed, tokens, lengths);
    }

    /** The same with other lengths. */
    Given withLengths(Map<String, int[]> others) {
        return new Given(steps, batch, reals, tokens, others);
    }

    /**
     * {@code count} steps from the given one on.
     *
     * @param ports the model's
     */
    Given piece(List<PortSpec> ports, int from, int count) {
        Map<String, double[]> cutReals = new HashMap<>(reals);
        Map<String, int[]> cutTokens = new HashMap<>(tokens);
        for (PortSpec port : ports) {
            if (port.rows() != Rows.SEQUENCE || port.role() != Role.INPUT && port.role() != Role.TARGET) {
                continue;
            }
            int first = from * batch;
            int end = (from + count) * batch;
            if (port.element() == Element.TOKEN) {
                cutTokens.put(port.name(), Arrays.copyOfRange(tokens.get(port.name()), first, end));
            } else {
                int width = port.width();
                double[] all = reals.get(port.name());
                cutReals.put(port.name(), Arrays.copyOfRange(all, first * width, end * width));
            }
        }
        Map<String, int[]> cutLengths = new HashMap<>();
        lengths.forEach((name, all) -> cutLengths.put(
                name,
                Arrays.stream(all).map(l -> Math.clamp(l - from, 0, count)).toArray()));
        return new Given(count, batch, cutReals, cutTokens, cutLengths);
    }

    /** Some rows of the batch alone. */
    Given rows(List<PortSpec> ports, int first, int count) {
        Map<String, double[]> cutReals = new HashMap<>(reals);
        Map<String, int[]> cutTokens = new HashMap<>(tokens);
        Map<String, int[]> cutLengths = new HashMap<>();
        lengths.forEach((name, all) -> cutLengths.put(name, Arrays.copyOfRange(all, first, first + count)));
        for (PortSpec port : ports) {
            String name = port.name();
            if (port.rows() == Rows.NONE) {
                continue;
            }
            if (tokens.containsKey(name)) {
                int[] all = tokens.get(name);
                int[] some = new int[all.length / batch * count];
                Arrays.setAll(some, i -> all[i / count * batch + first + i % count]);
                cutTokens.put(name, some);
            } else if (reals.containsKey(name)) {
                double[] all = reals.get(name);
                int width = port.width();
                double[] some = new double[all.length / batch * count];
                Arrays.setAll(some, i -> {
                    int row = i / width;
                    return all[(row / count * batch + first + row % count) * width + i % width];
                });
                cutReals.put(name, some);
            }
        }
        return new Given(steps, count, cutReals, cutTokens, cutLengths);
    }

    /** The same with NaN wherever a sequence has no step: what stands there must change nothing. */
    Given poisoned(List<PortSpec> ports) {
        Map<String, double[]> changed = new HashMap<>(reals);
        for (PortSpec port : ports) {
            if (lengths.containsKey(port.name()) && reals.containsKey(port.name())) {
                double[] all = reals.get(port.name()).clone();
                int width = port.width();
                for (int i = 0; i < all.length; i++) {
                    int at = i / width;
                    all[i] = at / batch < length(port.name(), at % batch) ? all[i] : Double.NaN;
                }
                changed.put(port.name(), all);
            }
        }
        return new Given(steps, batch, changed, tokens, lengths);
    }
}
