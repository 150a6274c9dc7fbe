package dev.rnnc.compiler.model;

import java.util.Locale;

/** How many steps one turn of a loop over time makes. Every setting gives the same bits. */
public sealed interface Unroll {
    /** What the cost model expects to be fastest. */
    record Automatic() implements Unroll {
        @Override
        public String toString() {
            return "auto";
        }
    }

    /** One step. */
    record None() implements Unroll {
        @Override
        public String toString() {
            return "none";
        }
    }

    /** That many. */
    record By(int steps) implements Unroll {
        /** Checks the number. */
        public By {
            if (steps < 1) {
                throw new IllegalArgumentException("a turn has at least one step: " + steps);
            }
        }

        @Override
        public String toString() {
            return String.valueOf(steps);
        }
    }

    /** All steps of a run: no loop over time where a run is as long as the program allows. */
    record Full() implements Unroll {
        @Override
        public String toString() {
            return "full";
        }
    }

    /** What the setting may be. */
    String VALUES = "'none', 'full', 'auto' or a whole number from 1 to 10000";

    /** The most steps of a turn that can be asked for by number. */
    int MOST = 10_000;

    /**
     * The setting of that text.
     *
     * @throws IllegalArgumentException saying what it may be
     */
    static Unroll of(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "auto" -> new Automatic();
            case "none" -> new None();
            case "full" -> new Full();
            default -> {
                if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST) {
                    throw new IllegalArgumentException("'" + text + "' is no way to unroll: give " + VALUES);
                }
                yield new By(Integer.parseInt(text));
            }
        };
    }
}
