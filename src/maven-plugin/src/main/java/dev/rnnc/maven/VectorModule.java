package dev.rnnc.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.maven.model.Plugin;
import org.apache.maven.model.PluginExecution;
import org.apache.maven.project.MavenProject;

/** Whether the compiler of a project sees the JDK's vector module, which is incubating and not there by default. */
final class VectorModule {
    private static final String NAME = "jdk.incubator.vector";

    private VectorModule() {}

    /** By an argument of the maven-compiler-plugin, or because the project's own module requires it. */
    static boolean isVisible(MavenProject project) {
        return byArgument(project)
                || project.getCompileSourceRoots().stream().anyMatch(root -> byModule(Path.of(root)));
    }

    private static boolean byArgument(MavenProject project) {
        Plugin compiler = project.getBuild().getPluginsAsMap().get("org.apache.maven.plugins:maven-compiler-plugin");
        if (compiler == null) {
            return false;
        }
        return Stream.concat(
                        Stream.of(compiler.getConfiguration()),
                        compiler.getExecutions().stream().map(PluginExecution::getConfiguration))
                .filter(Objects::nonNull)
                // Its class depends on Maven's version; its text is the XML.
                .anyMatch(configuration -> configuration.toString().contains(NAME));
    }

    private static boolean byModule(Path root) {
        Path descriptor = root.resolve("module-info.java");
        try {
            return Files.isRegularFile(descriptor)
                    && Files.readString(descriptor).contains(NAME);
        } catch (IOException e) {
            return false;
        }
    }
}
