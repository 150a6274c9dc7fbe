package dev.rnnc.generic.random;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Compares a gradient with the slope of the loss, which is computed by {@link Meaning} at points before and behind.
 *
 * <p>A central difference over 2e is off by about e^2 times the third derivative and by the rounding of the loss over e; at
 * e = 1e-5 both are near 1e-10 of a loss about 1. How much it is really off shows beside the one over e, for which ten times
 * their difference is allowed. At a kink the two sides have slopes of their own however small e is: there the gradient may
 * be any number between the two, since which one is a convention.
 */
final class Slopes {
    private static final double[] STEPS = {1e-5, 1e-6, 1e-7, 1e-8};
    private static final double RELATIVE = 1e-6;
    private static final int COORDINATES = 24;
    /** Of a probability that bce reads. */
    private static final Pattern UNIT = Pattern.compile("edge\\s*= where\\((\\w+) < 0");
    /** At an end of bce the gradient is about 1e12 over the number of elements. */
    private static final double LARGE = 1e5;

    private final Model model;
    private final Given given;
    private final Map<String, double[]> gradients = new TreeMap<>();

    private Slopes(Model model, Given given, Map<String, double[]> results) {
        this.model = model;
        this.given = given;
        results.forEach((name, values) -> {
            if (name.startsWith(Run.INPUT_GRADIENT)) {
                gradients.put(name.substring(Run.INPUT_GRADIENT.length()), values);
            } else if (name.startsWith(Run.GRADIENT)) {
                gradients.put(name.substring(Run.GRADIENT.length()), values);
            }
        });
    }

    /** What is wrong in a random direction of all parameters and inputs. */
    static Optional<String> alongAll(Model model, Given given, Map<String, double[]> results, Random random) {
        Slopes slopes = new Slopes(model, given, results);
        Map<String, double[]> direction = new LinkedHashMap<>();
        slopes.gradients.forEach((name, values) ->
                direction.put(name, random.doubles(values.length, -1, 1).toArray()));
        return slopes.along(direction).map(what -> "in a random direction: " + what);
    }

    /** What is wrong along single elements of inputs, which may lie on an edge each. */
    static Optional<String> alongEach(Model model, Given given, Map<String, double[]> results, Random random) {
        Slopes slopes = new Slopes(model, given, results);
        List<Coordinate> onEdges = slopes.onEdges();
        for (int n = 0; n < COORDINATES && !slopes.gradients.isEmpty(); n++) {
            // Half of them where rules change.
            Coordinate next =
                    n % 2 == 0 && !onEdges.isEmpty() ? onEdges.get(random.nextInt(onEdges.size())) : slopes.any(random);
            String name = next.name;
            int at = next.index;
            double[] one = new double[slopes.gradients.get(name).length];
            one[at] = 1;
            Optional<String> wrong = slopes.along(Map.of(name, one));
            if (wrong.isPresent()) {
                return Optional.of("along %s[%d] at %s: %s"
                        .formatted(name, at, given.reals().get(name)[at], wrong.get()));
            }
        }
        return Optional.empty();
    }

    /** What is wrong where {@code bce} meets 0 or 1: there its slope has no end, and its gradient is large. */
    static Optional<String> atEnds(String text, List<PortSpec> ports, Given given, Map<String, double[]> results) {
        Matcher unit = UNIT.matcher(text);
        if (!unit.find() || !text.contains("bce(edge, ")) {
            return Optional.empty();
        }
        PortSpec input = ports.stream()
                .filter(p -> p.name().equals(unit.group(1)))
                .findFirst()
                .orElseThrow();
        double[] x = given.reals().get(input.name());
        double[] gradient = results.get(Run.INPUT_GRADIENT + input.name());
        for (int i = 0; i < x.length; i++) {
            int at = i / input.width();
            boolean step = input.rows() != Rows.SEQUENCE
                    || at / given.batch() < given.length(input.name(), at % given.batch());
            if (step && (x[i] == 0 || x[i] == 1) && !(Math.abs(gradient[i]) > LARGE)) {
                return Optional.of(
                        "along %s[%d] at %s, an end of bce: gradient %s".formatted(input.name(), i, x[i], gradient[i]));
            }
        }
        return Optional.empty();
    }

