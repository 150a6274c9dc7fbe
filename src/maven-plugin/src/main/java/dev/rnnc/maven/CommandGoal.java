package dev.rnnc.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Runs a command of {@code rnnc} on one model. It gets a JVM of its own, so that it has vector kernels whatever flags
 * Maven was started with.
 */
abstract class CommandGoal extends Goal {
    @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
    private MojoExecution execution;

    /** The folder of the models. */
    @Parameter(property = "rnnc.sourceDirectory", defaultValue = "${project.basedir}/src/main/rnn", required = true)
    private File sourceDirectory;

    /**
     * The model's file, relative to the project or to the source folder; may be left out where the source folder holds
     * one model.
     */
    @Parameter(property = "rnnc.model")
    private String model;

    /** Further options of the command, in the words of the command line. */
    @Parameter(property = "rnnc.arguments")
    private List<String> arguments;

    /** Options of the JVM that the command runs in, such as {@code -Xmx8g}. */
    @Parameter(property = "rnnc.jvmArguments")
    private List<String> jvmArguments;

    /** The command's name. */
    abstract String command();

    /** The options that the goal's own parameters stand for. */
    abstract List<String> options();

    @Override
    final void work() throws IOException, MojoFailureException {
        List<String> words = new ArrayList<>(List.of(command(), file().toString()));
        words.addAll(options());
        words.addAll(arguments == null ? List.of() : arguments);
        List<Path> libraries = execution.getMojoDescriptor().getPluginDescriptor().getArtifacts().stream()
                .map(artifact -> artifact.getFile().toPath())
                .toList();
        RnncProcess process = new RnncProcess(
                libraries,
                jvmArguments == null ? List.of() : jvmArguments,
                project.getBasedir().toPath(),
                getLog());
        process.run(words);
    }

    /** An option with its value, or nothing where there is none. */
    static Stream<String> option(String name, Object value) {
        return value == null ? Stream.of() : Stream.of(name, value.toString());
    }

    private Path file() {
        Path folder = sourceDirectory.toPath();
        if (model != null) {
            Path base = project.getBasedir().toPath();
            return Stream.of(base.resolve(model), folder.resolve(model))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow(() ->
                            new UserMistake("rnnc.model: there is no file " + model + " in " + base + " or " + folder));
        }
        List<Path> models = new ModelFolder(folder, List.of(), List.of())
                .files().stream().filter(ModelReader::holdsModel).toList();
        if (models.isEmpty()) {
            throw new UserMistake("no model in " + folder + "; name one with -Drnnc.model=FILE");
        }
        if (models.size() > 1) {
            throw new UserMistake("several models in " + folder + "; name one with -Drnnc.model=FILE: "
                    + String.join(
                            ", ",
                            models.stream()
                                    .map(file -> folder.relativize(file).toString())
                                    .toList()));
        }
        return models.getFirst();
    }
}
