package dev.rnnc.maven;

import java.io.IOException;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;

/** What all goals share: the project, and how what goes wrong is told. */
abstract class Goal extends AbstractMojo {
    /** The project that is built. */
    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    MavenProject project;

    /** Does the goal's work. */
    abstract void work() throws IOException, MojoFailureException;

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        try {
            work();
        } catch (UserMistake e) {
            throw new MojoFailureException(e.getMessage());
        } catch (CompilerBug e) {
            throw new MojoExecutionException(
                    "internal error: " + e.getMessage() + "; this is a bug in rnnc: please report it with the output of"
                            + " the same build and -e",
                    e);
        } catch (IOException e) {
            throw new MojoExecutionException("cannot read or write: " + e.getMessage(), e);
        }
    }
}
