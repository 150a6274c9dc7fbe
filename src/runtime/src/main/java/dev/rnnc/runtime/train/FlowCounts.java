package dev.rnnc.runtime.train;

/** What was seen of the units of an activation. */
final class FlowCounts {
    private final GradientFlow.Kind kind;
    private final boolean[] alive;
    private long values;
    private long saturated;

    FlowCounts(GradientFlow.Kind kind, int units) {
        this.kind = kind;
        this.alive = new boolean[units];
    }

    void add(int unit, double value) {
        values++;
        alive[unit] |= value != 0;
        boolean beyond = switch (kind) {
            case SIGMOID -> value < GradientFlow.SATURATED_SIGMOID || value > 1 - GradientFlow.SATURATED_SIGMOID;
            case TANH -> Math.abs(value) > GradientFlow.SATURATED_TANH;
            case RELU -> false;
        };
        saturated += beyond ? 1 : 0;
    }

    String text() {
        StringBuilder seen = new StringBuilder();
        for (boolean unit : alive) {
            seen.append(unit ? '1' : '0');
        }
        return kind + ";" + seen + ";" + values + ";" + saturated;
    }

    static FlowCounts parse(String kind, String seen, String values, String saturated) {
        FlowCounts counts = new FlowCounts(GradientFlow.Kind.valueOf(kind), seen.length());
        for (int unit = 0; unit < seen.length(); unit++) {
            counts.alive[unit] = seen.charAt(unit) == '1';
        }
        counts.values = Long.parseLong(values);
        counts.saturated = Long.parseLong(saturated);
        return counts;
    }

    GradientFlow.Units units(String name) {
        int dead = 0;
        for (boolean unit : alive) {
            dead += unit || kind != GradientFlow.Kind.RELU || values == 0 ? 0 : 1;
        }
        return new GradientFlow.Units(
                name, kind, alive.length, (double) dead / alive.length, values == 0 ? 0 : (double) saturated / values);
    }
}
