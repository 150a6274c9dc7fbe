package dev.rnnc.cli;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CellGradient;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.LossCall;
import dev.rnnc.compiler.driver.MethodBudget;
import dev.rnnc.compiler.driver.ModelException;
import dev.rnnc.compiler.driver.Stage;
import dev.rnnc.compiler.driver.TimeLoopPlan;
import dev.rnnc.compiler.explain.RecurrentBound;
import dev.rnnc.compiler.explain.UnrolledPicture;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.RecurrentChains;
import dev.rnnc.compiler.model.SequenceSources;
import dev.rnnc.compiler.model.Stepwise;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** The compiler itself. What it throws is a bug and is told with the stage and the model file. */
final class CompilerBackend implements Backend {
    @Override
    public Checked check(Path file) throws IOException {
        dev.rnnc.compiler.sema.Checked checked;
        try {
            checked = Compiler.check(file);
        } catch (RuntimeException e) {
            throw bug("reading", file, e);
        }
        return new Checked(
                checked.model().map(model -> new CompilerSource(model, file)),
                checked.diagnostics().stream().map(CompilerBackend::finding).toList(),
                checked.render());
    }

    private static Finding finding(Diagnostic diagnostic) {
        return new Finding(
                diagnostic.span().line(),
                diagnostic.span().column(),
                diagnostic.severity().name().toLowerCase(Locale.ROOT),
                diagnostic.kind().name(),
                diagnostic.message());
    }

    private static InternalError bug(String stage, Path file, RuntimeException cause) {
        String firstLine = cause.toString().lines().findFirst().orElse("");
        return new InternalError(stage + " " + file + ": " + firstLine, cause);
    }

    private record CompilerSource(Model model, Path file) implements Source {
        @Override
        public ModelSpec spec() {
            return model.spec();
        }

        @Override
        public boolean hasLoss() {
            return model.loss().isPresent();
        }

        @Override
        public List<Model.Feedback> feedback() {
            return model.feedback();
        }

        @Override
        public Generation generation() {
            return guarded("reading the feedback of", () -> Generation.of(model));
        }

        @Override
        public SequenceSources sequences() {
            return guarded("reading the sequences of", () -> SequenceSources.of(model));
        }

        @Override
        public List<LossCall> lossCalls() {
            try {
                return LossCall.of(new SourceText(file.toString(), Files.readString(file)));
            } catch (IOException e) {
                throw InputFile.failure("cannot read model file", file, e);
            }
        }

        @Override
        public Optional<Model> resolved() {
            return Optional.of(model);
        }

        @Override
        public List<List<String>> chains() {
            return guarded("reading the layers of", () -> RecurrentChains.of(model));
        }

        @Override
        public List<List<String>> wholeChains() {
            return guarded("reading the layers of", () -> RecurrentChains.whole(model));
        }

        @Override
        public Optional<String> stepwiseObstacle(String output) {
            return guarded("reading the steps of", () -> Stepwise.obstacle(model, output));
        }

        @Override
        public CompiledModel load(CompileOptions options) {
            return guarded("compiling " + options.programs() + " of", () -> Compiler.load(model, options));
        }

        @Override
        public Optional<String> truncationObstacle() {
            return guarded("reading the steps of", () -> Stepwise.truncationObstacle(model));
        }

        @Override
        public Graph built(boolean lengths, int steps) {
            BuildOptions options = BuildOptions.of(model).withLengths(lengths).withSteps(steps);
            return guarded("building", () -> Compiler.built(model, options));
        }

        @Override
        public Graph optimized(ProgramKind kind, int steps) {
            BuildOptions options = BuildOptions.of(model).withSteps(steps);
            return guarded("optimising " + kind + " of", () -> Compiler.optimized(model, kind, options));
        }

        @Override
        public List<Path> write(CompileOptions options, Path directory) throws IOException {
            try {
                return Compiler.write(model, options, directory);
            } catch (ModelException e) {
                throw CommandFailure.model(e.getMessage());
            } catch (RuntimeException e) {
                throw bug("compiling " + options.programs() + " of", file, e);
            }
        }

        @Override
        public List<MethodBudget.Entry> methods(CompileOptions options) {
            return guarded("compiling " + options.programs() + " of", () -> Compiler.methods(model, options));
        }

        @Override
        public List<TimeLoopPlan> loops(CompileOptions options) {
            return Compiler.loops(model, options);
        }

        @Override
        public String print(Stage stage) {
            try {
                return StageText.of(model, file, stage);
            } catch (IOException e) {
                throw InputFile.failure("cannot read model file", file, e);
            } catch (CommandFailure e) {
                throw e;
            } catch (ModelException e) {
                throw CommandFailure.model(e.getMessage());
            } catch (RuntimeException e) {
                throw bug("stage " + stage.name().toLowerCase(Locale.ROOT) + " of", file, e);
            }
        }

        @Override
        public String gradient(String name) {
            try {
                String text = Files.readString(file);
                return GradientText.of(CellGradient.of(new SourceText(file.toString(), text), name));
            } catch (IOException e) {
                throw InputFile.failure("cannot read model file", file, e);
            } catch (IllegalArgumentException e) {
                throw CommandFailure.job(e.getMessage());
            } catch (RuntimeException e) {
                throw bug("explaining the gradient of " + name + " in", file, e);
            }
        }

        @Override
        public List<RecurrentBound> recurrentBounds(Parameters parameters) {
            return guarded(
                    "bounding the gradients of", () -> RecurrentBound.of(BuildGraph.build(model), parameters::values));
        }

        @Override
        public String picture() {
            return guarded("drawing", () -> UnrolledPicture.svg(model));
        }

        @Override
        public List<Cost> costs() {
            return guarded("counting the work of", () -> ModelCosts.of(model));
        }

        private <T> T guarded(String stage, Supplier<T> work) {
            try {
                return work.get();
            } catch (ModelException e) {
                throw CommandFailure.model(e.getMessage());
            } catch (RuntimeException e) {
                throw bug(stage, file, e);
            }
        }
    }
}
