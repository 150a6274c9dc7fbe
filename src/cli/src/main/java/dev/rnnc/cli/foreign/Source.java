package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.weights.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a parameter's values are made from. Printed as a weight map has it. */
public sealed interface Source {
    /** {@code zeros}: all elements 0, as for the second bias of a layer that has one. */
    record Zeros() implements Source {
        @Override
        public String toString() {
            return "zeros";
        }
    }

    /** {@code initial}: the first values that the model states, for what is to be trained anew. */
    record Initial() implements Source {
        @Override
        public String toString() {
            return "initial";
        }
    }

    /** One tensor, or the sum of several. */
    record Sum(List<Part> parts) implements Source {
        public Sum {
            parts = List.copyOf(parts);
        }

        /** A tensor as it is. */
        static Sum of(String tensor, LayoutStep... steps) {
            return new Sum(List.of(new Part(tensor, List.of(steps))));
        }

        /**
         * The shape of the result.
         *
         * @param tensors all that the parts name
         * @throws LayoutException if a step does not fit, or parts differ in shape
         */
        List<Integer> shape(Map<String, Tensor> tensors) {
            List<Integer> shape = parts.getFirst().shape(tensors);
            for (Part part : parts) {
                if (!part.shape(tensors).equals(shape)) {
                    throw new LayoutException("'" + parts.getFirst() + "' is " + shape + ", but '" + part + "' is "
                            + part.shape(tensors));
                }
            }
            return shape;
        }

        double[] values(Map<String, Tensor> tensors) {
            double[] sum = null;
            for (Part part : parts) {
                double[] values = part.values(tensors);
                if (sum == null) {
                    sum = values;
                } else {
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += values[i];
                    }
                }
            }
            return sum;
        }

        @Override
        public String toString() {
            return parts.stream().map(Part::toString).collect(Collectors.joining(" + "));
        }
    }

    /**
     * A tensor and what is done to it.
     *
     * @param tensor its name in the file
     * @param steps in this order
     */
    record Part(String tensor, List<LayoutStep> steps) {
        public Part {
            steps = List.copyOf(steps);
        }

        List<Integer> shape(Map<String, Tensor> tensors) {
            List<Integer> shape = tensors.get(tensor).shape();
            for (LayoutStep step : steps) {
                shape = step.shape(shape);
            }
            return shape;
        }

        double[] values(Map<String, Tensor> tensors) {
            List<Integer> shape = tensors.get(tensor).shape();
            double[] values = tensors.get(tensor).doubles();
            for (LayoutStep step : steps) {
                List<Integer> next = step.shape(shape);
                values = step.apply(shape, values);
                shape = next;
            }
            return values;
        }

        @Override
        public String toString() {
            String name = WeightMapReader.isWord(tensor) ? tensor : Json.quote(tensor);
            return name + steps.stream().map(step -> " | " + step).collect(Collectors.joining());
        }
    }
}
