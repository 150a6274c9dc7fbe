package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.build.BuiltGenerator;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.opt.SplitGenerator;
import dev.rnnc.compiler.opt.StackProducts;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The two programs that let a model continue from its own outputs. */
final class GeneratorPrograms {
    private final Model model;
    private final Generation generation;
    private final boolean lengths;
    private final Graph encoding;
    private final Graph decoding;
    /** The inputs that the step program reads from the encoding, whether or not its optimised graph still does. */
    private final List<PortSpec> handedOver;

    private GeneratorPrograms(Model model, Generation generation, boolean lengths, SplitGenerator.Programs split) {
        this.model = model;
        this.generation = generation;
        this.lengths = lengths;
        this.encoding = ProgramGraphs.withoutGradients(model, split.encoding());
        this.decoding = ProgramGraphs.withoutGradients(model, split.decoding());
        this.handedOver = inputs(split.decoding());
    }

    /**
     * The programs of a model.
     *
     * @throws ModelException if the model cannot generate step by step
     */
    static GeneratorPrograms of(Model model, BuildOptions options) {
        Generation generation = Generation.of(model);
        generation.obstacle().ifPresent(obstacle -> {
            throw new ModelException("model " + model.name() + " cannot generate: " + obstacle);
        });
        BuiltGenerator built = BuildGraph.generator(model, generation, options);
        Graph stacked = StackProducts.apply(built.graph());
        return new GeneratorPrograms(
                model, generation, options.lengths(), SplitGenerator.apply(stacked, built.stepInputs()));
    }

    Graph graph(ProgramKind kind) {
        return kind == ProgramKind.ENCODING ? encoding : decoding;
    }

    ProgramSpec spec(ProgramKind kind, int steps, int batch) {
        List<PortSpec> ports = new ArrayList<>(kind == ProgramKind.ENCODING ? data() : handedOver);
        for (Graph.Root root : graph(kind).roots()) {
            ports.add(port(root.name(), Role.OUTPUT, root.value().type()));
        }
        return new ProgramSpec(kind, steps, batch, ports);
    }

    /** The model's inputs, as far as they are not fed back, and the states of what runs before the first step. */
    private List<PortSpec> data() {
        Set<String> carried = model.recurrences().stream()
                .filter(generation::isStepwise)
                .flatMap(GeneratorPrograms::states)
                .collect(Collectors.toSet());
        List<PortSpec> ports = new ArrayList<>();
        Stream<PortSpec> lengthPorts = lengths ? model.lengthPorts().stream() : Stream.empty();
        Stream.concat(model.spec().ports().stream(), lengthPorts)
                .filter(p -> switch (p.role()) {
                    case INPUT -> !generation.isFed(p.name()) && !generation.isFed(sequence(p.name()));
                    case STATE -> !carried.contains(p.name());
                    case TARGET,
                            OUTPUT,
                            LAYER,
                            INPUT_GRADIENT,
                            STATE_GRADIENT,
                            ACTIVATION,
                            TOUCHED_ROWS,
                            LOSS_PART,
                            LOSS_COUNT,
                            LOSS_TOTAL,
                            UNCOUNTED_ROWS -> false;
                })
                .forEach(ports::add);
        return ports;
    }

    private static String sequence(String name) {
        return name.endsWith(Model.LENGTHS) ? name.substring(0, name.length() - Model.LENGTHS.length()) : name;
    }

    private static Stream<String> states(Recurrence recurrence) {
        return Stream.iterate(0, i -> i < recurrence.states().size(), i -> i + 1)
                .map(recurrence::stateName);
    }

    private List<PortSpec> inputs(Graph step) {
        Map<String, PortSpec> ports = new LinkedHashMap<>();
        for (Generation.Feed feed : generation.feeds()) {
            PortSpec p = feed.port();
            Type row = new Type(p.element(), Rows.BATCH, p.shape());
            ports.put(
                    p.name(),
                    new PortSpec(p.name(), Role.INPUT, row.element(), row.rows(), row.shape(), p.vocabulary()));
        }
        for (Value value : step.values()) {
            if (value.op() instanceof Op.Input(String name)) {
                ports.putIfAbsent(name, port(name, Role.INPUT, value.type()));
            }
        }
        return List.copyOf(ports.values());
    }

    /** A token that is handed over was checked where it came in. */
    private static PortSpec port(String name, Role role, Type type) {
        int vocabulary = type.element() == Element.TOKEN ? Integer.MAX_VALUE : 0;
        return new PortSpec(name, role, type.element(), type.rows(), type.shape(), vocabulary);
    }
}
