package dev.rnnc.cli;

import dev.rnnc.cli.data.Encoding;
import dev.rnnc.cli.data.ExampleSet;
import dev.rnnc.cli.data.Layout;
import dev.rnnc.cli.data.PortField;
import dev.rnnc.cli.data.Recipe;
import dev.rnnc.cli.data.RowWriter;
import dev.rnnc.cli.data.Scaling;
import dev.rnnc.cli.data.TableBatches;
import dev.rnnc.compiler.driver.LossCall;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a model says of the rows of a file, in the words and units of that file: labels for scores, numbers unscaled. A
 * row is written for each example, or for each step where the model has an output a step; of a window the last step
 * counts, unless states are carried from window to window.
 */
final class TablePredictions {
    private final Backend.Source model;
    private final TableExamples examples;
    private final Recipe trained;
    private final List<Output> outputs;

    /** For each output how its numbers are scaled; none where it has the shape of nothing in the file. */
    private final List<Optional<Unit>> units;

    /**
     * One output and what it is compared with in training.
     *
     * @param target null where no target has its shape, or others are compared with it
     */
    record Output(PortSpec port, PortField target) {}

    /** What numbers of an output are measured in: those of a field. */
    private record Unit(Scaling scaling, int width) {
        double of(double value, int feature) {
            return scaling.invert(value, feature % width);
        }
    }

    /** @param trained how the targets were read in training; without any where that is not known */
    TablePredictions(Backend.Source model, TableExamples examples, Recipe trained) {
        this.model = model;
        this.examples = examples;
        this.trained = trained;
        this.outputs = outputs(model, trained.binding().ports());
        this.units = outputs.stream().map(this::unit).toList();
    }

    /** The unit of an output: of its own target, else of another of its shape, else of the input that it shall meet. */
    private Optional<Unit> unit(Output output) {
        PortSpec port = output.port();
        if (output.target() != null) {
            return Optional.of(unit(output.target(), trained.encoding()));
        }
        Optional<Unit> target = trained.binding().ports().stream()
                .filter(t -> t.port().element() == Element.REAL && t.port().width() == port.width())
                .sorted(Comparator.comparing(t -> t.port().rows() != port.rows()))
                .map(t -> unit(t, trained.encoding()))
                .findFirst();
        return target.or(() -> examples.set().ports().stream()
                .filter(i -> i.port().element() == Element.REAL && i.port().width() == port.width())
                .filter(i -> meets(model.lossCalls(), port, i.port()))
                .map(i -> unit(i, examples.set().encoding()))
                .findFirst());
    }

    private static Unit unit(PortField of, Encoding encoding) {
        return new Unit(encoding.scaling(of.field()), of.field().width());
    }

    private static boolean meets(List<LossCall> calls, PortSpec output, PortSpec other) {
        return calls.stream()
                .anyMatch(
                        c -> c.prediction().equals(output.name()) && c.target().equals(other.name()));
    }

    /**
     * The outputs of a model, each with the target that it is to meet: as the loss names them, else the first of its form
     * that no other output meets.
     */
    static List<Output> outputs(Backend.Source model, List<PortField> targets) {
        List<LossCall> calls = model.lossCalls();
        List<PortSpec> ports = model.spec().ports(Role.OUTPUT);
        Map<PortSpec, PortField> met = new HashMap<>();
        for (boolean named : new boolean[] {true, false}) {
            for (PortSpec port : ports) {
                targets.stream()
                        .filter(t -> !met.containsKey(port) && !met.containsValue(t) && fits(port, t))
                        .filter(t -> !named || meets(calls, port, t.port()))
                        .findFirst()
                        .ifPresent(t -> met.put(port, t));
            }
        }
        return ports.stream().map(port -> new Output(port, met.get(port))).toList();
    }

    private static boolean fits(PortSpec port, PortField target) {
        return target.port().rows() == port.rows()
                && (target.port().element() == Element.TOKEN
                        ? port.shape().equals(List.of(target.port().vocabulary()))
                        : port.width() == target.port().width());
    }

