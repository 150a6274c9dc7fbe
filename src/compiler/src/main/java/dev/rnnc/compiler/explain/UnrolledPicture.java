package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.explain.UnrolledGraph.Edge;
import dev.rnnc.compiler.explain.UnrolledGraph.Flow;
import dev.rnnc.compiler.explain.UnrolledGraph.Kind;
import dev.rnnc.compiler.explain.UnrolledGraph.Node;
import dev.rnnc.compiler.model.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Draws a model unrolled over time: a row for each input, layer, output and the loss, from the bottom up; a column for
 * each of the first time steps and the last. Arrows within a column are what a step computes, orange arrows between
 * columns are states, green ones what previous(...) reads: dashed the target in training, solid the model's own output
 * when it generates. Values without time steps stand in a column of their own: on the left if they only give, on the
 * right if they depend on a sequence.
 */
public final class UnrolledPicture {
    private static final String[] STEPS = {"t = 1", "t = 2", "t = 3", "\u2026", "t = T"};
    private static final int ELLIPSIS = 3;
    private static final int BOX_WIDTH = 84;
    private static final int BOX_HEIGHT = 34;
    private static final int PITCH = 132;
    private static final int ROW = 88;
    private static final int MARGIN = 24;
    private static final int LINE = 16;
    private static final double LETTER = 6.7;
    private static final String STYLE = "text { font: 11px monospace; fill: #222 } .title { font: bold 14px monospace }"
            + " .name { font-weight: bold; text-anchor: middle } .time { text-anchor: middle; fill: #555 }"
            + " .flow { fill: none; stroke: #59708a; stroke-width: 1.2; marker-end: url(#flow) }"
            + " .state { fill: none; stroke: #c8690e; stroke-width: 1.6; marker-end: url(#state) }"
            + " .forced { fill: none; stroke: #3b7d3b; stroke-width: 1.4; stroke-dasharray: 5 3; marker-end: url(#fed) }"
            + " .fed { fill: none; stroke: #3b7d3b; stroke-width: 1.4; marker-end: url(#fed) }"
            + " rect { stroke: #555; rx: 5px } .input { fill: #d9ecd4 } .layer { fill: #dbe6f4 }"
            + " .recurrent { fill: #fbe3c6 } .output { fill: #e5daf0 } .loss { fill: #eeeeee } .target { fill: #f5f2cf }"
            + " .page { fill: white; stroke: none }";

    private final Model model;
    private final UnrolledGraph graph;
    private final boolean sequences;
    private final boolean left;
    private final boolean right;
    private final Map<String, Integer> rows = new HashMap<>();
    private final Map<String, Node> nodes = new HashMap<>();
    private final int[] tracks;
    private final int header;

    private UnrolledPicture(Model model) {
        this.model = model;
        this.graph = UnrolledGraph.of(model);
        this.sequences = graph.nodes().stream().anyMatch(Node::sequence);
        for (Node node : graph.nodes()) {
            rows.put(node.name(), rows.size());
            nodes.put(node.name(), node);
        }
        // Targets are read by the loss alone: above it they are out of the way.
        List<Node> top = graph.nodes().stream()
                .filter(n -> n.kind() == Kind.LOSS || n.kind() == Kind.TARGET)
                .sorted(java.util.Comparator.comparing(Node::kind))
                .toList();
        top.forEach(node -> rows.put(node.name(), rows.size() - top.size() + top.indexOf(node)));
        this.left = sequences && graph.nodes().stream().anyMatch(n -> column(n) == -1);
        this.right =
                sequences && graph.nodes().stream().anyMatch(n -> n.kind() != Kind.LOSS && column(n) == STEPS.length);
        this.tracks = new int[rows.size() + 2];
        int longest =
                graph.nodes().stream().mapToInt(n -> label(n).length()).max().orElse(0);
        this.header = MARGIN + (int) (longest * LETTER) + 30;
    }

    /** The picture as SVG. */
    public static String svg(Model model) {
        return new UnrolledPicture(model).draw();
    }

    private String draw() {
        int columns = sequences ? STEPS.length + (left ? 1 : 0) + (right ? 1 : 0) : 1;
        int width = header + columns * PITCH + MARGIN;
        List<String> legend = legend();
        int height = 70 + rows.size() * ROW + 20 + legend.size() * LINE;
        Svg svg = new Svg("Model " + model.name() + (sequences ? ", unrolled over time" : ""), width, height, STYLE);
        svg.arrowHead("flow", "#59708a");
        svg.arrowHead("state", "#c8690e");
        if (!legend.isEmpty()) {
            svg.arrowHead("fed", "#3b7d3b");
        }
        svg.element("rect", "class", "page", "width", width, "height", height);
        svg.text(
                "text",
                "model " + model.name() + (sequences ? ", unrolled over time" : ""),
                "class",
                "title",
                "x",
                MARGIN,
                "y",
                30);
        graph.nodes().stream().filter(Node::recurrent).forEach(node -> states(svg, node));
        graph.edges().forEach(edge -> arrows(svg, edge));
        graph.nodes().forEach(node -> boxes(svg, node));
        for (int i = 0; sequences && i < STEPS.length; i++) {
            svg.text("text", STEPS[i], "class", "time", "x", x(i), "y", height - 22 - legend.size() * LINE);
        }
        for (int i = 0; i < legend.size(); i++) {
            svg.text("text", legend.get(i), "x", MARGIN, "y", height - 14 - (legend.size() - 1 - i) * LINE);
        }
        return svg.finish();
    }

