package dev.rnnc.cli;

import dev.rnnc.compiler.explain.RecurrentBound;
import dev.rnnc.runtime.train.GradientFlow;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient flow through one recurrent layer.
 *
 * @param bound what its equations allow with the weights of this measurement
 * @param states the curves of its states, in the order of {@code bound.states()}
 */
record LayerFlow(RecurrentBound bound, List<GradientFlow.Curve> states) {
    LayerFlow {
        states = List.copyOf(states);
    }

    /** The flow through each recurrent layer of a model. */
    static List<LayerFlow> of(List<RecurrentBound> bounds, List<GradientFlow.Curve> curves) {
        return bounds.stream()
                .map(bound -> new LayerFlow(
                        bound,
                        bound.states().stream()
                                .flatMap(state ->
                                        curves.stream().filter(c -> c.state().equals(state)))
                                .toList()))
                .toList();
    }

    /** The layer's name. */
    String name() {
        return bound.layer();
    }

    /** All states together: the root of the sum of their squares, for each time step. */
    List<Double> norms() {
        List<Double> norms = new ArrayList<>();
        int steps = states.stream().mapToInt(s -> s.norms().size()).max().orElse(0);
        for (int t = 0; t < steps; t++) {
            double square = 0;
            for (GradientFlow.Curve state : states) {
                double norm = t < state.norms().size() ? state.norms().get(t) : 0;
                square += norm * norm;
            }
            norms.add(Math.sqrt(square));
        }
        return norms;
    }

    /** The norms by distance: first that at the last step the layer makes, then that one step back, and so on. */
    List<Double> back() {
        return bound.backward() ? norms() : norms().reversed();
    }

    /**
     * What the gradient at the layer's last step can become at most on its way back, by time step; empty where the
     * equations give no bound.
     */
    List<Double> limits() {
        List<Double> back = back();
        if (back.isEmpty() || !Double.isFinite(bound.factor() * bound.spread())) {
            return List.of();
        }
        List<Double> limits = new ArrayList<>();
        double limit = back.getFirst() * bound.spread();
        for (int k = 0; k < back.size(); k++) {
            limits.add(limit);
            limit *= bound.factor();
        }
        return bound.backward() ? limits : limits.reversed();
    }

    /** The factor by which the gradient changes with each step back, as a geometric mean; NaN where it is zero. */
    double measuredFactor() {
        List<Double> back = back();
        return back.size() < 2 || back.getFirst() == 0 || back.getLast() == 0
                ? Double.NaN
                : Math.pow(back.getLast() / back.getFirst(), 1.0 / (back.size() - 1));
    }

    /** After how many steps back less than {@code share} of the gradient is left for good; -1 if that is never so. */
    int stepsUntil(double share) {
        List<Double> back = back();
        int steps = -1;
        for (int k = back.size() - 1; k >= 0 && back.get(k) < share * back.getFirst(); k--) {
            steps = k;
        }
        return steps;
    }
}
