package dev.rnnc.cli;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.generic.GenericEngine;
import dev.rnnc.generic.GenericFloatEngine;
import dev.rnnc.generic.GraphEngine;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.train.NonFiniteWitness;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes a run once more, equation by equation, to see where the first value came from that is not finite. */
final class GraphWitness implements NonFiniteWitness {
    private final Backend.Source model;
    private final boolean lengths;

    /** @param lengths whether sequences come with lengths */
    GraphWitness(Backend.Source model, boolean lengths) {
        this.model = model;
        this.lengths = lengths;
    }

    @Override
    public Optional<Origin> find(Program program, int steps, long seed, Map<String, MemorySegment> states) {
        try {
            return search(program, steps, seed, states);
        } catch (RuntimeException e) {
            // What is known of the failure must be told, whatever goes wrong in looking for more.
            return Optional.empty();
        }
    }

    private Optional<Origin> search(Program program, int steps, long seed, Map<String, MemorySegment> states) {
        Graph graph = model.built(lengths, steps);
        int batch = program.spec().batch();
        Precision precision = program.parameters().spec().precision();
        GraphEngine<?> engine = switch (precision) {
            case FLOAT -> new GenericFloatEngine(graph, steps, batch);
            case DOUBLE -> new GenericEngine(graph, steps, batch);
        };
        Set<Op> leaves = graph.values().stream().map(Value::op).collect(Collectors.toSet());
        engine.parameters(program.parameters());
        for (PortSpec port : program.spec().ports()) {
            if (leaves.contains(new Op.Input(port.name()))) {
                double[] values = Ports.read(program, port, steps);
                if (port.element() == Element.TOKEN) {
                    engine.bindTokens(
                            port.name(),
                            Arrays.stream(values).mapToInt(v -> (int) v).toArray());
                } else {
                    engine.bind(port.name(), values);
                }
            } else if (port.role() == Role.STATE
                    && states.containsKey(port.name())
                    && leaves.contains(new Op.State(port.name()))) {
                engine.state(port.name(), state(program, port, states.get(port.name())));
            }
        }
        engine.seed(seed);
        return engine.runToNonFinite().map(found -> new Origin(found.toString(), found.step(), found.row()));
    }

    /** The values of a state without the padding of its rows. */
    private static double[] state(Program program, PortSpec port, MemorySegment padded) {
        int width = port.width();
        int stride = program.rowStride(port);
        double[] values = new double[program.spec().batch() * width];
        for (int i = 0; i < values.length; i++) {
            long at = (long) (i / width) * stride + i % width;
            values[i] = switch (program.parameters().spec().precision()) {
                case FLOAT -> padded.getAtIndex(ValueLayout.JAVA_FLOAT, at);
                case DOUBLE -> padded.getAtIndex(ValueLayout.JAVA_DOUBLE, at);
            };
        }
        return values;
    }
}