    /** The names of the columns: sequence, step, then those of the targets. */
    List<String> columns() {
        List<String> columns = new ArrayList<>(List.of("sequence", "step"));
        for (Output output : outputs) {
            PortField target = output.target();
            if (target == null) {
                for (int i = 0; i < output.port().width(); i++) {
                    columns.add(output.port().name() + (output.port().width() == 1 ? "" : "[" + i + "]"));
                }
            } else if (target.port().element() == Element.TOKEN) {
                columns.add(target.field().columns().getFirst());
            } else {
                int width = target.field().width();
                List<String> names = target.field().columns();
                for (int i = 0; i < width * target.span(); i++) {
                    String name = names.size() == width ? names.get(i % width) : target.name() + "[" + i % width + "]";
                    columns.add(target.span() == 1 ? name : name + "+" + (ahead().first() + i / width));
                }
            }
        }
        return columns;
    }

    /**
     * Runs the model over all examples.
     *
     * @return the number of rows written
     */
    long write(Program program, int batch, RowWriter writer) throws IOException {
        TableBatches batches = examples.batches(model, examples.padded(), 0, examples.batch(), batch);
        long rows = 0;
        for (int window = 0; window < batches.windows(); window++) {
            if (batches.startsSequence(window)) {
                program.resetStates();
            }
            int steps = batches.load(window, program);
            program.run(steps);
            List<double[]> values = new ArrayList<>();
            for (Output output : outputs) {
                values.add(Ports.read(program, Ports.port(program, output.port().name()), steps));
            }
            // The last window reaches back to examples that were written before.
            for (int row = batches.repeated(window); row < batch; row++) {
                rows += write(batches.example(window, row), row, batch, values, writer);
            }
        }
        return rows;
    }

    private int write(int example, int row, int batch, List<double[]> values, RowWriter writer) throws IOException {
        int steps = steps(example);
        int first = windowed() && !everyStep() ? steps - 1 : 0;
        ExampleSet set = examples.set();
        for (int step = first; step < steps; step++) {
            List<Object> cells = new ArrayList<>();
            cells.add(set.sequenceName(example));
            cells.add(set.row(example, step + (ahead().span() == 1 ? ahead().first() : 0)) + 1);
            for (int i = 0; i < outputs.size(); i++) {
                Output output = outputs.get(i);
                int width = output.port().width();
                int at = (output.port().rows() == Rows.SEQUENCE ? step * batch + row : row) * width;
                cells(output, units.get(i), values.get(i), at, cells);
            }
            writer.row(cells);
        }
        return steps - first;
    }

    private void cells(Output output, Optional<Unit> unit, double[] values, int at, List<Object> cells) {
        int width = output.port().width();
        PortField target = output.target();
        if (target != null && target.port().element() == Element.TOKEN) {
            int best = 0;
            for (int i = 1; i < width; i++) {
                best = values[at + i] > values[at + best] ? i : best;
            }
            cells.add(trained.encoding().symbol(target.field(), best));
            return;
        }
        for (int i = 0; i < width; i++) {
            double value = values[at + i];
            int feature = i;
            cells.add((float) unit.map(u -> u.of(value, feature)).orElse(value).doubleValue());
        }
    }

    /** Rows that an example gives: 1 where no output is a sequence, or only the last step counts. */
    private int steps(int example) {
        if (windowed()) {
            return examples.set().window(example);
        }
        Map<String, Set<String>> follows = model.sequences().bindings();
        int steps = 1;
        for (Output output : outputs) {
            if (output.port().rows() == Rows.SEQUENCE) {
                Set<String> names = follows.getOrDefault(output.port().name(), Set.of());
                int own = examples.set().ports().stream()
                        .filter(port -> port.port().rows() == Rows.SEQUENCE)
                        .filter(port -> names.isEmpty() || names.contains(port.name()))
                        .mapToInt(port -> examples.set().steps(port, example))
                        .min()
                        .orElse(1);
                steps = steps == 1 ? own : Math.min(steps, own);
            }
        }
        return steps;
    }

    /** Whether windows follow one another, so that each of their steps is written. */
    private boolean everyStep() {
        return examples.set().carried()
                && outputs.stream().allMatch(output -> output.port().rows() == Rows.SEQUENCE);
    }

    private boolean windowed() {
        return examples.set().table().layout().windowed();
    }

    private Layout.Ahead ahead() {
        return examples.set().table().layout().ahead();
    }
}
