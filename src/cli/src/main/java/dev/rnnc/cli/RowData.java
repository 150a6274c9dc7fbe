package dev.rnnc.cli;

import dev.rnnc.cli.data.BadRows;
import dev.rnnc.cli.data.Binder;
import dev.rnnc.cli.data.Binding;
import dev.rnnc.cli.data.CsvFile;
import dev.rnnc.cli.data.DataException;
import dev.rnnc.cli.data.Encoding;
import dev.rnnc.cli.data.ExampleSet;
import dev.rnnc.cli.data.Field;
import dev.rnnc.cli.data.Layout;
import dev.rnnc.cli.data.Normalize;
import dev.rnnc.cli.data.Part;
import dev.rnnc.cli.data.PortField;
import dev.rnnc.cli.data.Recipe;
import dev.rnnc.cli.data.RecipeFile;
import dev.rnnc.cli.data.RowFile;
import dev.rnnc.cli.data.Split;
import dev.rnnc.cli.data.SymbolTable;
import dev.rnnc.cli.data.Table;
import dev.rnnc.cli.data.Wishes;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads files of rows for a model: to learn from, or as the model learnt to read them. */
final class RowData {
    private final Backend.Source model;
    private final DataOptions options;
    private final PrintWriter err;

    RowData(Backend.Source model, DataOptions options, PrintWriter err) {
        this.model = model;
        this.options = options;
        this.err = err;
    }

    /**
     * Rows to train on.
     *
     * @param valid a file of its own for validation, or null to hold some of the data out
     * @param weights to start from, whose symbols and scales are used where {@code data.json} beside them knows them; or null
     */
    TrainingTable training(TrainingDataOptions wishes, Path valid, TrainSettings settings, Path weights) {
        Optional<Split> split = wishes.split();
        RowFile file = options.file();
        if (file instanceof CsvFile csv && csv.numericHeader()) {
            err.println("warning: the header of '" + file.path() + "', its first row, holds numbers only;"
                    + " give --no-header if there is none");
        }
        if (valid != null && split.isPresent()) {
            throw CommandFailure.usage(
                    "--split and --valid exclude one another: with a file of its own nothing is held out");
        }
        Wishes said = options.wishes(wishes.words());
        if (settings.stateful()
                && said.sequenceId() != null
                && said.window() == null
                && model.spec().ports(Role.TARGET).stream().allMatch(port -> port.rows() == Rows.SEQUENCE)) {
            said = said.windows(settings.steps());
        }
        Binding binding = Binder.bind(file, ports(true), said, settings.steps());
        Encoding known = known(weights, binding);
        Table table = read(file, binding, known.tables(known.symbols().keySet()));
        Split.Parts parts = valid == null
                ? split.orElse(Split.standard(binding.layout())).of(table, settings.seed())
                : new Split.Parts(Part.all(table), null);
        Encoding encoding = Encoding.learn(table, parts.training(), wishes.normalize(), wishes.minCount());
        if (wishes.normalize() == Normalize.NONE) {
            encoding = encoding.scaled(known.scalings());
        }
        Table other = table;
        if (valid != null) {
            RowFile second = options.open(valid);
            Recipe recipe = new Recipe(binding, encoding).adapted(second, options.wishes(false), ports(true));
            other = read(second, recipe.binding(), encoding.tables(binding.fields()));
        }
        int streams = streams(binding.layout(), settings, settings.batch());
        TrainingTable ready = new TrainingTable(
                model,
                file.path().toString(),
                new Recipe(binding, encoding),
                wishes.normalize() == Normalize.NONE
                        ? ""
                        : wishes.normalize().name().toLowerCase(Locale.ROOT),
                examples(table, encoding, binding, parts.training(), streams),
                examples(other, encoding, binding, valid == null ? parts.validation() : Part.all(other), streams),
                notes(binding, settings));
        ready.require(settings);
        return ready;
    }

    /** What weights know of symbols and scales of a model's ports; nothing where they do not say. */
    private Encoding known(Path weights, Binding binding) {
        Path stored = weights == null ? null : weights.toAbsolutePath().resolveSibling(Recipe.FILE);
        if (stored == null || !Files.exists(stored)) {
            return new Encoding(Map.of(), Map.of());
        }
        try {
            return RecipeFile.read(stored, ports(true)).encodingFor(binding);
        } catch (DataException e) {
            throw CommandFailure.job(
                    e.getMessage() + "; to learn labels and scales anew, copy '" + weights
                            + "' alone to another folder",
                    e);
        }
    }

    /**
     * Rows for a trained model, read as those that it was trained on.
     *
     * @param targets whether the targets are needed too; without them, those that {@code previous} reads
     * @param streams how many rows of a batch are read side by side where states are carried from window to window
     * @throws CommandFailure if there is no example
     */
    TableExamples use(Path weights, boolean targets, int streams) {
        RowFile file = options.file();
        List<PortSpec> ports = ports(targets);
        Path stored = weights.toAbsolutePath().resolveSibling(Recipe.FILE);
        Recipe recipe;
        if (Files.exists(stored)) {
            Recipe all = RecipeFile.read(stored, ports(true));
            if (all.only(ports).binding().ports().size() != ports.size()) {
                throw CommandFailure.job(
                        "'" + stored + "' is of another model: it does not name all inputs and targets");
            }
            recipe = all.only(ports).adapted(file, options.wishes(false), ports);
        } else {
            int steps = model.spec().train() == null
                    ? Sizes.DEFAULT_STEPS
                    : model.spec().train().steps();
            recipe = new Recipe(
                    Binder.bind(file, ports, options.wishes(false), steps), new Encoding(Map.of(), Map.of()));
        }
        Binding binding = recipe.binding();
        Table table = read(file, binding, recipe.encoding().tables(binding.fields()));
        TableExamples examples = examples(
                table,
                recipe.encoding(),
                binding,
                Part.all(table),
                streams(binding.layout(), model.spec().train(), streams));
        if (examples.batch() == 0) {
            throw CommandFailure.job(("'%s' has no sequence of %d steps%s; give more rows, or a smaller --window")
                    .formatted(
                            file.path(),
                            binding.layout().window(),
                            binding.layout().ahead().last() > 0
                                    ? " with the " + binding.layout().ahead().last() + " that follow"
                                    : ""));
        }
        return examples;
    }

