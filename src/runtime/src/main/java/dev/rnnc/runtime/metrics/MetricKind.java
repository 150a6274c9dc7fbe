package dev.rnnc.runtime.metrics;

import java.util.Set;

/** The measures there are. */
public enum MetricKind {
    /** The share of right answers. */
    ACCURACY("accuracy", Set.of(Task.CLASSES, Task.BINARY)),
    /** The harmonic mean of precision and recall, for each class and their mean. */
    F1("f1", Set.of(Task.CLASSES, Task.BINARY)),
    /** Answers by true class. */
    CONFUSION("confusion", Set.of(Task.CLASSES, Task.BINARY)),
    /** e to the mean cross-entropy. */
    PERPLEXITY("perplexity", Set.of(Task.CLASSES)),
    /** The mean cross-entropy in bits: bits per character of a character model. */
    BITS("bits", Set.of(Task.CLASSES)),
    /** The mean absolute error. */
    MAE("mae", Set.of(Task.REALS, Task.BINARY)),
    /** The root of the mean squared error. */
    RMSE("rmse", Set.of(Task.REALS, Task.BINARY)),
    /** Edits that turn the answered sequence into the true one. */
    EDIT_DISTANCE("edit-distance", Set.of(Task.CLASSES));

    private final String word;
    private final Set<Task> tasks;

    MetricKind(String word, Set<Task> tasks) {
        this.word = word;
        this.tasks = tasks;
    }

    /** Its name on a command line. */
    public String word() {
        return word;
    }

    /** Whether it can measure that. */
    public boolean measures(Task task) {
        return tasks.contains(task);
    }

    /** A metric that has seen nothing yet. */
    public Metric create() {
        return switch (this) {
            case ACCURACY -> new Confusion(Confusion.Summary.ACCURACY);
            case F1 -> new Confusion(Confusion.Summary.F1);
            case CONFUSION -> new Confusion(Confusion.Summary.MATRIX);
            case PERPLEXITY -> new Likelihood(false);
            case BITS -> new Likelihood(true);
            case MAE -> new Deviation(false);
            case RMSE -> new Deviation(true);
            case EDIT_DISTANCE -> new EditDistance();
        };
    }
}
