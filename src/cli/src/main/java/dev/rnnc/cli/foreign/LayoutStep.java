package dev.rnnc.cli.foreign;

import java.util.ArrayList;
import java.util.List;

/** One change of a tensor's layout. Printed as a weight map has it. */
public sealed interface LayoutStep {
    /**
     * The shape after this step.
     *
     * @throws LayoutException if a tensor of that shape cannot take it
     */
    List<Integer> shape(List<Integer> shape);

    /** The elements after this step, row-major; {@code shape} is the one before. */
    double[] apply(List<Integer> shape, double[] values);

    /** {@code transpose}: [M, K] becomes [K, M]. */
    record Transpose() implements LayoutStep {
        @Override
        public List<Integer> shape(List<Integer> shape) {
            if (shape.size() != 2) {
                throw new LayoutException("'transpose' takes a matrix, not " + shape);
            }
            return List.of(shape.get(1), shape.get(0));
        }

        @Override
        public double[] apply(List<Integer> shape, double[] values) {
            int rows = shape.get(0);
            int columns = shape.get(1);
            double[] transposed = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                transposed[i % columns * rows + i / columns] = values[i];
            }
            return transposed;
        }

        @Override
        public String toString() {
            return "transpose";
        }
    }

    /** {@code flatten}: all axes become one, as [356, 1] becomes [356]. */
    record Flatten() implements LayoutStep {
        @Override
        public List<Integer> shape(List<Integer> shape) {
            return List.of(shape.stream().reduce(1, Math::multiplyExact));
        }

        @Override
        public double[] apply(List<Integer> shape, double[] values) {
            return values;
        }

        @Override
        public String toString() {
            return "flatten";
        }
    }

    /** {@code row N}: the first axis is dropped, all but one of its entries with it. */
    record Row(int index) implements LayoutStep {
        @Override
        public List<Integer> shape(List<Integer> shape) {
            if (shape.isEmpty() || index >= shape.getFirst()) {
                throw new LayoutException("'" + this + "' is not in " + shape);
            }
            return shape.subList(1, shape.size());
        }

        @Override
        public double[] apply(List<Integer> shape, double[] values) {
            return part(shape, values, index, index + 1);
        }

        @Override
        public String toString() {
            return "row " + index;
        }
    }

    /** {@code rows FROM:TO}: entries FROM to TO - 1 of the first axis. */
    record Rows(int from, int to) implements LayoutStep {
        @Override
        public List<Integer> shape(List<Integer> shape) {
            if (shape.isEmpty() || from >= to || to > shape.getFirst()) {
                throw new LayoutException("'" + this + "' is not in " + shape);
            }
            List<Integer> cut = new ArrayList<>(shape);
            cut.set(0, to - from);
            return List.copyOf(cut);
        }

        @Override
        public double[] apply(List<Integer> shape, double[] values) {
            return part(shape, values, from, to);
        }

        @Override
        public String toString() {
            return "rows " + from + ":" + to;
        }
    }

    /**
     * {@code gates FROM TO}: the first axis holds one equal part for each gate, in the order of the letters of FROM, and
     * gets the order of TO. {@code gates zrh rzh} turns Keras' GRU into PyTorch's.
     */
    record Gates(String from, String to) implements LayoutStep {
        /** @throws LayoutException if the two do not name the same gates, each once */
        public Gates {
            boolean once = from.chars().distinct().count() == from.length();
            if (!once
                    || from.length() != to.length()
                    || !to.chars().allMatch(c -> from.indexOf(c) >= 0)
                    || to.chars().distinct().count() != to.length()) {
                throw new LayoutException("'gates " + from + " " + to
                        + "': both must name the same gates, a letter each, as in 'gates zrh rzh'");
            }
        }

        @Override
        public List<Integer> shape(List<Integer> shape) {
            if (shape.isEmpty() || shape.getFirst() % from.length() != 0) {
                throw new LayoutException(
                        "'" + this + "': the first axis of " + shape + " is not " + from.length() + " equal parts");
            }
            return shape;
        }

        @Override
        public double[] apply(List<Integer> shape, double[] values) {
            int part = values.length / from.length();
            double[] ordered = new double[values.length];
            for (int i = 0; i < to.length(); i++) {
                System.arraycopy(values, from.indexOf(to.charAt(i)) * part, ordered, i * part, part);
            }
            return ordered;
        }

        @Override
        public String toString() {
            return "gates " + from + " " + to;
        }
    }

    private static double[] part(List<Integer> shape, double[] values, int from, int to) {
        int row = values.length / shape.getFirst();
        double[] part = new double[(to - from) * row];
        System.arraycopy(values, from * row, part, 0, part.length);
        return part;
    }
}