    /**
     * Rows to go on from.
     *
     * @param wanted the inputs and targets that are read
     * @throws CommandFailure if it is not known how the model learnt to read rows
     */
    LatestRows latest(Path weights, List<PortSpec> wanted) {
        Path stored = weights.toAbsolutePath().resolveSibling(Recipe.FILE);
        if (!Files.exists(stored)) {
            throw CommandFailure.job(("there is no %s beside '%s', which says how rows are read; give the weights where"
                            + " 'rnnc train' on rows has put them, or tensors with --data")
                    .formatted(Recipe.FILE, weights));
        }
        RowFile file = options.file();
        Recipe all = RecipeFile.read(stored, ports(true));
        Recipe read = all.only(wanted);
        if (all.binding().ports().size() != ports(true).size()) {
            throw CommandFailure.job("'" + stored + "' is of another model: it does not name all inputs and targets");
        }
        read = read.adapted(file, options.wishes(false), wanted);
        Layout layout = read.binding().layout().ahead(Layout.Ahead.NONE);
        Binding binding = new Binding(read.binding().ports(), layout);
        Table table = read(file, binding, read.encoding().tables(binding.fields()));
        return new LatestRows(table, all.with(read), binding.ports());
    }

    /** How the targets of a trained model were read; without any where that is not known. */
    Recipe targets(Path weights) {
        Path stored = weights.toAbsolutePath().resolveSibling(Recipe.FILE);
        Layout steps = new Layout(false, "", 0, 1, Layout.Ahead.NONE);
        return Files.exists(stored)
                ? RecipeFile.read(stored, ports(true)).only(model.spec().ports(Role.TARGET))
                : new Recipe(new Binding(List.of(), steps), new Encoding(Map.of(), Map.of()));
    }

    private Table read(RowFile file, Binding binding, Map<Field, SymbolTable> tables) {
        BadRows bad = new BadRows(options.skipBad());
        Table table = Table.read(
                file,
                binding.fields(),
                binding.layout(),
                tables,
                binding.together(model.sequences().together()),
                bad,
                options.cache());
        binding.ports().forEach(table::requireConstant);
        if (bad.count() > 0) {
            err.println("skipped %s bad rows of '%s':".formatted(Numbers.grouped(bad.count()), file.path()));
            bad.examples().forEach(example -> err.println("  " + example));
            if (bad.count() > bad.examples().size()) {
                err.println("  ...");
            }
        }
        return table;
    }

    private List<PortSpec> ports(boolean targets) {
        List<PortSpec> ports = new ArrayList<>(model.spec().ports(Role.INPUT));
        for (PortSpec target : model.spec().ports(Role.TARGET)) {
            boolean fed = model.feedback().stream().anyMatch(f -> f.name().equals(target.name()));
            if (targets || fed) {
                ports.add(target);
            }
        }
        return ports;
    }

    /** How many rows of a batch are read side by side; 0 where no states are carried from window to window. */
    private int streams(Layout layout, TrainSettings settings, int batch) {
        boolean sequences = model.spec().ports(Role.INPUT).stream().anyMatch(port -> port.rows() == Rows.SEQUENCE)
                || model.spec().ports(Role.TARGET).stream().anyMatch(port -> port.rows() == Rows.SEQUENCE);
        if (settings == null || !settings.stateful() || !layout.windowed() || !sequences) {
            return 0;
        }
        Integer stride = options.wishes(false).stride();
        if (stride != null && stride != layout.window()) {
            throw CommandFailure.usage(
                    ("--stride %d: the model is 'stateful', so windows of %d steps follow one another and"
                                    + " carry their states on; leave out --stride, or take 'stateful' out of train {}")
                            .formatted(stride, layout.window()));
        }
        return batch;
    }

    private TableExamples examples(Table table, Encoding encoding, Binding binding, Part part, int streams) {
        if (streams == 0) {
            return TableExamples.of(new ExampleSet(table, encoding, binding.ports(), part));
        }
        ExampleSet carried = ExampleSet.carried(table, encoding, binding.ports(), part, streams);
        for (PortField port : binding.ports()) {
            if (port.port().role() == Role.TARGET && port.port().rows() != Rows.SEQUENCE && carried.ragged()) {
                throw CommandFailure.job(
                        ("target '%s' takes a value from each window, but the %d series that are read side by side from '%s'"
                                        + " do not end together; declare it 'sequence', lower --batch, or take 'stateful' out of train {}")
                                .formatted(port.name(), streams, table.file()));
            }
        }
        return TableExamples.of(carried);
    }

    private List<String> notes(Binding binding, TrainSettings settings) {
        boolean sequences =
                binding.ports().stream().anyMatch(port -> port.port().rows() == Rows.SEQUENCE);
        return settings.stateful() && sequences && !binding.layout().windowed()
                ? List.of(
                        "each example is a whole sequence and starts from zero states; 'stateful' carries them from window"
                                + " to window, which --window cuts")
                : List.of();
    }
}