    private List<String> legend() {
        List<String> lines = new ArrayList<>();
        if (graph.edges().stream().anyMatch(e -> e.flow() == Flow.PREVIOUS)) {
            lines.add("dashed green: what previous(...) reads from the data, one step later");
        }
        if (graph.edges().stream().anyMatch(e -> e.flow() == Flow.FEEDBACK)) {
            lines.add("solid green: what it reads when the model generates, the model's own output");
        }
        return lines;
    }

    private void boxes(Svg svg, Node node) {
        int y = y(node);
        svg.text("text", label(node), "x", MARGIN, "y", y + 4);
        String kind = node.kind().name().toLowerCase(java.util.Locale.ROOT);
        for (int column : columns(node)) {
            if (column == ELLIPSIS && sequences) {
                svg.text("text", "\u2026", "class", "time", "x", x(column), "y", y + 4);
            } else if (node.kind() == Kind.LOSS && sequences) {
                int start = x(0) - BOX_WIDTH / 2;
                int end = x(right ? STEPS.length : STEPS.length - 1) + BOX_WIDTH / 2;
                box(svg, kind, start, end - start, y, node.name());
            } else {
                box(svg, kind, x(column) - BOX_WIDTH / 2, BOX_WIDTH, y, node.name());
            }
        }
    }

    private static void box(Svg svg, String kind, int x, int width, int y, String name) {
        svg.element("rect", "class", kind, "x", x, "y", y - BOX_HEIGHT / 2, "width", width, "height", BOX_HEIGHT);
        String shown = name.length() > 12 ? name.substring(0, 11) + "\u2026" : name;
        svg.text("text", shown, "class", "name", "x", x + width / 2, "y", y + 4);
    }

    /** The arrows from step to step. */
    private void states(Svg svg, Node node) {
        int y = y(node);
        for (int i = 0; i + 1 < STEPS.length; i++) {
            int from = x(i) + (i == ELLIPSIS ? 14 : BOX_WIDTH / 2);
            int to = x(i + 1) - (i + 1 == ELLIPSIS ? 14 : BOX_WIDTH / 2);
            svg.element("path", "class", "state", "d", node.backward() ? line(to, y, from, y) : line(from, y, to, y));
        }
    }

    private void arrows(Svg svg, Edge edge) {
        Node from = nodes.get(edge.from());
        Node to = nodes.get(edge.to());
        if (edge.initial()) {
            int column = edge.flow() == Flow.FINAL ? lastStep(from) : column(from);
            initial(svg, from, column, to);
            return;
        }
        int track = track(from, to);
        int endTrack = track(to, from);
        switch (edge.flow()) {
            case FIRST -> arrow(svg, "flow", from, 0, to, column(to), track, endTrack);
            case LAST -> arrow(svg, "flow", from, STEPS.length - 1, to, column(to), track, endTrack);
            case FINAL -> arrow(svg, "state", from, lastStep(from), to, column(to), track, endTrack);
            case PREVIOUS, FEEDBACK -> toNextStep(svg, edge);
            case ALL -> {
                for (int column : columns(from)) {
                    for (int end : columns(to)) {
                        if (column != ELLIPSIS && (end != ELLIPSIS || !to.sequence())) {
                            arrow(svg, "flow", from, column, to, end, track, endTrack);
                        }
                    }
                }
            }
            case SAME -> {
                if (from.sequence() || to.sequence() && sequences) {
                    for (int column = 0; column < STEPS.length; column++) {
                        if (column != ELLIPSIS) {
                            int source = from.sequence() ? column : column(from);
                            boolean wide = to.sequence() || to.kind() == Kind.LOSS;
                            arrow(svg, "flow", from, source, to, wide ? column : column(to), track, endTrack);
                        }
                    }
                } else {
                    arrow(
                            svg,
                            "flow",
                            from,
                            column(from),
                            to,
                            to.kind() == Kind.LOSS ? column(from) : column(to),
                            track,
                            endTrack);
                }
            }
        }
    }

