package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.explain.BackwardEquations;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.opt.Simplify;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.compiler.sema.Library;
import dev.rnnc.compiler.sema.Sources;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expressions;
import dev.rnnc.compiler.syntax.ModelStatement;
import dev.rnnc.compiler.syntax.PortType;
import dev.rnnc.compiler.syntax.SyntaxPrinter;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The derived backward equations of one cell: of a model that is one call of it, with sizes chosen for the purpose, the
 * gradient graph is derived as for any other and printed in the cell's own names.
 */
public final class CellGradient {
    private static final String LAYER = "probe";
    private static final String PREFIX = "probe_";
    private static final String SEED = PREFIX + "seed";
    /** Sizes that can be split into up to six equal parts, none a small multiple of another. */
    private static final List<Integer> DISTINCT = List.of(60, 84, 132, 156, 204, 228, 276, 348);

    private static final Pattern WHOLE_NUMBER = Pattern.compile("\\b[0-9]{1,9}\\b");

    private final SourceText source;
    private final List<Definition> own;
    private final Definition.Cell cell;
    private final List<Integer> choices;

    private CellGradient(SourceText source, List<Definition> own, Definition.Cell cell, SourceText text) {
        this.source = source;
        this.own = own;
        this.cell = cell;
        // A number of the cell's own must not be taken for a size.
        Set<Integer> written = WHOLE_NUMBER
                .matcher(text.text())
                .results()
                .map(r -> Integer.parseInt(r.group()))
                .filter(n -> n > 0)
                .collect(Collectors.toSet());
        List<Integer> free = DISTINCT.stream()
                .filter(size -> written.stream().noneMatch(n -> n % size == 0))
                .toList();
        this.choices = free.isEmpty() ? DISTINCT : free;
    }

    /**
     * What is known of a cell's gradient.
     *
     * @param cell the cell
     * @param definition its text in canonical form
     * @param shorthand names for what of the forward step the gradient reads more than once
     * @param equations the equations of its gradient, in the order of their computation
     */
    public record Derived(Definition.Cell cell, String definition, List<String> shorthand, List<String> equations) {}

