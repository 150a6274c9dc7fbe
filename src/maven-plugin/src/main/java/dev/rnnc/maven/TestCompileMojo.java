package dev.rnnc.maven;

import java.io.File;
import java.nio.file.Path;
import org.apache.maven.model.Resource;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Compiles the models that only tests use, by default those below {@code src/test/rnn}, in the same way. */
@Mojo(name = "test-compile", defaultPhase = LifecyclePhase.GENERATE_TEST_SOURCES, threadSafe = true)
public final class TestCompileMojo extends CompileGoal {
    /** The folder of the tests' models. */
    @Parameter(property = "rnnc.testSourceDirectory", defaultValue = "${project.basedir}/src/test/rnn", required = true)
    private File sourceDirectory;

    /**
     * The folder to write below. By default {@code generated-test-sources/rnnc} for sources and {@code
     * generated-test-resources/rnnc} for class files, in the build's folder.
     */
    @Parameter(property = "rnnc.testOutputDirectory")
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
        return "test-";
    }

    @Override
    String classes() {
        return project.getBuild().getTestOutputDirectory();
    }

    @Override
    void addSources(Path folder) {
        project.addTestCompileSourceRoot(folder.toString());
    }

    @Override
    void addResources(Path folder) {
        Resource resource = new Resource();
        resource.setDirectory(folder.toString());
        project.addTestResource(resource);
    }
}
