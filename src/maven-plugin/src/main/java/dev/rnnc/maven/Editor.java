package dev.rnnc.maven;

import java.util.Optional;
import org.codehaus.plexus.build.BuildContext;
import org.codehaus.plexus.build.DefaultBuildContext;

/** The editor that runs a build and shows what is wrong in its own way, where there is one. */
final class Editor {
    private Editor() {}

    /**
     * What to tell the editor; empty on a command line.
     *
     * @param context of the editor or, on a command line, one that only logs; it hands on to {@code older} where an editor
     *     knows that one alone
     */
    static Optional<BuildContext> of(BuildContext context, org.sonatype.plexus.build.incremental.BuildContext older) {
        boolean commandLine = context instanceof DefaultBuildContext
                && older instanceof org.sonatype.plexus.build.incremental.DefaultBuildContext;
        return commandLine ? Optional.empty() : Optional.of(context);
    }
}
