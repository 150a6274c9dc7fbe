package dev.rnnc.cli;

import dev.rnnc.runtime.spec.PortSpec;

/** How answers to targets are written: in the words, units and row numbers of the data they belong to. */
interface AnswerWords {
    /** Data whose tokens and numbers are the model's own. */
    AnswerWords PLAIN = new AnswerWords() {};

    /** A token of a target in a table of classes. */
    default String label(PortSpec target, int token) {
        return Integer.toString(token);
    }

    /** A token of a target beside its truth. */
    default String symbol(PortSpec target, int token) {
        return label(target, token);
    }

    /** Whether tokens of a target have names. */
    default boolean named(PortSpec target) {
        return false;
    }

    /** Element {@code feature} of a real target in the unit of the data. */
    default double number(PortSpec target, int feature, double value) {
        return value;
    }

    /** The number of an example, counted from 0. */
    default long example(int example) {
        return example;
    }

    /** Whether the data are rows of a file, with numbers of their own. */
    default boolean rows() {
        return false;
    }

    /** The row of the file, counted from 1, that holds a target; empty where the data are no rows. */
    default String row(PortSpec target, int example, int step) {
        return "";
    }
}
