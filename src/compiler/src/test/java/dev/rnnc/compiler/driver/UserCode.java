package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.CompiledModel;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Java code as a user writes it against a generated class, compiled by javac and run. */
final class UserCode {
    private UserCode() {}

    /**
     * Compiles a model by one backend, then a user's code against what it made, and returns what the code does.
     *
     * @param folder for the classes
     * @param members of a class in the package of the model: {@code static Object run() throws Exception} and what it needs
     * @param others further sources
     */
    static Callable<Object> compile(Model model, CompileOptions options, Path folder, String members, List<Path> others)
            throws IOException {
        Path classes = Files.createDirectories(folder.resolve(options.backend().toString()));
        List<Path> sources = new ArrayList<>(others);
        if (options.backend() == BackendKind.JAVA) {
            sources.addAll(Compiler.writeJava(model, options, classes));
        } else {
            Compiler.writeClasses(model, options, classes);
        }
        Path user = classes.resolve("UserOfModel.java");
        Files.writeString(
                user,
                "package " + options.packageName() + ";\n@SuppressWarnings(\"all\") class UserOfModel {\n" + members
                        + "\n}\n");
        sources.add(user);
        // What a generated class says of itself is checked where nothing else would be.
        javac(sources, classes, others.isEmpty() ? "-Xdoclint:all/protected" : "-Xdoclint:none");
        return () -> run(classes, options.packageName() + ".UserOfModel");
    }

    private static void javac(List<Path> sources, Path classes, String documentation) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none",
                    "-Xlint:all,-incubating",
                    documentation,
                    "-Werror",
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-classpath",
                    runtime() + File.pathSeparator + classes,
                    "-d",
                    classes.toString());
            boolean fine = compiler.getTask(
                            messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(fine).as(messages.toString()).isTrue();
        }
    }

    private static Object run(Path classes, String name) throws Exception {
        URL[] urls = {classes.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, CompiledModel.class.getClassLoader())) {
            var method = loader.loadClass(name).getDeclaredMethod("run");
            method.setAccessible(true);
            return method.invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static Path runtime() {
        try {
            return Path.of(CompiledModel.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("cannot find the runtime's classes", e);
        }
    }
}
