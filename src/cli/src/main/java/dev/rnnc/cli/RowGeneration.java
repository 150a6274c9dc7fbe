package dev.rnnc.cli;

import dev.rnnc.cli.data.Columns;
import dev.rnnc.cli.data.Field;
import dev.rnnc.cli.data.Layout;
import dev.rnnc.cli.data.PortField;
import dev.rnnc.cli.data.RowWriter;
import dev.rnnc.cli.data.SeriesRows;
import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets a model go on where the rows of a file end and writes rows in the words and units of that file: a model that reads
 * {@code previous(TARGET)} makes a sequence for each of the file's last windows, any other foretells the rows that follow
 * each series.
 */
final class RowGeneration {
    private final Backend.Source model;
    private final Parameters parameters;
    private final RowData reader;
    private final Path weights;

    RowGeneration(Backend.Source model, Parameters parameters, RowData reader, Path weights) {
        this.model = model;
        this.parameters = parameters;
        this.reader = reader;
        this.weights = weights;
    }

    /** What is written, row by row. */
    interface Sink {
        /** Opens the file or stream for rows of those columns. */
        RowWriter open(List<String> columns) throws IOException;
    }

    /**
     * Foretells what follows each series.
     *
     * @param length rows of each series, or null for as many as the model foretells at once
     * @param choice of tokens; its length is not looked at
     * @return the number of rows written
     * @throws CommandFailure if the model cannot foretell so many
     */
    long forecast(BackendKind backend, Integer length, SequenceGenerator.Choice choice, Sink sink) throws IOException {
        List<PortSpec> inputs = model.spec().ports(Role.INPUT);
        LatestRows data = reader.latest(weights, inputs);
        Layout layout = data.layout();
        List<TablePredictions.Output> outputs = TablePredictions.outputs(
                        model,
                        data.recipe().binding().ports().stream()
                                .filter(port -> port.port().role() == Role.TARGET)
                                .toList())
                .stream()
                .filter(output -> output.target() != null)
                .toList();
        int most = layout.ahead().last();
        if (outputs.isEmpty() || most == 0) {
            throw CommandFailure.usage(
                    ("model %s foretells no row: %s; 'rnnc run' writes what it says of the rows that are there")
                            .formatted(
                                    model.spec().name(),
                                    outputs.isEmpty()
                                            ? "none of its outputs has the shape of a target"
                                            : "its targets stand in the same rows as its inputs"));
        }
        if (outputs.stream().mapToInt(o -> o.target().span()).distinct().count() > 1) {
            throw CommandFailure.job(
                    "model %s foretells one step of labels and %d of numbers, which make no rows together; train it with --ahead 1"
                            .formatted(model.spec().name(), layout.ahead().span()));
        }
        int wanted = length == null ? most : length;
        if (wanted > most) {
            requireFeedback(data, outputs, wanted, most);
        }
        boolean carried = model.spec().train() != null && model.spec().train().stateful() && layout.windowed();
        SeriesRows rows = data.rows();
        long longest = 1;
        for (int sequence = 0; sequence < rows.sequences(); sequence++) {
            longest = Math.max(longest, rows.length(sequence) + wanted);
        }
        int steps = layout.windowed() ? layout.window() : Math.toIntExact(longest);
        CompiledModel compiled =
                model.load(new CompileOptions(Set.of(ProgramKind.OBSERVATION), steps, 1, List.of(), "").by(backend));
        long written = 0;
        try (Program program = compiled.newProgram(ProgramKind.OBSERVATION, parameters);
                RowWriter writer = sink.open(columns(
                        outputs.stream().map(TablePredictions.Output::target).toList()))) {
            program.refresh();
            for (int sequence = 0; sequence < rows.sequences(); sequence++) {
                List<Map<Field, double[]>> foretold =
                        new RowForecast(program, outputs, data, rows, carried, choice.sized(wanted), sequence).run();
                for (int i = 0; i < foretold.size(); i++) {
                    List<Object> cells = new ArrayList<>(
                            List.of(rows.name(sequence), rows.number(sequence, rows.length(sequence) + i) + 1));
                    for (TablePredictions.Output output : outputs) {
                        cells(
                                data,
                                output.target().field(),
                                foretold.get(i).get(output.target().field()),
                                cells);
                    }
                    writer.row(cells);
                    written++;
                }
            }
        }
        return written;
    }