    private Optional<String> along(Map<String, double[]> direction) {
        double slope = 0;
        for (Map.Entry<String, double[]> entry : direction.entrySet()) {
            double[] gradient = gradients.get(entry.getKey());
            for (int i = 0; i < gradient.length; i++) {
                slope += entry.getValue()[i] == 0 ? 0 : gradient[i] * entry.getValue()[i];
            }
        }
        DoubleUnaryOperator loss = s -> Meaning.loss(model, moved(direction, s));
        double middle = loss.applyAsDouble(0);
        Optional<String> wrong = Optional.empty();
        DoubleSummaryStatistics means = new DoubleSummaryStatistics();
        for (double step : STEPS) {
            Sides far = Sides.of(loss, middle, step);
            Sides near = Sides.of(loss, middle, step / 2);
            double noise = 8 * Math.ulp(Math.max(1, Math.abs(middle))) / step;
            switch (verdict(slope, far, near, noise, single(direction))) {
                case AGREE -> {
                    return Optional.empty();
                }
                // It may be so at a smaller scale, where a function bends that is flat from afar.
                case DIFFER -> {
                    wrong = Optional.of("gradient %s, slopes of the loss %s behind and %s ahead"
                            .formatted(slope, near.behind, near.ahead));
                    means.accept(near.mean());
                }
                case UNKNOWN -> {}
            }
        }
        // Where the slopes at several scales disagree, the loss is no more exact than that.
        double spread = 5 * (means.getMax() - means.getMin());
        boolean clear = slope < means.getMin() - spread || slope > means.getMax() + spread || !Double.isFinite(slope);
        return wrong.filter(_ -> clear);
    }

    private record Coordinate(String name, int index) {}

    private Coordinate any(Random random) {
        String name = gradients.keySet().stream()
                .skip(random.nextInt(gradients.size()))
                .findFirst()
                .orElseThrow();
        return new Coordinate(name, random.nextInt(gradients.get(name).length));
    }

    private List<Coordinate> onEdges() {
        return gradients.keySet().stream()
                .flatMap(name -> IntStream.range(0, gradients.get(name).length)
                        .filter(i -> Given.isEdge(given.reals().get(name)[i])
                                || !Double.isFinite(gradients.get(name)[i]))
                        .mapToObj(i -> new Coordinate(name, i)))
                .toList();
    }

    private enum Verdict {
        AGREE,
        DIFFER,
        UNKNOWN
    }

    /** The slopes on both sides of a point; NaN where the loss is none. */
    private record Sides(double behind, double ahead) {
        static Sides of(DoubleUnaryOperator loss, double middle, double step) {
            double before = (middle - loss.applyAsDouble(-step)) / step;
            double behind = (loss.applyAsDouble(step) - middle) / step;
            return new Sides(before, behind);
        }

        boolean both() {
            return Double.isFinite(behind) && Double.isFinite(ahead);
        }

        double mean() {
            return both() ? (behind + ahead) / 2 : Double.isFinite(ahead) ? ahead : behind;
        }

        double apart() {
            return Math.abs(ahead - behind);
        }
    }

    private static Verdict verdict(double slope, Sides far, Sides near, double noise, boolean single) {
        double scale = Math.max(1, Math.abs(near.mean()));
        double tolerance = RELATIVE * scale + 10 * Math.abs(near.mean() - far.mean()) + noise;
        if (!(tolerance <= 1e-3 * scale)) {
            return Verdict.UNKNOWN;
        }
        if (!Double.isFinite(slope)) {
            return Verdict.DIFFER;
        }
        boolean kink = near.both() && near.apart() > 0.75 * far.apart() && near.apart() > tolerance;
        if (!kink) {
            return Math.abs(slope - near.mean()) <= tolerance ? Verdict.AGREE : Verdict.DIFFER;
        }
        // Along several kinks at once what is allowed may cancel out in the two slopes.
        boolean between = slope >= Math.min(near.behind, near.ahead) - tolerance
                && slope <= Math.max(near.behind, near.ahead) + tolerance;
        return between ? Verdict.AGREE : single ? Verdict.DIFFER : Verdict.UNKNOWN;
    }

    private static boolean single(Map<String, double[]> direction) {
        return direction.values().stream()
                        .flatMapToDouble(Arrays::stream)
                        .filter(d -> d != 0)
                        .count()
                == 1;
    }

    private Given moved(Map<String, double[]> direction, double by) {
        Map<String, double[]> changed = new TreeMap<>();
        direction.forEach((name, along) -> {
            double[] values = given.reals().get(name).clone();
            for (int i = 0; i < values.length; i++) {
                values[i] += along[i] == 0 ? 0 : by * along[i];
            }
            changed.put(name, values);
        });
        return given.withAll(changed);
    }
}
