package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The memory of one program, and views of it that fit types. */
final class Buffers {
    /** Rows from which on the caches' sets matter: fewer fit into the ways of one set. */
    private static final int SPREAD_ROWS = 16;
    /** Rows of so many lines, or of a multiple, are spread. */
    private static final int SPREAD_LINES = 4;

    private final ModelSpec model;
    private final int steps;
    private final int batch;
    private final List<Buffer> all = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Buffer> parameters = new HashMap<>();
    private final Map<String, Buffer> gradients = new HashMap<>();
    private final Map<String, Buffer> ports = new HashMap<>();

    Buffers(ModelSpec model, int steps, int batch) {
        this.model = model;
        this.steps = steps;
        this.batch = batch;
    }

    List<Buffer> all() {
        return all;
    }

    Precision precision() {
        return model.precision();
    }

    /** The most rows a value of that type has; a matrix parameter has as many as its first dimension. */
    int capacity(Type type) {
        return switch (type.rows()) {
            case NONE -> type.shape().size() == 2 ? type.shape().get(0) : 1;
            case BATCH -> batch;
            case SEQUENCE -> Math.multiplyExact(steps, batch);
        };
    }

    /** The time steps of a run: a number where there is no choice, so that kernels of one row are shaped for it. */
    Index steps() {
        return steps == 1 ? Index.of(1) : Index.of("steps");
    }

    /** The rows of this run. */
    Index rows(Type type) {
        return type.rows() == Rows.SEQUENCE ? steps().times(batch) : Index.of(capacity(type));
    }

    /** Features of one row: of a matrix, its second dimension. */
    static int width(Type type) {
        return type.shape().isEmpty() ? 1 : type.shape().getLast();
    }

    /** New memory for values of that type, each row in one piece. */
    View scratch(String name, Type type) {
        return scratch(name, capacity(type), type.isScalar() ? List.of() : List.of(width(type)));
    }

    /** New memory for rows of padded pieces; no pieces mean one number a row, unpadded. */
    View scratch(String name, int rows, List<Integer> pieces) {
        List<View.Part> parts = pieces.isEmpty() ? List.of(new View.Part(1, 0)) : View.padded(pieces, precision());
        int stride = pieces.isEmpty()
                ? 1
                : spread(
                        parts.getLast().offset()
                                + precision().padded(parts.getLast().size()),
                        rows);
        Buffer buffer = add(name, Buffer.Storage.SCRATCH, "", Element.REAL, 0, (long) rows * stride);
        return new View(buffer, Index.ZERO, stride, parts);
    }

    /**
     * Elements from row to row of {@code rows} rows: where a column of them would fall into few sets of the caches, which
     * take their place from the lower bits of an address, a line is left free between rows.
     */
    private int spread(int width, int rows) {
        int line = precision().elementsPerLine();
        return rows >= SPREAD_ROWS && width % (SPREAD_LINES * line) == 0 ? width + line : width;
    }

    /** New memory for one token a row, in as many rows as that type has. */
    View tokens(String name, Type type) {
        Buffer buffer = add(name, Buffer.Storage.SCRATCH, "", Element.TOKEN, 0, capacity(type));
        return new View(buffer, Index.ZERO, 1, List.of(new View.Part(1, 0)));
    }

    /** New memory for packed parameters. */
    Buffer packed(String name, long elements) {
        return add(name, Buffer.Storage.PACKED, "", Element.REAL, 0, elements);
    }

    /** A parameter, dense. */
    View parameter(String name) {
        return dense(name, parameters, Buffer.Storage.PARAMETERS, "");
    }

    /** The gradient of a parameter, dense. */
    View gradient(String name) {
        return dense(name, gradients, Buffer.Storage.GRADIENTS, "gradient_");
    }

    private View dense(String name, Map<String, Buffer> known, Buffer.Storage storage, String prefix) {
        ParameterSpec spec = model.parameters().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no parameter " + name));
        Buffer buffer = known.computeIfAbsent(
                name, n -> add(prefix + n, storage, "", Element.REAL, spec.offset(), spec.size()));
        int width = spec.shape().isEmpty() ? 1 : spec.shape().getLast();
        return new View(buffer, Index.ZERO, width, List.of(new View.Part(width, 0)));
    }

    /** The memory of a port. */
    View port(PortSpec port) {
        boolean token = port.element() == Element.TOKEN;
        boolean scalar = port.shape().isEmpty();
        int width = port.width();
        int stride = token ? 1 : precision().padded(width);
        Type type = new Type(port.element(), port.rows(), scalar ? List.of() : port.shape());
        Buffer buffer = ports.computeIfAbsent(
                port.name(),
                n -> add(
                        n,
                        Buffer.Storage.PORT,
                        n,
                        port.element(),
                        0,
                        (long) capacity(type.withShape(List.of())) * stride));
        return new View(buffer, Index.ZERO, stride, List.of(new View.Part(width, 0)));
    }

    /** The recurrent state of that name. */
    View state(String name) {
        return port(model.ports(Role.STATE).stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no state " + name)));
    }

    private Buffer add(String wish, Buffer.Storage storage, String port, Element element, long offset, long elements) {
        String clean = wish.replaceAll("[^A-Za-z0-9_]+", "_");
        clean = clean.isEmpty() || Character.isDigit(clean.charAt(0)) ? "_" + clean : clean;
        String name = clean;
        for (int i = 2; !names.add(name); i++) {
            name = clean + "_" + i;
        }
        Buffer buffer = new Buffer(name, storage, port, element, offset, elements);
        all.add(buffer);
        return buffer;
    }
}
