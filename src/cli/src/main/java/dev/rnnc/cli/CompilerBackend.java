package dev.rnnc.cli;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.SourceFile;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CellGradient;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.CompilerFault;
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
import dev.rnnc.compiler.sema.Sources;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** The compiler itself. */
final class CompilerBackend implements Backend {
    @Override
    public Checked check(Path file) throws IOException {
        return checked(Compiler.check(file), file);
    }

    /** What compiles, too: a check that says nothing is a promise. */
    @Override
    public Checked checkAny(Path file) throws IOException {
        SourceText text = SourceFile.read(file);
        dev.rnnc.compiler.sema.Checked checked =
                Compiler.check(text, Sources.files()).asImport();
        Checked fine = checked(checked, file);
        Optional<String> obstacle = checked.model().flatMap(Compiler::obstacle);
        if (obstacle.isEmpty()) {
            return fine;
        }
        Obstacle found = Obstacle.of(text, obstacle.get());
        List<Finding> findings = new ArrayList<>(fine.findings());
        findings.add(found.finding());
        return new Checked(Optional.empty(), findings, fine.rendered() + found.rendered());
    }

    @Override
    public String gradient(Path file, String name) throws IOException {
        try {
            return GradientText.of(CellGradient.of(SourceFile.read(file), name));
        } catch (CellGradient.NoGradientException e) {
            throw CommandFailure.job(e.getMessage());
        }
    }

    private static Checked checked(dev.rnnc.compiler.sema.Checked checked, Path file) {
        return new Checked(
                checked.model().map(model -> new CompilerSource(model, file, checked.imports())),
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

    private record CompilerSource(Model model, Path file, List<SourceText> imports) implements Source {
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
            return guarded(() -> Generation.of(model));
        }

        @Override
        public SequenceSources sequences() {
            return guarded(() -> SequenceSources.of(model));
        }

        @Override
        public List<LossCall> lossCalls() {
            try {
                return LossCall.of(SourceFile.read(file));
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
            return guarded(() -> RecurrentChains.of(model));
        }

        @Override
        public List<List<String>> wholeChains() {
            return guarded(() -> RecurrentChains.whole(model));
        }

        @Override
        public Optional<String> stepwiseObstacle(String output) {
            return guarded(() -> Stepwise.obstacle(model, output));
        }

        @Override
        public CompiledModel load(CompileOptions options) {
            return guarded(() -> Compiler.load(model, options));
        }

        @Override
        public Optional<String> truncationObstacle() {
            return guarded(() -> Stepwise.truncationObstacle(model));
        }

        @Override
        public Graph built(boolean lengths, int steps) {
            BuildOptions options = BuildOptions.of(model).withLengths(lengths).withSteps(steps);
            return guarded(() -> Compiler.built(model, options));
        }

        @Override
        public Graph optimized(ProgramKind kind, int steps) {
            BuildOptions options = BuildOptions.of(model).withSteps(steps);
            return guarded(() -> Compiler.optimized(model, kind, options));
        }

        @Override
        public List<Path> write(CompileOptions options, Path directory) throws IOException {
            try {
                return Compiler.write(model, options, directory);
            } catch (ModelException e) {
                throw CommandFailure.model(e.getMessage());
            }
        }

        @Override
        public List<MethodBudget.Entry> methods(CompileOptions options) {
            return guarded(() -> Compiler.methods(model, options));
        }

        @Override
        public List<TimeLoopPlan> loops(CompileOptions options) {
            return guarded(() -> Compiler.loops(model, options));
        }

        @Override
        public String print(Stage stage) {
            if (stage == Stage.GRADIENT && !hasLoss()) {
                throw CommandFailure.job("model " + model.name() + " has no loss, so there is no gradient to show");
            }
            try {
                SourceText source = SourceFile.read(file);
                return guarded(() -> StageText.of(model, source, stage));
            } catch (IOException e) {
                throw InputFile.failure("cannot read model file", file, e);
            }
        }

        @Override
        public List<RecurrentBound> recurrentBounds(Parameters parameters) {
            return guarded(() -> RecurrentBound.of(BuildGraph.build(model), parameters::values));
        }

        @Override
        public String picture() {
            return guarded(() -> UnrolledPicture.svg(model));
        }

        @Override
        public List<Cost> costs() {
            return guarded(() -> ModelCosts.of(model));
        }

        /** A model that cannot be compiled ends the command; a fault of the compiler is told by whoever started it. */
        private <T> T guarded(Supplier<T> work) {
            try {
                return CompilerFault.within(file.toString(), work);
            } catch (ModelException e) {
                throw CommandFailure.model(e.getMessage());
            }
        }
    }
}
