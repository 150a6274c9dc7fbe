package dev.rnnc.cli;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.LossCall;
import dev.rnnc.compiler.driver.MethodBudget;
import dev.rnnc.compiler.driver.Stage;
import dev.rnnc.compiler.driver.TimeLoopPlan;
import dev.rnnc.compiler.explain.RecurrentBound;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.SequenceSources;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

        /** Whether there is no error; a file that others import has none for want of a model. */
        boolean sound() {
            return findings.stream().noneMatch(finding -> finding.severity().equals("error"));
        }
    }

    /**
     * The same for a file that need not state a model, where it defines cells, functions or constants.
     *
     * @throws IOException if the file cannot be read
     */
    default Checked checkAny(Path file) throws IOException {
        return check(file);
    }

    /**
     * The derived backward equations of a cell, as text.
     *
     * @param file a model's, or one of cells
     * @param name a cell, or a layer that calls one
     * @throws IOException if the file cannot be read
     */
    String gradient(Path file, String name) throws IOException;

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

        /** Whether the model states a loss. */
        boolean hasLoss();

        /** What {@code previous} reads: inputs wherever outputs are computed, targets included. */
        List<Model.Feedback> feedback();

        /** How the model continues from its own outputs, or why it cannot. */
        Generation generation();

        /** Which inputs and targets decide on the steps of each sequence. */
        SequenceSources sequences();

        /** The files that the model imports, and those that they import. */
        default List<SourceText> imports() {
            return List.of();
        }

        /** Which outputs the loss compares with which targets, as far as it names them. */
        default List<LossCall> lossCalls() {
            return List.of();
        }

        /** The model as the compiler has it, for what compares equations. */
        default Optional<Model> resolved() {
            return Optional.empty();
        }

        /** Recurrent layers that stand one on the other and are read by nothing else, each chain from its first layer on. */
        default List<List<String>> chains() {
            return List.of();
        }

        /** The same, whatever else reads the layers within a chain. */
        default List<List<String>> wholeChains() {
            return List.of();
        }

        /** Why an output cannot be computed step by step; empty where it can. */
        Optional<String> stepwiseObstacle(String output);

        /** The same for any of its outputs. */
        default Optional<String> stepwiseObstacle() {
            return spec().ports(Role.OUTPUT).stream()
                    .flatMap(port -> stepwiseObstacle(port.name()).stream())
                    .findFirst();
        }

        /**
         * Compiles the model in memory.
         *
         * @throws dev.rnnc.compiler.driver.CompilerFault if a stage fails, which is a bug
         */
        CompiledModel load(CompileOptions options);

        /** Writes Java sources or class files, as the options say, below {@code directory} and returns the files. */
        List<Path> write(CompileOptions options, Path directory) throws IOException;

        /** Every method of the compiled classes with its size and what it is for. */
        List<MethodBudget.Entry> methods(CompileOptions options);

        /** Why the model cannot be trained on windows cut in time; empty where it can. */
        Optional<String> truncationObstacle();

        /** The graph of the forward pass as the equations say, with lengths or without, for runs of that many steps. */
        Graph built(boolean lengths, int steps);

        /** The loops over time of those programs. */
        List<TimeLoopPlan> loops(CompileOptions options);

        /** The optimised graph of one program, for runs of at most that many steps. */
        Graph optimized(ProgramKind kind, int steps);

        /** The model after one stage, as text. */
        String print(Stage stage);

        /** How much a gradient can change in one step back through each recurrent layer, with these weights. */
        default List<RecurrentBound> recurrentBounds(Parameters parameters) {
            return List.of();
        }

        /** A picture of the model, unrolled over time, as SVG. */
        String picture();

        /** Work and memory, as figures with their units. */
        List<Cost> costs();
    }

    /** One figure, such as {@code ("FLOPs of a training step", 1.2e9, "FLOP")}. */
    record Cost(String name, double value, String unit) {}
}
