package dev.rnnc.cli;

import dev.rnnc.cli.data.ExampleSet;
import dev.rnnc.cli.data.PortField;
import dev.rnnc.cli.data.Recipe;
import dev.rnnc.runtime.spec.PortSpec;
import java.util.Optional;

/**
 * Answers in the labels and units of a file of rows.
 *
 * @param trained how the targets were read in training
 */
record RowWords(ExampleSet set, Recipe trained) implements AnswerWords {
    @Override
    public String label(PortSpec target, int token) {
        return field(target)
                .map(field -> trained.encoding().symbol(field.field(), token))
                .orElseGet(() -> Integer.toString(token));
    }

    @Override
    public boolean named(PortSpec target) {
        return field(target)
                .map(field -> trained.encoding().symbols().containsKey(field.field()))
                .orElse(false);
    }

    @Override
    public double number(PortSpec target, int feature, double value) {
        return field(target)
                .map(field -> trained.encoding()
                        .scaling(field.field())
                        .invert(value, feature % field.field().width()))
                .orElse(value);
    }

    @Override
    public long example(int example) {
        return set.number(example);
    }

    @Override
    public boolean rows() {
        return true;
    }

    @Override
    public String row(PortSpec target, int example, int step) {
        return set.ports().stream()
                .filter(port -> port.port().equals(target))
                .findFirst()
                .map(port -> Long.toString(set.row(port, example, step) + 1))
                .orElse("");
    }

    private Optional<PortField> field(PortSpec target) {
        return trained.binding().ports().stream()
                .filter(port -> port.port().equals(target))
                .findFirst();
    }
}
