package dev.rnnc.compiler.syntax;

import dev.rnnc.compiler.syntax.Expression.Operator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Prints a syntax tree in canonical form: parsed again, it is the same tree, and printed again the same text. */
public final class SyntaxPrinter {
    private static final int NEGATION = 3;
    private static final int ATOM = 5;

    private SyntaxPrinter() {}

    /** The file; definitions are separated by an empty line. */
    public static String print(SyntaxFile file) {
        return file.definitions().stream().map(SyntaxPrinter::definition).collect(Collectors.joining("\n\n", "", "\n"));
    }

    /** One expression. */
    public static String print(Expression expression) {
        return text(expression, 0);
    }

    private static String definition(Definition definition) {
        return switch (definition) {
            case Definition.Import i -> "import \"" + i.name().text() + "\"";
            case Definition.Constant c -> constant(c);
            case Definition.Function f -> function(f);
            case Definition.Cell c -> cell(c);
            case Definition.Model m ->
                "model " + m.name().text()
                        + block(m.statements().stream()
                                .map(SyntaxPrinter::statement)
                                .toList());
        };
    }

    private static String constant(Definition.Constant constant) {
        return "const " + constant.name().text() + " = " + print(constant.value());
    }

    private static String function(Definition.Function function) {
        String inputs = function.inputs().stream().map(Name::text).collect(Collectors.joining(", "));
        String head = function.kind().keyword() + " " + function.name().text() + "(" + inputs
                + constants(function.constants()) + ")";
        return function.block()
                ? head + " -> " + function.result().text()
                        + block(function.equations().stream()
                                .map(SyntaxPrinter::statement)
                                .toList())
                : head + " = " + print(function.equations().getFirst().value());
    }

    private static String constants(List<Definition.ConstantParameter> constants) {
        return constants.isEmpty()
                ? ""
                : constants.stream()
                        .map(c -> c.name().text()
                                + c.value().map(v -> " = " + print(v)).orElse(""))
                        .collect(Collectors.joining(", ", "; ", ""));
    }

    private static String cell(Definition.Cell cell) {
        String inputs = cell.inputs().stream()
                .map(i -> i.name().text()
                        + i.type().map(t -> ": " + type(t)).orElse(dimensions(i.dimensions()))
                        + (i.whole() ? " sequence" : ""))
                .collect(Collectors.joining(", "));
        return "cell " + cell.name().text() + "(" + inputs + constants(cell.constants()) + ") -> "
                + cell.result().text() + dimensions(cell.resultDimensions())
                + block(cell.statements().stream().map(SyntaxPrinter::statement).toList());
    }

    private static String block(List<String> lines) {
        return lines.isEmpty() ? " {}" : lines.stream().collect(Collectors.joining("\n    ", " {\n    ", "\n}"));
    }

    private static String statement(CellStatement statement) {
        return switch (statement) {
            case CellStatement.States s -> "state " + items(s.items());
            case CellStatement.Parameters p ->
                "param " + items(p.items())
                        + p.initializer().map(i -> " ~ " + print(i)).orElse("");
            case CellStatement.Equation e ->
                e.targets().stream().map(CellStatement.Target::text).collect(Collectors.joining(", ")) + " = "
                        + print(e.value());
            case Definition.Constant c -> constant(c);
        };
    }

    private static String items(List<CellStatement.Item> items) {
        return items.stream()
                .map(i -> i.name().text()
                        + dimensions(i.dimensions())
                        + i.alias().map(a -> " from \"" + a.text() + "\"").orElse(""))
                .collect(Collectors.joining(", "));
    }

    private static String statement(ModelStatement statement) {
        return switch (statement) {
            case ModelStatement.Port p ->
                (p.target() ? "target " : "input ") + p.name().text() + " : " + type(p.type())
                        + (p.sequence() ? " sequence" : "");
            case ModelStatement.Layer l ->
                (l.output() ? "output " : "layer ") + l.name().text() + " = " + print(l.value());
            case ModelStatement.Loss l -> "loss " + print(l.value());
            case ModelStatement.Precision p ->
                "precision " + (p.weights() ? "weights " : "") + p.name().text();
            case ModelStatement.Train t ->
                t.items().isEmpty()
                        ? "train {}"
                        : t.items().stream()
                                .map(SyntaxPrinter::print)
                                .collect(Collectors.joining(" ", "train { ", " }"));
            case Definition.Constant c -> constant(c);
        };
    }

    private static String type(PortType type) {
        return type.element().text()
                + type.vocabulary().map(v -> "(" + print(v) + ")").orElse("")
                + dimensions(type.dimensions());
    }

    private static String dimensions(List<Expression> dimensions) {
        return dimensions.isEmpty()
                ? ""
                : dimensions.stream().map(SyntaxPrinter::print).collect(Collectors.joining(", ", "[", "]"));
    }

    /** The text, in brackets if it binds less tightly than {@code level}. */
    private static String text(Expression expression, int level) {
        return switch (expression) {
            case Expression.Number n -> n.text();
            case Expression.Name n -> n.primed() ? n.identifier() + "'" : n.identifier();
            case Expression.Field f -> text(f.operand(), ATOM) + "." + f.name();
            case Expression.Call c ->
                c.function()
                        + c.arguments().stream()
                                .map(a -> a.name().map(n -> n + ": ").orElse("") + print(a.value()))
                                .collect(Collectors.joining(", ", "(", ")"));
            case Expression.Mapping m ->
                m.entries().stream()
                        .map(e -> e.key() + ": " + print(e.value()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case Expression.Negation n -> bracket("-" + text(n.operand(), NEGATION), NEGATION, level);
            case Expression.Binary b -> binary(b, level);
            case Expression.Index i -> text(i.operand(), ATOM) + "[" + print(i.index()) + "]";
            case Expression.Slice s -> text(s.operand(), ATOM) + "[" + end(s.from()) + ":" + end(s.to()) + "]";
            case Expression.Vector v -> dimensions(v.elements());
            case Expression.Missing _ -> "";
        };
    }

    private static String binary(Expression.Binary binary, int level) {
        int own = binary.operator().level();
        // Comparisons do not chain; powers are grouped to the right, all others to the left.
        boolean power = binary.operator() == Operator.POWER;
        boolean comparison = own == 0;
        String left = text(binary.left(), power ? ATOM : comparison ? 1 : own);
        boolean negatedExponent = power && binary.right() instanceof Expression.Negation;
        String right = negatedExponent
                ? exponent((Expression.Negation) binary.right())
                : text(binary.right(), power ? own : own + 1);
        String operator = power ? "^" : " " + binary.operator().symbol() + " ";
        return bracket(left + operator + right, own, level);
    }

    private static String exponent(Expression.Negation negation) {
        return "-" + text(negation.operand(), ATOM - 1);
    }

    private static String end(Optional<Expression> end) {
        return end.map(SyntaxPrinter::print).orElse("");
    }

    private static String bracket(String text, int own, int level) {
        return own < level ? "(" + text + ")" : text;
    }
}
