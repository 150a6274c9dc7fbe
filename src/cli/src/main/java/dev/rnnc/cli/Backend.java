package dev.rnnc.cli;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the commands ask of the compiler. */
interface Backend {
    /**
     * Reads and checks a model file.
     *
     * @throws IOException if the file cannot be read
     */
    Checked check(Path file) throws IOException;

    /**
     * The outcome of a check.
     *
     * @param model the model, empty where the file has errors
     * @param findings errors and warnings, in the order of the file
     * @param rendered the findings as a person reads them, with source line and caret; empty where there are none
     */
    record Checked(Optional<Source> model, List<Finding> findings, String rendered) {
        public Checked {
            findings = List.copyOf(findings);
        }
    }

    /**
     * One diagnostic.
     *
     * @param line counted from 1
     * @param column counted from 1
     * @param severity {@code error} or {@code warning}
     * @param kind the diagnostic's kind, stable over versions
     * @param message one line
     */
    record Finding(int line, int column, String severity, String kind, String message) {}

    /** A model without errors, ready for every later stage. */
    interface Source {
        /** Name, parameters, ports and training settings. */
        ModelSpec spec();

        /**
         * Compiles the model in memory.
         *
         * @throws InternalError if a stage fails, which is a bug
         */
        CompiledModel load(Options options);

        /** Writes Java sources below {@code directory} and returns the files. */
        List<Path> writeJava(Options options, Path directory) throws IOException;

        /** The model after one stage, as text. */
        String print(Stage stage);

        /** Sizes and costs. */
        Report report();
    }

    /**
     * What to compile.
     *
     * @param kinds the programs
     * @param steps most time steps of one run
     * @param batch rows of one run
     * @param lanes elements of one vector register; 0 for those of this machine
     * @param packageName the generated class's package, may be empty
     */
    record Options(Set<ProgramKind> kinds, int steps, int batch, int lanes, String packageName) {
        public Options {
            kinds = Set.copyOf(kinds);
        }
    }

    /** The representations a model goes through, in order. */
    enum Stage {
        SYNTAX,
        MODEL,
        GRAPH,
        GRADIENT,
        OPTIMIZED,
        LOOP,
        JAVA
    }

    /**
     * What {@code explain} tells besides the model's own specification.
     *
     * @param layers named layers in order, with the shape of one row and its time axis
     * @param costs named figures with their units
     */
    record Report(List<Layer> layers, List<Cost> costs) {
        public Report {
            layers = List.copyOf(layers);
            costs = List.copyOf(costs);
        }
    }

    /** A layer: {@code h1 = lstm(x, 128): [T, B, 128]}. */
    record Layer(String name, String operation, String shape) {}

    /** One figure, such as {@code ("FLOPs of a training step", 1.2e9, "FLOP")}. */
    record Cost(String name, double value, String unit) {}

    /** A bug in the compiler; the message names stage and model. */
    final class InternalError extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InternalError(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
