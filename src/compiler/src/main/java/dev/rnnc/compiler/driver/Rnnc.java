package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Stepwise;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.Sources;
import dev.rnnc.runtime.session.LoadedModel;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Models from within a Java program: text to a model that runs, or to the classes of one.
 *
 * <pre>{@code
 * LoadedModel model = Rnnc.load(Path.of("char-lm.rnn")).weights(Path.of("weights.safetensors"));
 * try (Session session = model.open(ProgramKind.STEP)) {
 *     float[] logits = session.tokens("text", 7).run().floats("logits");
 * }
 * }</pre>
 *
 * Every method throws a {@link ModelException} whose message shows all errors of a model that has some.
 */
public final class Rnnc {
    /** Time steps of a run of a model that states none. */
    static final int DEFAULT_STEPS = 64;

    private Rnnc() {}

    /**
     * Compiles a model in memory for inference: runs over one sequence and, where the model can go step by step, single
     * steps. Runs take up to as many steps as the model's {@code train} block says, or 64.
     *
     * @throws IOException if the file cannot be read as UTF-8
     */
    public static LoadedModel load(Path file) throws IOException {
        Model model = model(Compiler.check(file));
        return load(model, inference(model));
    }

    /** The same for a model's text, which imports nothing. */
    public static LoadedModel load(String text) {
        Model model = model(text);
        return load(model, inference(model));
    }

    /**
     * Compiles the programs of a model that the options name, in memory.
     *
     * @throws IOException if the file cannot be read as UTF-8
     */
    public static LoadedModel load(Path file, CompileOptions options) throws IOException {
        return load(model(Compiler.check(file)), options);
    }

    /** The same for a model's text, which imports nothing. */
    public static LoadedModel load(String text, CompileOptions options) {
        return load(model(text), options);
    }

    /**
     * The class files of a model by binary class name, the model's own class first.
     *
     * @throws IOException if the file cannot be read as UTF-8
     */
    public static Map<String, byte[]> compile(Path file, CompileOptions options) throws IOException {
        return Compiler.classes(model(Compiler.check(file)), options);
    }

    /** The same for a model's text, which imports nothing. */
    public static Map<String, byte[]> compile(String text, CompileOptions options) {
        return Compiler.classes(model(text), options);
    }

    /**
     * The Java sources of a model by class name, the model's own class first, whatever backend the options name.
     *
     * @throws IOException if the file cannot be read as UTF-8
     */
    public static Map<String, String> source(Path file, CompileOptions options) throws IOException {
        return Compiler.emitJava(model(Compiler.check(file)), options);
    }

    /** The same for a model's text, which imports nothing. */
    public static Map<String, String> source(String text, CompileOptions options) {
        return Compiler.emitJava(model(text), options);
    }

    private static LoadedModel load(Model model, CompileOptions options) {
        return LoadedModel.of(Compiler.load(model, options));
    }

    private static Model model(String text) {
        return model(Compiler.check(new SourceText("model.rnn", text), Sources.none()));
    }

    private static Model model(Checked checked) {
        return checked.model().orElseThrow(() -> new ModelException(checked.render()));
    }

    private static CompileOptions inference(Model model) {
        Set<ProgramKind> kinds = EnumSet.of(ProgramKind.SEQUENCE);
        boolean sequence = model.spec().ports().stream().anyMatch(p -> p.rows() == Rows.SEQUENCE);
        boolean stepwise = model.spec().ports(Role.OUTPUT).stream()
                .allMatch(p -> Stepwise.obstacle(model, p.name()).isEmpty());
        if (sequence && stepwise) {
            kinds.add(ProgramKind.STEP);
        }
        int steps = model.spec().train() == null
                ? DEFAULT_STEPS
                : model.spec().train().steps();
        return new CompileOptions(kinds, steps, 1, List.of(), "");
    }
}
