package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceFile;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.emit.MethodSize;
import dev.rnnc.compiler.emit.TooLargeException;
import dev.rnnc.compiler.emit.bytecode.BytecodeBackend;
import dev.rnnc.compiler.emit.java.JavaBackend;
import dev.rnnc.compiler.format.Formatter;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Stepwise;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.compiler.sema.Sources;
import dev.rnnc.compiler.syntax.SyntaxFile;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The road from text to class. */
public final class Compiler {
    private Compiler() {}

    /**
     * Reads and checks a model file.
     *
     * @throws IOException if the file cannot be read as UTF-8, or is too large for a model
     */
    public static Checked check(Path file) throws IOException {
        return check(SourceFile.read(file), Sources.files());
    }

    /** Checks a text and what it imports. */
    public static Checked check(SourceText source, Sources sources) {
        return CompilerFault.within(source.name(), () -> FrontEnd.check(source, sources));
    }

    /**
     * The canonical text of a model file, which need not make sense beyond its syntax.
     *
     * @return empty where it has syntax errors, which are reported
     */
    public static Optional<String> format(SourceText source, Diagnostics diagnostics) {
        SyntaxFile file = ModelParser.parse(source, diagnostics);
        return file.complete() ? Optional.of(Formatter.format(file, ModelParser.tokens(source))) : Optional.empty();
    }

    /** The programs that a model can be compiled to: without a loss none that needs one, without feedback no generator. */
    public static Set<ProgramKind> programs(Model model) {
        boolean generates = Generation.of(model).obstacle().isEmpty();
        Set<ProgramKind> kinds = EnumSet.noneOf(ProgramKind.class);
        for (ProgramKind kind : ProgramKind.values()) {
            if (kind.generates()
                    ? generates
                    : model.loss().isPresent() || !ProgramPlan.of(kind).needsLoss()) {
                kinds.add(kind);
            }
        }
        return kinds;
    }

    /** The graph of a model's forward pass as its equations say, in their order, before any pass. */
    public static Graph built(Model model, BuildOptions options) {
        return CompilerFault.within(model.file(), () -> BuildGraph.build(model, options));
    }

    /** The optimised graph of one program. */
    public static Graph optimized(Model model, ProgramKind kind) {
        return optimized(model, kind, BuildOptions.of(model));
    }

    /** The optimised graph of one program, built for these options. */
    public static Graph optimized(Model model, ProgramKind kind, BuildOptions options) {
        return CompilerFault.within(model.file(), () -> ProgramGraphs.optimized(model, kind, options, false));
    }

    /** Everything a backend needs. */
    public static ClassPlan plan(Model model, CompileOptions options) {
        return CompilerFault.within(model.file(), () -> PlanClass.plan(model, options));
    }