    /** Whether the model can read what it foretells. */
    private void requireFeedback(LatestRows data, List<TablePredictions.Output> outputs, int wanted, int most) {
        Set<Field> made = new HashSet<>();
        outputs.forEach(output -> made.add(output.target().field()));
        for (PortField input : data.read()) {
            if (input.port().rows() == Rows.SEQUENCE && !made.contains(input.field())) {
                throw CommandFailure.usage(
                        ("--length %d: the model foretells %d %s at once, and to go on it would have to read '%s' (%s) of rows that"
                                        + " are not there; give --length %d, or train%s with input and target of the same columns")
                                .formatted(
                                        wanted,
                                        most,
                                        most == 1 ? "row" : "rows",
                                        input.name(),
                                        Columns.shown(input.field().columns()),
                                        most,
                                        outputs.getFirst().target().port().element() == Element.TOKEN
                                                ? ""
                                                : " with --ahead 1.." + wanted + " or"));
            }
        }
    }

    /**
     * Lets a model with {@code previous(TARGET)} make a sequence for the last window of each series.
     *
     * @param goOn whether it begins with what the rows hold of the sequences themselves
     * @param stop the symbol that ends a sequence, or null
     * @return the number of rows written
     */
    long sequences(boolean goOn, String stop, SequenceGenerator.Choice choice, Sink sink) throws IOException {
        List<Generation.Feed> feeds = model.generation().feeds();
        List<PortSpec> inputs = SequenceData.inputs(model);
        List<PortSpec> fed = feeds.stream().map(Generation.Feed::port).toList();
        List<PortSpec> wanted = new ArrayList<>(inputs);
        if (goOn) {
            wanted.addAll(fed);
        }
        if (wanted.isEmpty()) {
            throw CommandFailure.usage("model " + model.spec().name() + " reads nothing but what it generates; add"
                    + " --continue to go on from the rows");
        }
        LatestRows data = reader.latest(weights, wanted);
        TableExamples examples = data.examples(wanted);
        Beginnings beginnings = goOn ? beginnings(data, examples, fed) : Beginnings.none(examples.batch());
        SequenceGenerator.Choice chosen = choice;
        if (feeds.size() == 1 && fed.getFirst().element() == Element.TOKEN) {
            chosen = choice.among(RowTokens.count(data, fed.getFirst()), RowTokens.stop(data, fed.getFirst(), stop));
        } else if (stop != null) {
            throw CommandFailure.usage(
                    "--stop: model " + model.spec().name() + " does not generate one sequence of tokens");
        }
        GeneratedSequences generated = new SequenceGenerator(
                        model, parameters, inputs.isEmpty() ? null : data.examples(inputs), beginnings, chosen)
                .run(_ -> true);
        int first = data.layout().ahead().first();
        long written = 0;
        try (RowWriter writer = sink.open(columns(fed.stream().map(data::field).toList()))) {
            for (int row = 0; row < beginnings.batch(); row++) {
                for (int t = beginnings.length(row); t < generated.length(row); t++) {
                    List<Object> cells = new ArrayList<>();
                    cells.add(examples.set().sequenceName(row));
                    cells.add(examples.set().row(row, t + first) + 1);
                    for (PortSpec port : fed) {
                        cells(data, data.field(port).field(), generated.step(port.name(), row, t), cells);
                    }
                    writer.row(cells);
                    written++;
                }
            }
        }
        return written;
    }

    /** What the rows hold of the sequences to generate: where targets lie ahead, the last steps are not known. */
    private static Beginnings beginnings(LatestRows data, TableExamples examples, List<PortSpec> fed) {
        SeriesRows rows = data.rows();
        int first = data.layout().ahead().first();
        int[] lengths = new int[examples.batch()];
        for (int row = 0; row < lengths.length; row++) {
            long left =
                    rows.length(examples.set().sequence(row)) - examples.set().offset(row) - first;
            lengths[row] = (int) Math.max(0, left);
        }
        return Beginnings.of(
                fed,
                lengths,
                (port, row, t) -> rows.row(
                        data.field(port),
                        examples.set().sequence(row),
                        examples.set().offset(row) + t + first));
    }

    private static List<String> columns(List<PortField> targets) {
        List<String> columns = new ArrayList<>(List.of("sequence", "step"));
        for (PortField target : targets) {
            List<String> names = target.field().columns();
            int width = target.field().width();
            for (int i = 0; i < width; i++) {
                columns.add(names.size() == width ? names.get(i) : target.name() + "[" + i + "]");
            }
        }
        return columns;
    }

    private static void cells(LatestRows data, Field field, double[] values, List<Object> cells) {
        for (int i = 0; i < values.length; i++) {
            cells.add(
                    field.element() == Element.TOKEN
                            ? data.recipe().encoding().symbol(field, (int) values[i])
                            : (Object) (float)
                                    data.recipe().encoding().scaling(field).invert(values[i], i));
        }
    }
}