    /** An arrow between the facing sides of two boxes; around the boxes of rows in between. */
    private void arrow(
            Svg svg, String style, Node from, int fromColumn, Node to, int toColumn, int track, int endTrack) {
        boolean up = rows.get(from.name()) < rows.get(to.name());
        int side = up ? -1 : 1;
        int startY = y(from) + side * BOX_HEIGHT / 2;
        int endY = y(to) - side * BOX_HEIGHT / 2;
        int startX = x(fromColumn);
        int endX = x(toColumn);
        boolean adjacent = Math.abs(rows.get(from.name()) - rows.get(to.name())) == 1;
        if (adjacent && startX == endX) {
            svg.element("path", "class", style, "d", line(startX, startY, endX, endY));
            return;
        }
        int turn = startY + side * track;
        if (adjacent) {
            svg.element("path", "class", style, "d", path(startX, startY, turn, endX, endY));
            return;
        }
        int shift = Math.min(30, 10 + 5 * (track / 5 % 4));
        int lane = startX + BOX_WIDTH / 2 + shift / 2 + 2;
        int lastTurn = endY + side * -endTrack;
        String way = "M %s %s V %s H %s V %s H %s V %s"
                .formatted(startX + shift, startY, turn, lane, lastTurn, endX + shift, endY);
        svg.element("path", "class", style, "d", way);
    }

    /** An arrow into the left side of the first step that a layer takes, or the right side of one that runs backward. */
    private void initial(Svg svg, Node from, int fromColumn, Node to) {
        int first = to.backward() ? STEPS.length - 1 : 0;
        int side = to.backward() ? 1 : -1;
        int lane = x(first) + side * (BOX_WIDTH / 2 + 14);
        boolean up = rows.get(from.name()) < rows.get(to.name());
        int startY = y(from) + (up ? -1 : 1) * BOX_HEIGHT / 2;
        int turn = startY + (up ? -1 : 1) * track(from, to);
        int start = x(fromColumn) - 12;
        String way = "M %s %s V %s H %s V %s H %s"
                .formatted(start, startY, turn, lane, y(to), x(first) + side * BOX_WIDTH / 2);
        svg.element("path", "class", "state", "d", way);
    }

    /** Arrows from the right side of each step to the left side of the next one of another row. */
    private void toNextStep(Svg svg, Edge edge) {
        boolean fed = edge.flow() == Flow.FEEDBACK;
        Node from = nodes.get(edge.from());
        Node to = nodes.get(edge.to());
        int lane = BOX_WIDTH / 2 + (fed ? 20 : 27);
        // Above and below the arrow of a state, which stands in the middle.
        int startY = y(from) + (fed ? 9 : 0);
        int endY = y(to) + (fed ? 9 : -9);
        for (int i = 0; i + 1 < STEPS.length; i++) {
            int start = x(i) + (i == ELLIPSIS ? 14 : BOX_WIDTH / 2);
            int end = x(i + 1) - (i + 1 == ELLIPSIS ? 14 : BOX_WIDTH / 2);
            String way = "M %s %s H %s V %s H %s".formatted(start, startY, x(i) + lane, endY, end);
            svg.element("path", "class", fed ? "fed" : "forced", "d", way);
        }
    }

    /** How far from its row an arrow turns; each arrow between two rows at another distance. */
    private int track(Node from, Node to) {
        boolean up = rows.get(from.name()) < rows.get(to.name());
        int gap = rows.get(from.name()) + (up ? 1 : 0);
        return 10 + 6 * (tracks[gap]++ % 6);
    }

    private int lastStep(Node node) {
        return node.backward() ? 0 : STEPS.length - 1;
    }

    private List<Integer> columns(Node node) {
        if (!node.sequence() || !sequences) {
            return List.of(column(node));
        }
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < STEPS.length; i++) {
            all.add(i);
        }
        return all;
    }

    /** The column of a value without time steps: -1 is left of the first step. */
    private int column(Node node) {
        if (!sequences || node.sequence()) {
            return 0;
        }
        return readsSequence(node) ? STEPS.length : -1;
    }

    private boolean readsSequence(Node node) {
        return node.kind() == Kind.TARGET
                || graph.edges().stream()
                        .filter(e -> e.to().equals(node.name()))
                        .map(e -> nodes.get(e.from()))
                        .anyMatch(n -> n.sequence() || n.kind() != Kind.INPUT && readsSequence(n));
    }

    private int x(int column) {
        return header + PITCH / 2 + PITCH * (column + (left ? 1 : 0));
    }

    private int y(Node node) {
        return 70 + ROW / 2 + ROW * (rows.size() - 1 - rows.get(node.name()));
    }

    private static String label(Node node) {
        return node.text().length() <= 60 ? node.text() : node.text().substring(0, 59) + "\u2026";
    }

    private static String line(int x1, int y1, int x2, int y2) {
        return "M %s %s L %s %s".formatted(x1, y1, x2, y2);
    }

    private static String path(int x1, int y1, int turn, int x2, int y2) {
        return "M %s %s V %s H %s V %s".formatted(x1, y1, turn, x2, y2);
    }
}