    /** What is asked for has no gradient of its own; the message is for the user. */
    public static final class NoGradientException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        NoGradientException(String message) {
            super(message);
        }
    }

    /**
     * Derives the backward equations.
     *
     * @param name a cell of the file or of the library, or a layer or output of the file's model, which means the first
     *     cell it calls
     * @throws NoGradientException if there is no such cell, or none that can be called on its own; the message is
     *     for the user
     */
    public static Derived of(SourceText source, String name) {
        return CompilerFault.within(source.name(), () -> find(source, name));
    }

    private static Derived find(SourceText source, String name) {
        List<Definition> own = ModelParser.parse(source, new Diagnostics()).definitions();
        Map<String, Definition.Cell> cells = new TreeMap<>();
        Map<String, SourceText> texts = new LinkedHashMap<>();
        for (SourceText library : Library.sources()) {
            collect(ModelParser.parse(library, new Diagnostics()).definitions(), library, cells, texts);
        }
        for (SourceText imported : FrontEnd.check(source, Sources.files()).imports()) {
            collect(ModelParser.parse(imported, new Diagnostics()).definitions(), imported, cells, texts);
        }
        collect(own, source, cells, texts);
        String cell = cells.containsKey(name) ? name : cellOf(own, name, cells).orElse(name);
        if (!cells.containsKey(cell)) {
            throw new NoGradientException("there is no cell, layer or output '" + name + "' with a gradient; cells: "
                    + String.join(", ", cells.keySet()));
        }
        return new CellGradient(source, own, cells.get(cell), texts.get(cell)).derive(texts.get(cell));
    }

    private static void collect(
            List<Definition> definitions,
            SourceText text,
            Map<String, Definition.Cell> cells,
            Map<String, SourceText> texts) {
        for (Definition definition : definitions) {
            if (definition instanceof Definition.Cell found) {
                cells.put(found.name().text(), found);
                texts.put(found.name().text(), text);
            }
        }
    }

    private static Optional<String> cellOf(List<Definition> own, String layer, Map<String, Definition.Cell> cells) {
        List<String> called = new ArrayList<>();
        for (Definition definition : own) {
            if (definition instanceof Definition.Model model) {
                for (ModelStatement statement : model.statements()) {
                    if (statement instanceof ModelStatement.Layer found
                            && found.name().text().equals(layer)) {
                        Expressions.walk(found.value(), e -> {
                            if (e instanceof Expression.Call call && cells.containsKey(call.function())) {
                                called.add(call.function());
                            }
                        });
                    }
                }
            }
        }
        return called.stream().findFirst();
    }

    private Derived derive(SourceText text) {
        Optional<List<Diagnostic>> problems = Optional.empty();
        for (boolean distinct : new boolean[] {true, false}) {
            for (double constant : new double[] {108, 0.5, 3}) {
                Call call = call(distinct, constant);
                Checked alone = check(call, "");
                if (alone.model().isPresent()) {
                    return derive(text, call, alone.model().get());
                }
                problems = problems.or(() -> Optional.of(alone.diagnostics()));
            }
        }
        throw new NoGradientException("cell '" + cell.name().text() + "' cannot be called on its own: "
                + problems.orElseThrow().getFirst().message());
    }

    private Derived derive(SourceText text, Call call, Model alone) {
        PortSpec result = alone.spec().ports(Role.OUTPUT).getFirst();
        String shape = result.shape().isEmpty() ? "" : result.shape().toString();
        Model model = check(call, "target %s : real%s sequence  loss sum(%s * %s)".formatted(SEED, shape, LAYER, SEED))
                .model()
                .orElseThrow(() -> new NoGradientException("the result of cell '"
                        + cell.name().text() + "' is not made of real numbers, so it has no gradient"));
        Set<String> inputs = model.spec().ports(Role.INPUT).stream()
                .filter(port -> port.element() == Element.REAL)
                .map(PortSpec::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Graph graph = Simplify.apply(Differentiate.gradients(BuildGraph.build(model), inputs));
        List<String> states = model.recurrences().stream()
                .flatMap(recurrence -> recurrence.states().stream())
                .map(Recurrence.State::name)
                .toList();
        BackwardEquations.Lines lines = BackwardEquations.of(
                cell, new BackwardEquations.Probe(graph, LAYER, PREFIX, SEED, states, call.sizes()));
        SourceText definition = new SourceText(
                text.name(),
                text.text().substring(cell.span().start(), cell.span().end()));
        return new Derived(
                cell,
                Compiler.format(definition, new Diagnostics()).orElseThrow(),
                lines.shorthand(),
                lines.equations());
    }

    /** A call of the cell: the inputs it needs, its own text, and the sizes chosen. */
    private record Call(String inputs, String text, Map<Integer, String> sizes) {}

    private Call call(boolean distinct, double constant) {
        Map<Integer, String> names = new LinkedHashMap<>();
        Map<String, Integer> sizes = new LinkedHashMap<>();
        List<String> inputs = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        for (Definition.CellInput input : cell.inputs()) {
            String name = PREFIX + input.name().text();
            inputs.add("input %s : %s sequence".formatted(name, type(input, sizes, names, distinct)));
            arguments.add(name);
        }
        Set<String> bound = Set.copyOf(sizes.keySet());
        for (Expression dimension : cell.resultDimensions()) {
            String size = size(dimension, sizes, names, distinct);
            if (dimension instanceof Expression.Name named
                    && isFree(named.identifier())
                    && !bound.contains(named.identifier())) {
                arguments.add(size);
            }
        }
        for (Definition.ConstantParameter parameter : cell.constants()) {
            if (parameter.value().isEmpty()) {
                String value = constant == Math.rint(constant) ? String.valueOf((long) constant) : "" + constant;
                arguments.add(parameter.name().text() + ": " + value);
                if (constant > 100) {
                    names.putIfAbsent((int) constant, parameter.name().text());
                }
            }
        }
        return new Call(
                String.join("  ", inputs),
                cell.name().text() + "("
                        + String.join(", ", arguments.stream().distinct().toList()) + ")",
                names);
    }

    private String type(
            Definition.CellInput input, Map<String, Integer> sizes, Map<Integer, String> names, boolean distinct) {
        List<Expression> dimensions = input.type().map(PortType::dimensions).orElse(input.dimensions());
        String shape = dimensions.isEmpty()
                ? ""
                : dimensions.stream()
                        .map(d -> size(d, sizes, names, distinct))
                        .collect(Collectors.joining(", ", "[", "]"));
        String element = input.type().map(t -> t.element().text()).orElse("real");
        String vocabulary = input.type()
                .flatMap(PortType::vocabulary)
                .map(v -> "(" + size(v, sizes, names, distinct) + ")")
                .orElse("");
        return element + vocabulary + shape;
    }

    private String size(
            Expression dimension, Map<String, Integer> sizes, Map<Integer, String> names, boolean distinct) {
        if (!(dimension instanceof Expression.Name name) || !isFree(name.identifier())) {
            return SyntaxPrinter.print(dimension);
        }
        int size = sizes.computeIfAbsent(name.identifier(), _ -> {
            int index = distinct ? Math.min(sizes.size(), choices.size() - 1) : 0;
            names.putIfAbsent(choices.get(index), name.identifier());
            return choices.get(index);
        });
        return String.valueOf(size);
    }

    private boolean isFree(String name) {
        Stream<String> constants = cell.constants().stream().map(c -> c.name().text());
        Stream<String> known = own.stream()
                .filter(Definition.Constant.class::isInstance)
                .map(c -> c.name().text());
        return Stream.concat(constants, known).noneMatch(name::equals);
    }

    /** Checks a model of the call alone, among the definitions of the file. */
    private Checked check(Call call, String loss) {
        StringBuilder text = new StringBuilder(source.text());
        for (Definition definition : own.reversed()) {
            if (definition instanceof Definition.Model) {
                text.replace(definition.span().start(), definition.span().end(), " ");
            }
        }
        text.append("\nmodel Probe {\n%s\nlayer %s = %s\noutput probe_result = %s\n%s\n}\n"
                .formatted(call.inputs(), LAYER, call.text(), LAYER, loss));
        return FrontEnd.check(new SourceText(source.name(), text.toString()), Sources.files());
    }
}
