package dev.rnnc.cli;

import dev.rnnc.cli.data.ExampleSet;
import dev.rnnc.cli.data.Field;
import dev.rnnc.cli.data.PortField;
import dev.rnnc.cli.data.Recipe;
import dev.rnnc.cli.data.RecipeFile;
import dev.rnnc.cli.data.TableBatches;
import dev.rnnc.compiler.diag.Shown;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.BatchSource;
import dev.rnnc.runtime.train.ExampleOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rows of a file made ready for training.
 *
 * @param model whose inputs and targets they are
 * @param name where they come from
 * @param recipe how they were read, which is kept with the weights
 * @param normalized how numbers are scaled, for the description
 * @param notes what else a user should know
 */
record TrainingTable(
        Backend.Source model,
        String name,
        Recipe recipe,
        String normalized,
        TableExamples training,
        TableExamples validation,
        List<String> notes)
        implements TrainingData {
    private static final int SHOWN_COLUMNS = 8;

    /**
     * Checks that there is enough to train on.
     *
     * @throws CommandFailure if sequences are longer than the model's steps, or there are too few examples
     */
    void require(TrainSettings settings) {
        require("training", training, settings);
        require("validation", validation, settings);
    }

    private void require(String purpose, TableExamples examples, TrainSettings settings) {
        if (examples.set().carried() && examples.set().carriedSteps() < settings.batch()) {
            throw CommandFailure.job(
                    ("'%s' has %s steps for %s, but %d rows of a batch are read side by side; give more rows, another"
                                    + " --split, or lower --batch")
                            .formatted(
                                    name, Numbers.grouped(examples.set().carriedSteps()), purpose, settings.batch()));
        }
        if (examples.batch() < settings.batch()) {
            throw CommandFailure.job(
                    ("'%s' has %s examples for %s, but a batch takes %d; give more rows, another --split, a smaller --window"
                                    + " or --stride, or lower --batch")
                            .formatted(name, Numbers.grouped(examples.batch()), purpose, settings.batch()));
        }
        if (examples.steps() > settings.steps()) {
            throw CommandFailure.job(("'%s' has sequences of %d steps, but the model is trained on %d at most;"
                            + " cut them with --window, or give 'steps %d' in train {} or --steps %d")
                    .formatted(name, examples.steps(), settings.steps(), examples.steps(), examples.steps()));
        }
        if (Arrays.stream(examples.set().targets(model.sequences())).allMatch(n -> n == 0)) {
            throw CommandFailure.job("'%s' has no targets for %s: all sequences are empty".formatted(name, purpose));
        }
    }

    @Override
    public String description() {
        String counted = training.set().carried() ? carried() : counted();
        StringBuilder text = new StringBuilder("data: " + name + ", " + counted);
        for (PortField port : recipe.binding().ports()) {
            text.append("\n  ").append(describe(port));
        }
        notes.forEach(note -> text.append("\n  ").append(note));
        // Columns have the names that the file gives them.
        return Shown.escaped(text.toString());
    }

    private String carried() {
        return "%s steps for training and %s for validation, in windows of %d that carry their states on"
                .formatted(
                        Numbers.grouped(training.set().carriedSteps()),
                        Numbers.grouped(validation.set().carriedSteps()),
                        recipe.binding().layout().window());
    }

    private String counted() {
        String sequences =
                training.sequences().isEmpty() ? "" : (padded() ? " of up to " : " of ") + steps() + " steps";
        return "%s examples%s for training and %s for validation"
                .formatted(Numbers.grouped(training.batch()), sequences, Numbers.grouped(validation.batch()));
    }

    private String describe(PortField port) {
        List<String> columns = port.field().columns();
        String shown = columns.stream().limit(SHOWN_COLUMNS).collect(Collectors.joining(", "))
                + (columns.size() > SHOWN_COLUMNS ? ", ... (" + columns.size() + " columns)" : "");
        var symbols = recipe.encoding().symbols().get(port.field());
        String ahead = recipe.binding().layout().ahead().toString();
        boolean target = port.port().role() == Role.TARGET;
        return (target ? "target " : "input ") + port.name() + ": " + shown
                + (symbols == null ? "" : ", " + symbols.size() + " symbols")
                + (recipe.encoding().scalings().containsKey(port.field()) && !normalized.isEmpty()
                        ? ", " + normalized
                        : "")
                + (target && !ahead.equals("0")
                        ? ", " + ahead + (ahead.equals("1") ? " step ahead" : " steps ahead")
                        : "");
    }

    private int steps() {
        return Math.max(training.steps(), validation.steps());
    }

    @Override
    public LossUnit unit() {
        return LossUnit.TARGETS;
    }

    @Override
    public boolean padded() {
        boolean carried = training.set().carried();
        return training.padded() || validation.padded() || !carried && training.steps() != validation.steps();
    }

    @Override
    public BatchSource training(TrainSettings settings) {
        int[] all = IntStream.range(0, training.batch()).toArray();
        return batches(training.set(), settings, all).reshuffled(settings.seed());
    }

    @Override
    public BatchSource validation(TrainSettings settings) {
        // The shortest come first, so that little padding is computed; but states go from window to window.
        int[] order = validation.set().carried()
                ? IntStream.range(0, validation.batch()).toArray()
                : ExampleOrder.sorted(validation.set().longest());
        return batches(validation.set(), settings, order);
    }

    private TableBatches batches(ExampleSet examples, TrainSettings settings, int[] order) {
        return new TableBatches(examples, model.sequences(), padded(), settings.batch(), order);
    }

    @Override
    public String symbol(PortSpec target, int token) {
        return field(target).map(of -> recipe.encoding().symbol(of, token)).orElse(Integer.toString(token));
    }

    @Override
    public double unscaled(PortSpec target, int index, double value) {
        return field(target)
                .map(of -> recipe.encoding().scaling(of).invert(value, index % of.width()))
                .orElse(value);
    }

    @Override
    public String label(PortSpec target) {
        return field(target)
                .filter(of -> of.columns().size() == 1)
                .map(of -> of.columns().getFirst())
                .orElse(target.name());
    }

    private Optional<Field> field(PortSpec port) {
        return recipe.binding().ports().stream()
                .filter(of -> of.name().equals(port.name()))
                .map(PortField::field)
                .findFirst();
    }

    @Override
    public void save(RunFolder folder) {
        folder.write(Recipe.FILE, RecipeFile.text(recipe));
    }
}