    /**
     * Why a model that is sound cannot be compiled to the programs that its users run, by whichever backend: what would be
     * too large for a class, a method or an address. Nothing is kept of the attempt.
     *
     * @return a message for the user; empty where it compiles
     */
    public static Optional<String> obstacle(Model model) {
        Set<ProgramKind> kinds = EnumSet.copyOf(programs(model));
        kinds.removeAll(EnumSet.of(ProgramKind.OBSERVATION, ProgramKind.INSPECTION));
        boolean stepwise = model.spec().ports(Role.OUTPUT).stream()
                .allMatch(p -> Stepwise.obstacle(model, p.name()).isEmpty());
        if (!stepwise) {
            kinds.remove(ProgramKind.STEP);
        }
        int steps = model.spec().train() == null ? Rnnc.DEFAULT_STEPS : 0;
        try {
            classes(model, new CompileOptions(kinds, steps, 0, List.of(16, 8, 4, 1), ""));
            return Optional.empty();
        } catch (ModelException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Compiles a model in memory, for this process. */
    public static CompiledModel load(Model model, CompileOptions options) {
        return load(plan(model, options), options.backend());
    }

    /** Compiles a class plan in memory, for this process. */
    public static CompiledModel load(ClassPlan plan, BackendKind backend) {
        Map<String, byte[]> classes = classes(plan, backend);
        return CompilerFault.within(plan.sourceFile(), () -> InMemoryClasses.load(plan.className(), classes));
    }

    /**
     * The class files of a model by binary class name, the model's own class first.
     *
     * @throws ModelException if a method would be too large for HotSpot
     */
    public static Map<String, byte[]> classes(Model model, CompileOptions options) {
        return classes(plan(model, options), options.backend());
    }

    /** Every method of those classes with its size and what it is for. */
    public static List<MethodBudget.Entry> methods(Model model, CompileOptions options) {
        ClassPlan plan = plan(model, options);
        Map<String, byte[]> classes = classes(plan, options.backend());
        return CompilerFault.within(plan.sourceFile(), () -> MethodBudget.entries(plan, classes));
    }

    /** How the loops over time of those programs are unrolled. */
    public static List<TimeLoopPlan> loops(Model model, CompileOptions options) {
        ClassPlan plan = plan(model, options);
        return CompilerFault.within(plan.sourceFile(), () -> TimeLoopPlan.of(plan));
    }

    private static Map<String, byte[]> classes(ClassPlan plan, BackendKind backend) {
        return CompilerFault.within(plan.sourceFile(), () -> emit(plan, backend));
    }

    private static Map<String, byte[]> emit(ClassPlan plan, BackendKind backend) {
        Map<String, byte[]> classes = bytecode(plan);
        if (backend == BackendKind.JAVA) {
            classes = JavaSources.compile(plan.packageName(), JavaBackend.emit(plan));
            MethodBudget.check(plan, classes, MethodSize.BUDGET);
        }
        return classes;
    }

    /** The classes that bytecode makes of a plan: none too large, nor too large for javac, which makes almost the same. */
    private static Map<String, byte[]> bytecode(ClassPlan plan) {
        try {
            Map<String, byte[]> classes = BytecodeBackend.emit(plan);
            MethodBudget.check(plan, classes, MethodSize.BUDGET);
            return classes;
        } catch (TooLargeException e) {
            throw new ModelException(
                    "%s: error: model %s is too large: %s; share layers, or split it into several models\n"
                            .formatted(plan.sourceFile(), plan.model().name(), e.getMessage()));
        }
    }

    /**
     * The Java sources of a model, by class name.
     *
     * @throws ModelException if a method would be too large for HotSpot
     */
    public static Map<String, String> emitJava(Model model, CompileOptions options) {
        ClassPlan plan = plan(model, options);
        return CompilerFault.within(plan.sourceFile(), () -> {
            bytecode(plan);
            return JavaBackend.emit(plan);
        });
    }

    /** Writes what the backend of the options makes: {@link #writeJava} or {@link #writeClasses}. */
    public static List<Path> write(Model model, CompileOptions options, Path directory) throws IOException {
        return switch (options.backend()) {
            case JAVA -> writeJava(model, options, directory);
            case BYTECODE -> writeClasses(model, options, directory);
        };
    }

    /**
     * Writes the class files of a model below {@code directory}, in the folders of its package. They need the runtime and
     * nothing else. A file that is already right is left alone.
     */
    public static List<Path> writeClasses(Model model, CompileOptions options, Path directory) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        classes(model, options).forEach((name, bytes) -> files.put(name.replace('.', '/') + ".class", bytes));
        return write(files, directory);
    }

    /**
     * Writes the Java sources of a model below {@code directory}, in the folders of its package. A file whose text is
     * already right is left alone.
     */
    public static List<Path> writeJava(Model model, CompileOptions options, Path directory) throws IOException {
        String folder =
                options.packageName().isEmpty() ? "" : options.packageName().replace('.', '/') + "/";
        Map<String, byte[]> files = new LinkedHashMap<>();
        emitJava(model, options)
                .forEach((name, text) -> files.put(folder + name + ".java", text.getBytes(StandardCharsets.UTF_8)));
        return write(files, directory);
    }

    private static List<Path> write(Map<String, byte[]> files, Path directory) throws IOException {
        List<Path> written = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            if (!Files.exists(path) || !Arrays.equals(Files.readAllBytes(path), file.getValue())) {
                Files.write(path, file.getValue());
            }
            written.add(path);
        }
        return written;
    }
}
