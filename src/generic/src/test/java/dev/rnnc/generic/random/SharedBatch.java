package dev.rnnc.generic.random;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.BatchSource;
import dev.rnnc.runtime.train.Trainer;
import dev.rnnc.runtime.train.TrainingListener;
import java.util.Map;
import java.util.TreeMap;

/**
 * One update of a training whose batch comes in parts: shards that threads share, or batches that {@code accumulate} gathers.
 * At a rate of 1 it shows their common gradient, which must be that of the batch as a whole: of a mean, the sum of all
 * numerators over the sum of all denominators.
 */
final class SharedBatch {
    /** Rows in all. */
    static final int ROWS = 4;

    private SharedBatch() {}

    /** How the rows come. */
    enum Parts {
        /** In shards of one batch. */
        SHARDS("batch 4  threads 2"),
        /** In two batches of one update. */
        BATCHES("batch 2  accumulate 2");

        private final String settings;

        Parts(String settings) {
            this.settings = settings;
        }
    }

    /** Whether the loss is a sum of means, and the model has no chance in it, so that parts must give what the whole does. */
    static boolean applies(String text) {
        String loss = text.lines()
                .dropWhile(line -> !line.strip().startsWith("loss "))
                .reduce("", (a, b) -> a + b);
        boolean mean = !loss.isEmpty() && !loss.contains("sum(") && !loss.contains("sqrt(");
        return mean && !text.contains("dropout") && !text.contains("zoneout");
    }

    /** The gradient of one update, by the names that {@link Run} gives. */
    static Map<String, double[]> gradient(String text, Parts parts, Given given) {
        Model model = Subject.model(text.replaceFirst(
                        "\\}\\s*$",
                        "train { steps %d  %s  optimizer sgd(rate: 1)  epochs 1 }\n}\n"
                                .formatted(given.steps(), parts.settings)))
                .orElseThrow();
        TrainSettings settings = model.spec().train();
        CompileOptions options = CompileOptions.of(ProgramKind.TRAINING)
                .training(settings.pieceSteps(), settings.shardRows())
                .withLengths(!given.lengths().isEmpty());
        CompiledModel compiled;
        try {
            compiled = Compiler.load(model, options);
        } catch (RuntimeException | LinkageError e) {
            throw new Run.Failure(Fault.Kind.COMPILE, e);
        }
        Parameters parameters = new Parameters(model.spec());
        for (ParameterSpec parameter : model.spec().parameters()) {
            parameters.set(parameter.name(), given.reals().get(parameter.name()));
        }
        Windows windows = new Windows(model, given, parts);
        try {
            new Trainer(compiled, parameters, settings, windows, null, TrainingListener.NONE).run();
        } catch (RuntimeException e) {
            throw new Run.Failure(Fault.Kind.RUN, e);
        }
        Map<String, double[]> gradients = new TreeMap<>();
        for (ParameterSpec parameter : model.spec().parameters()) {
            double[] before = given.reals().get(parameter.name());
            double[] after = parameters.values(parameter.name());
            double[] gradient = new double[before.length];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = before[i] - after[i];
            }
            gradients.put(Run.GRADIENT + parameter.name(), gradient);
        }
        return gradients;
    }

    /** The rows as one window or two. */
    private record Windows(Model model, Given given, Parts parts) implements BatchSource {
        @Override
        public int windows() {
            return parts == Parts.SHARDS ? 1 : 2;
        }

        @Override
        public int load(int window, Program program) {
            int count = ROWS / windows();
            Run.write(program, given.rows(model.spec().ports(), window * count, count));
            return given.steps();
        }

        @Override
        public boolean startsSequence(int window) {
            return true;
        }

        @Override
        public long elements(int window) {
            return (long) given.steps() * ROWS / windows();
        }
    }
}
