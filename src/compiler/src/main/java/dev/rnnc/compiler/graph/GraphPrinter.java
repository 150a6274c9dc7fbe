package dev.rnnc.compiler.graph;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints a graph as text, one value a line, the bodies of scans indented; stable for equal graphs. */
public final class GraphPrinter {
    private final StringBuilder out = new StringBuilder();
    private final Map<Value, String> names = new IdentityHashMap<>();
    private int next;

    private GraphPrinter() {}

    /** The text of {@code graph}. */
    public static String print(Graph graph) {
        GraphPrinter printer = new GraphPrinter();
        printer.values(graph.values(), "");
        for (Graph.Root root : graph.roots()) {
            printer.out
                    .append("root ")
                    .append(root.kind().name().toLowerCase(Locale.ROOT))
                    .append(' ')
                    .append(root.name())
                    .append(" = ")
                    .append(printer.names.get(root.value()))
                    .append('\n');
        }
        return printer.out.toString();
    }

    private void values(List<Value> values, String indent) {
        for (Value v : values) {
            String name = "%" + next++;
            names.put(v, name);
            out.append(indent).append(name).append(" = ").append(text(v.op()));
            if (!v.operands().isEmpty()) {
                out.append(v.operands().stream().map(names::get).collect(Collectors.joining(", ", "(", ")")));
            }
            if (v.op() instanceof Op.Scan scan) {
                body(scan.body(), indent + "  ");
                out.append(indent).append("}\n");
            } else {
                out.append(" : ").append(v.type());
                String origin = v.origin().toString();
                out.append(origin.isEmpty() ? "\n" : "  // " + origin + "\n");
            }
        }
    }

    private void body(Op.Body body, String indent) {
        out.append(" {\n");
        values(body.values(), indent);
        for (int i = 0; i < body.carries().size(); i++) {
            out.append(indent)
                    .append("carry ")
                    .append(i)
                    .append(" = ")
                    .append(names.get(body.carries().get(i)))
                    .append('\n');
        }
        for (Op.Output output : body.outputs()) {
            out.append(indent)
                    .append(output.collect().name().toLowerCase(Locale.ROOT))
                    .append(' ')
                    .append(names.get(output.value()))
                    .append('\n');
        }
    }

    private static String text(Op op) {
        return switch (op) {
            case Op.Map map -> map.function().name().toLowerCase(Locale.ROOT);
            case Op.Scan scan -> scan.backward() ? "scan backward" : "scan";
            case Op.Constant constant -> String.valueOf(constant.value());
            case Op.Product product -> product.rounded() ? "Product[bfloat16]" : "Product";
            default -> op.toString().replace("[]", "");
        };
    }
}
