package dev.rnnc.maven;

import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.emit.MethodSize;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.inject.Inject;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.codehaus.plexus.build.BuildContext;

/**
 * Checks the models of the project: their diagnostics, the derived gradients against differences of the loss, and the
 * size of every method of the classes.
 */
@Mojo(name = "check", defaultPhase = LifecyclePhase.VERIFY, threadSafe = true)
public final class CheckMojo extends Goal {
    @Inject
    private BuildContext context;

    @Inject
    private org.sonatype.plexus.build.incremental.BuildContext olderContext;

    /** The folder of the models. */
    @Parameter(property = "rnnc.sourceDirectory", defaultValue = "${project.basedir}/src/main/rnn", required = true)
    private File sourceDirectory;

    /** Patterns of the model files to take, relative to the source folder; all {@code .rnn} files by default. */
    @Parameter(property = "rnnc.includes")
    private List<String> includes;

    /** Patterns of the model files to leave out, relative to the source folder; none by default. */
    @Parameter(property = "rnnc.excludes")
    private List<String> excludes;

    /** The programs whose methods are measured; by default those that {@code compile} writes. */
    @Parameter(property = "rnnc.programs")
    private List<String> programs;

    /**
     * Compare the gradient of each model's loss, in double precision and in a random direction through all parameters,
     * with a central difference.
     */
    @Parameter(property = "rnnc.check.gradients", defaultValue = "true")
    private boolean gradients;

    /** The most bytes of a method that runs often, from 1 to 4000; HotSpot never compiles one of more than 8000. */
    @Parameter(property = "rnnc.check.budget", defaultValue = "4000")
    private int budget;

    /** Fail where a model has a warning. */
    @Parameter(property = "rnnc.check.failOnWarning", defaultValue = "false")
    private boolean failOnWarning;

    /** Skip the goal. */
    @Parameter(property = "rnnc.skip", defaultValue = "false")
    private boolean skip;

    @Override
    void work() throws MojoFailureException {
        if (skip) {
            getLog().info("Skipped: rnnc.skip is set");
            return;
        }
        if (budget < 1 || budget > MethodSize.BUDGET) {
            throw new UserMistake("rnnc.check.budget: " + budget + " is no budget; give 1 to " + MethodSize.BUDGET
                    + ", which is what the compiler refuses to exceed");
        }
        ModelFolder folder =
                new ModelFolder(sourceDirectory.toPath().toAbsolutePath().normalize(), includes, excludes);
        Settings settings =
                new Settings(BackendKind.BYTECODE, "", Settings.ALL_LANES, Settings.programs(programs), 0, 0);
        Optional<BuildContext> editor = Editor.of(context, olderContext);
        Findings findings = new Findings(getLog(), editor);
        ModelCheck check = new ModelCheck(settings, gradients, budget, findings, getLog());
        for (Path file : folder.files()) {
            check.run(file);
        }
        if (!findings.errors().isEmpty()) {
            throw new MojoFailureException(findings.summary());
        }
        if (failOnWarning && findings.warnings() > 0) {
            throw new MojoFailureException("the models have warnings, and rnnc.check.failOnWarning is set");
        }
        if (folder.files().isEmpty()) {
            getLog().info("No models in " + sourceDirectory);
        }
    }
}
