package dev.rnnc.maven;

import java.io.File;
import java.nio.file.Path;
import org.apache.maven.model.Resource;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Compiles the models of the project, by default those below {@code src/main/rnn}; the folders below it name the packages.
 * What did not change since the last build is left alone.
 */
@Mojo(name = "compile", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class CompileMojo extends CompileGoal {
    /** The folder of the models. */
    @Parameter(property = "rnnc.sourceDirectory", defaultValue = "${project.basedir}/src/main/rnn", required = true)
    private File sourceDirectory;

    /**
     * The folder to write below. By default {@code generated-sources/rnnc} for sources and {@code
     * generated-resources/rnnc} for class files, in the build's folder.
     */
    @Parameter(property = "rnnc.outputDirectory")
    private File outputDirectory;

    @Override
    File sources() {
        return sourceDirectory;
    }

    @Override
    File outputs() {
        return outputDirectory;
    }

    @Override
    String folderName() {
        return "";
    }

    @Override
    String classes() {
        return project.getBuild().getOutputDirectory();
    }

    @Override
    void addSources(Path folder) {
        project.addCompileSourceRoot(folder.toString());
    }

    @Override
    void addResources(Path folder) {
        Resource resource = new Resource();
        resource.setDirectory(folder.toString());
        project.addResource(resource);
    }
}
