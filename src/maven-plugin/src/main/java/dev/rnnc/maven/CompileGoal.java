package dev.rnnc.maven;

import dev.rnnc.compiler.driver.BackendKind;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.inject.Inject;
import javax.lang.model.SourceVersion;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.codehaus.plexus.build.BuildContext;

/** Compiles the models of one folder: what {@code compile} and {@code test-compile} share. */
abstract class CompileGoal extends Goal {
    @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
    private MojoExecution execution;

    @Inject
    private BuildContext context;

    @Inject
    private org.sonatype.plexus.build.incremental.BuildContext olderContext;

    /**
     * What to write: {@code java}, sources, which javac then compiles, or {@code bytecode}, class files, for which javac
     * needs no flag.
     */
    @Parameter(property = "rnnc.backend", defaultValue = "java")
    private String backend;

    /** The package of models that lie in the source folder itself; each folder below adds its name. None by default. */
    @Parameter(property = "rnnc.packageName")
    private String packageName;

    /** Patterns of the model files to take, relative to the source folder; all {@code .rnn} files by default. */
    @Parameter(property = "rnnc.includes")
    private List<String> includes;

    /** Patterns of the model files to leave out, relative to the source folder; none by default. */
    @Parameter(property = "rnnc.excludes")
    private List<String> excludes;

    /**
     * Write kernels for vectors of that many floats, 1 for plain numbers; the class chooses when it is loaded. By default
     * 16, 8, 4 and 1; with the Java backend only 1 where javac does not see the module {@code jdk.incubator.vector}.
     */
    @Parameter(property = "rnnc.lanes")
    private List<Integer> lanes;

    /**
     * The programs a class holds: some of {@code sequence, step, training, evaluation, encoding, decoding, observation,
     * inspection}. By default all but the last two, as far as the model can have them.
     */
    @Parameter(property = "rnnc.programs")
    private List<String> programs;

    /** Most time steps of a run; each model's own by default, or 64 where it states none. */
    @Parameter(property = "rnnc.steps")
    private Integer steps;

    /** Sequences of a run; by default as many as {@code rnnc compile} takes. */
    @Parameter(property = "rnnc.batch")
    private Integer batch;

    /** Skip the goal. */
    @Parameter(property = "rnnc.skip", defaultValue = "false")
    private boolean skip;

    /** The folder of the models. */
    abstract File sources();

    /** The folder to write below, or null for the backend's usual one. */
    abstract File outputs();

    /** What the usual folder's name ends with. */
    abstract String folderName();

    /** Where javac puts the classes. */
    abstract String classes();

    /** Adds a folder of Java sources to the build. */
    abstract void addSources(Path folder);

    /** Adds a folder of class files to the build's resources. */
    abstract void addResources(Path folder);

    @Override
    final void work() throws IOException, MojoFailureException {
        if (skip) {
            getLog().info("Skipped: rnnc.skip is set");
            return;
        }
        BackendKind kind = Settings.backend(backend);
        Path output = output(kind);
        // First of all, so that an editor knows the folder even where a model has errors.
        switch (kind) {
            case JAVA -> addSources(output);
            case BYTECODE -> addResources(output);
        }
        ModelFolder folder = new ModelFolder(sources().toPath().toAbsolutePath().normalize(), includes, excludes);
        Optional<BuildContext> editor = Editor.of(context, olderContext);
        Findings findings = new Findings(getLog(), editor);
        Settings settings = settings(kind, folder);
        ModelBuild.Result result = new ModelBuild(
                        project.getBasedir().toPath().toAbsolutePath().normalize(),
                        folder,
                        settings,
                        output,
                        target().resolve("rnnc")
                                .resolve(execution.getGoal() + "-" + execution.getExecutionId() + ".state"),
                        findings)
                .run(version());
        for (Path deleted : result.deleted()) {
            deleteClasses(result.lastOutput().relativize(deleted).toString());
        }
        if (kind == BackendKind.BYTECODE
                && result.deleted().stream().anyMatch(file -> file.toString().endsWith(".java"))) {
            forgetCompiledClasses();
        }
        report(result, findings, folder, output);
        if (!result.compiled().isEmpty() || !result.deleted().isEmpty()) {
            editor.ifPresent(context -> context.refresh(output.toFile()));
        }
        if (!findings.errors().isEmpty()) {
            throw new MojoFailureException(findings.summary());
        }
    }

