package dev.rnnc.cli;

import dev.rnnc.cli.report.HtmlPage;
import dev.rnnc.cli.report.LineChart;
import dev.rnnc.cli.report.ScatterChart;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.metrics.Outcomes;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.spec.Rows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Predicted numbers beside the true ones, in the unit of the data: as curves over time or over the examples, and as points.
 */
final class NumberAnswers implements AnswerSection {
    /** Points of a curve over the examples. */
    private static final int LONGEST = 300;

    /** Examples that get a curve of their own. */
    private static final int EXAMPLES = 3;

    /** Features of them that are drawn. */
    private static final int FEATURES = 3;

    private static final int POINTS = 2000;

    private final TargetPair pair;
    private final TrainingData data;
    private final long stride;
    private final boolean sequence;
    private final List<Curves> examples = new ArrayList<>();
    private final Curves course;
    private final List<double[]> points = new ArrayList<>();
    private long seen;

    /** Truth and answer side by side, by feature; and what the model made where it fed itself. */
    private record Curves(
            String title, String axis, List<List<Double>> truth, List<List<Double>> answer, List<List<Double>> free) {
        static Curves of(String title, String axis, int features) {
            return new Curves(title, axis, lists(features), lists(features), lists(features));
        }

        private static List<List<Double>> lists(int count) {
            List<List<Double>> lists = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                lists.add(new ArrayList<>());
            }
            return lists;
        }

        LineChart chart(String unit) {
            List<LineChart.Curve> curves = new ArrayList<>();
            for (int i = 0; i < truth.size(); i++) {
                String of = truth.size() == 1 ? "" : " [" + i + "]";
                curves.add(new LineChart.Curve("true" + of, 2 * i, false, truth.get(i)));
                curves.add(new LineChart.Curve("predicted" + of, 2 * i + 1, false, answer.get(i)));
                if (!free.get(i).isEmpty()) {
                    curves.add(new LineChart.Curve("free running" + of, 2 * i + 1, true, free.get(i)));
                }
            }
            return new LineChart(title, axis, unit, 1, false, curves);
        }
    }

    /** @param targets how many rows there are to come, repeated ones included */
    NumberAnswers(TargetPair pair, TrainingData data, long targets) {
        this.pair = pair;
        this.data = data;
        this.sequence = pair.target().rows() == Rows.SEQUENCE;
        this.stride = Math.max(1, targets * pair.output().width() / POINTS);
        String first = pair.output().width() == 1 ? "" : "[0]";
        this.course = Curves.of(pair.target().name() + first + " over the validation data", "example", 1);
    }

    @Override
    public void add(Outcomes outcomes, Outcomes free) {
        outcomes.forEachRow((step, of, row) -> {
            for (int i = 0; i < outcomes.width(); i++) {
                int at = row * outcomes.width() + i;
                if (seen++ % stride == 0) {
                    points.add(new double[] {truth(outcomes, at), answer(outcomes, at)});
                }
            }
            int at = row * outcomes.width();
            if (!sequence && course.truth().getFirst().size() < LONGEST) {
                course.truth().getFirst().add(truth(outcomes, at));
                course.answer().getFirst().add(answer(outcomes, at));
            }
        });
        for (int of = 0; of < outcomes.batch() && examples.size() < EXAMPLES; of++) {
            int length = Math.min(outcomes.steps(), outcomes.lengths()[of]);
            if (sequence ? length > 1 : length > 0 && outcomes.width() > 1) {
                examples.add(sequence ? overTime(outcomes, free, of, length) : overFeatures(outcomes, of));
            }
        }
    }

    private Curves overTime(Outcomes outcomes, Outcomes free, int of, int length) {
        int features = Math.min(FEATURES, outcomes.width());
        Curves curves = Curves.of(title(), "time step", features);
        for (int step = 0; step < length; step++) {
            for (int i = 0; i < features; i++) {
                int at = (step * outcomes.batch() + of) * outcomes.width() + i;
                curves.truth().get(i).add(truth(outcomes, at));
                curves.answer().get(i).add(answer(outcomes, at));
                if (free != null) {
                    curves.free().get(i).add(answer(free, at));
                }
            }
        }
        return curves;
    }

    /** Of a forecast of several steps these are its steps. */
    private Curves overFeatures(Outcomes outcomes, int of) {
        Curves curves = Curves.of(title(), "number", 1);
        for (int i = 0; i < outcomes.width(); i++) {
            int at = of * outcomes.width() + i;
            curves.truth().getFirst().add(truth(outcomes, at));
            curves.answer().getFirst().add(answer(outcomes, at));
        }
        return curves;
    }

    private String title() {
        return "%s of validation example %d".formatted(pair.target().name(), examples.size() + 1);
    }

    private double truth(Outcomes outcomes, int at) {
        return data.unscaled(pair.target(), at % outcomes.width(), outcomes.targets()[at]);
    }

    private double answer(Outcomes outcomes, int at) {
        return data.unscaled(pair.target(), at % outcomes.width(), outcomes.outputs()[at]);
    }

    @Override
    public void write(HtmlPage page, List<Figure> figures) {
        String name = pair.target().name();
        page.heading("Predictions of " + name);
        List<LineChart> charts = new ArrayList<>();
        if (!course.truth().getFirst().isEmpty()) {
            charts.add(course.chart(data.label(pair.target())));
        }
        examples.forEach(curves -> charts.add(curves.chart(data.label(pair.target()))));
        if (!charts.isEmpty()) {
            page.picture("Predicted and true " + name, LineChart.svg(charts));
        }
        List<double[]> finite = points.stream()
                .filter(p -> Double.isFinite(p[0]) && Double.isFinite(p[1]))
                .toList();
        if (finite.isEmpty()) {
            page.paragraph("There was no number to predict.");
            return;
        }
        ScatterChart chart = new ScatterChart(
                "Predicted against true " + name,
                "true " + data.label(pair.target()),
                "predicted " + data.label(pair.target()),
                finite.stream().mapToDouble(p -> p[0]).toArray(),
                finite.stream().mapToDouble(p -> p[1]).toArray());
        try {
            page.picture("Predicted against true " + name, chart.png());
        } catch (IOException e) {
            page.paragraph("No picture of predicted against true numbers: " + e.getMessage() + ".");
        }
    }
}
