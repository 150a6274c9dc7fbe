package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.CompilerFault;
import dev.rnnc.compiler.driver.MethodBudget;
import dev.rnnc.compiler.driver.Stage;
import dev.rnnc.compiler.driver.TimeLoopPlan;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.SequenceSources;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;
import java.util.Set;

/**
 * A compiler of a very small language: a file {@code bigram SYMBOLS STEPS BATCH EPOCHS RATE} is a {@link BigramModel}
 * ({@code bigram SYMBOLS} one without training settings), {@code crash} a bug in the compiler, and any other an error.
 */
final class FakeBackend implements Backend {
    @Override
    public Checked check(Path file) throws IOException {
        String text = Files.readString(file);
        Scanner words = new Scanner(text).useLocale(Locale.ROOT);
        String word = words.hasNext() ? words.next() : "";
        if (word.equals("crash")) {
            return CompilerFault.within(file.toString(), () -> {
                throw new AssertionError("boom");
            });
        }
        if (!word.equals("bigram")) {
            Finding finding = new Finding(1, 1, "error", "SYNTAX", "'bigram' expected");
            return new Checked(Optional.empty(), List.of(finding), file + ":1:1: error: 'bigram' expected\n");
        }
        int symbols = words.nextInt();
        TrainSettings train = null;
        if (words.hasNextInt()) {
            int steps = words.nextInt();
            int batch = words.nextInt();
            int epochs = words.nextInt();
            OptimizerSpec optimizer = new OptimizerSpec.Sgd(words.nextDouble(), 0, false, 0);
            train = new TrainSettings(steps, batch, optimizer, new ClipSpec.None(), epochs, 1, true);
        }
        return new Checked(Optional.of(new FakeSource(BigramModel.spec(symbols, train))), List.of(), "");
    }

    @Override
    public String gradient(Path file, String name) {
        return "dh = " + name;
    }

    private record FakeSource(ModelSpec spec) implements Source {
        @Override
        public boolean hasLoss() {
            return true;
        }

        @Override
        public List<Model.Feedback> feedback() {
            return List.of();
        }

        @Override
        public Generation generation() {
            return Generation.of(new Model("model.rnn", spec, List.of(), List.of(), Optional.empty(), List.of()));
        }

        @Override
        public SequenceSources sequences() {
            return new SequenceSources(Map.of("logits", Set.of("text")), Set.of(Set.of("text", "next")));
        }

        @Override
        public Optional<String> stepwiseObstacle(String output) {
            return Optional.empty();
        }

        @Override
        public CompiledModel load(CompileOptions options) {
            return BigramModel.compile(spec, options);
        }

        @Override
        public Optional<String> truncationObstacle() {
            return Optional.empty();
        }

        @Override
        public Graph built(boolean lengths, int steps) {
            return new Graph(List.of(), List.of());
        }

        @Override
        public Graph optimized(ProgramKind kind, int steps) {
            throw new UnsupportedOperationException("the very small language has no graphs");
        }

        @Override
        public List<Path> write(CompileOptions options, Path directory) throws IOException {
            Path file =
                    directory.resolve(options.packageName().replace('.', '/')).resolve("Bigram.java");
            Files.createDirectories(file.getParent());
            return List.of(Files.writeString(file, "final class Bigram {}\n"));
        }

        @Override
        public List<MethodBudget.Entry> methods(CompileOptions options) {
            return List.of();
        }

        @Override
        public List<TimeLoopPlan> loops(CompileOptions options) {
            return List.of();
        }

        @Override
        public String print(Stage stage) {
            return "stage " + stage + "\n";
        }

        @Override
        public String picture() {
            return "<svg/>";
        }

        @Override
        public List<Cost> costs() {
            return List.of(new Cost("FLOPs of a training step", 1.5e6, "FLOP"));
        }
    }
}