    private void report(ModelBuild.Result result, Findings findings, ModelFolder folder, Path output) {
        Path base = project.getBasedir().toPath().toAbsolutePath().normalize();
        if (result.files() == 0) {
            getLog().info("No models in " + relative(base, folder.root()));
        } else if (result.compiled().isEmpty()
                && result.deleted().isEmpty()
                && findings.errors().isEmpty()) {
            getLog().info("Nothing to compile - the models are up to date");
        } else if (!result.compiled().isEmpty()) {
            int count = result.compiled().size();
            getLog().info("Compiled %s %s to %s"
                    .formatted(count, count == 1 ? "model" : "models", relative(base, output)));
        }
        result.compiled().forEach(file -> getLog().debug("compiled " + file));
        result.deleted()
                .forEach(file -> getLog().info("Deleted " + relative(base, file) + ": no model makes it any more"));
    }

    private static Path relative(Path base, Path path) {
        return path.startsWith(base) ? base.relativize(path) : path;
    }

    private Settings settings(BackendKind kind, ModelFolder folder) {
        String base = packageName == null ? "" : packageName.strip();
        if (!base.isEmpty() && !SourceVersion.isName(base)) {
            throw new UserMistake("packageName: '" + base + "' is no Java package name");
        }
        return new Settings(
                kind,
                base,
                chosenLanes(kind, folder),
                Settings.programs(programs),
                positive("steps", steps),
                positive("batch", batch));
    }

    private List<Integer> chosenLanes(BackendKind kind, ModelFolder folder) {
        boolean chosen = lanes != null && !lanes.isEmpty();
        List<Integer> counts = chosen ? Settings.lanes(lanes) : Settings.ALL_LANES;
        if (kind == BackendKind.BYTECODE
                || counts.equals(List.of(1))
                || folder.files().isEmpty()
                || VectorModule.isVisible(project)) {
            return counts;
        }
        getLog().warn("javac does not see the module jdk.incubator.vector, which kernels for vectors need"
                + (chosen ? "" : "; so the sources have plain kernels only, which are slower")
                + ". Add <arg>--add-modules</arg> <arg>jdk.incubator.vector</arg> to <compilerArgs> of the"
                + " maven-compiler-plugin, or set <backend>bytecode</backend>, which needs no flag.");
        return chosen ? counts : List.of(1);
    }

    private static int positive(String name, Integer value) {
        if (value != null && value < 1) {
            throw new UserMistake(name + ": " + value + " is too few; give a number of at least 1");
        }
        return value == null ? 0 : value;
    }

    private Path output(BackendKind kind) {
        if (outputs() != null) {
            return outputs().toPath().toAbsolutePath().normalize();
        }
        String usual = switch (kind) {
            case JAVA -> "generated-" + folderName() + "sources";
            case BYTECODE -> "generated-" + folderName() + "resources";
        };
        return target().resolve(usual).resolve("rnnc");
    }

    private Path target() {
        return Path.of(project.getBuild().getDirectory()).toAbsolutePath().normalize();
    }

    /** The plugin's version; that of a snapshot says little, so what it was built from counts too. */
    private String version() {
        String version = execution.getMojoDescriptor().getPluginDescriptor().getVersion();
        if (!version.endsWith("-SNAPSHOT")) {
            return version;
        }
        return execution.getMojoDescriptor().getPluginDescriptor().getArtifacts().stream()
                .map(artifact -> artifact.getFile())
                .filter(file -> file != null && file.isFile() && file.getName().contains("-SNAPSHOT"))
                .map(file -> file.getName() + " " + file.length() + " " + file.lastModified())
                .sorted()
                .reduce(version, (all, one) -> all + "\n" + one);
    }

    /** Deletes what javac made of a deleted source, or the copy of a deleted class file. */
    private void deleteClasses(String deleted) throws IOException {
        Path file = Path.of(classes()).resolve(deleted);
        String name = file.getFileName().toString();
        String type = name.substring(0, name.lastIndexOf('.'));
        Path parent = file.getParent();
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (Stream<Path> children = Files.list(parent)) {
            for (Path child : children.toList()) {
                String childName = child.getFileName().toString();
                if (childName.equals(type + ".class")
                        || childName.startsWith(type + "$") && childName.endsWith(".class")) {
                    Files.delete(child);
                }
            }
        }
    }

    /**
     * Where class files take the place of sources, the compiler plugin would delete their copies, because javac once made
     * files of the same names.
     */
    private void forgetCompiledClasses() throws IOException {
        Path status = target().resolve("maven-status").resolve("maven-compiler-plugin");
        if (!Files.isDirectory(status)) {
            return;
        }
        try (Stream<Path> files = Files.walk(status)) {
            for (Path file : files.filter(f -> f.endsWith("createdFiles.lst")).toList()) {
                Files.delete(file);
            }
        }
    }
}
