package dev.rnnc.compiler.driver;

import dev.rnnc.runtime.CompiledModel;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Emitted sources and the JDK's own compiler, which makes class files of them in memory. */
final class JavaSources {
    private JavaSources() {}

    /**
     * The class files of sources, by binary class name.
     *
     * @param packageName the package of all sources, empty for the unnamed one
     * @param sources texts by class name
     */
    static Map<String, byte[]> compile(String packageName, Map<String, String> sources) {
        String prefix = packageName.isEmpty() ? "" : packageName + ".";
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new ModelException("this Java runtime has no compiler: run rnnc with a JDK rather than a JRE\n");
        }
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        StandardJavaFileManager standard = compiler.getStandardFileManager(problems, null, null);
        MemoryFiles files = new MemoryFiles(standard);
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((name, text) -> units.add(new Source(prefix + name, text)));
        List<String> options = new ArrayList<>(List.of("-proc:none", "-Xlint:none", "-classpath", runtime()));
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            options.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        }
        boolean fine =
                compiler.getTask(null, files, problems, options, null, units).call();
        if (!fine) {
            StringBuilder text = new StringBuilder("generated source does not compile:");
            for (Diagnostic<? extends JavaFileObject> d : problems.getDiagnostics()) {
                text.append("\n").append(d);
            }
            throw new IllegalStateException(text.toString());
        }
        Map<String, byte[]> classes = new LinkedHashMap<>();
        files.classes.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    /** Where the runtime's classes are: the only thing generated code compiles against. */
    private static String runtime() {
        try {
            return Path.of(CompiledModel.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("cannot find the runtime's classes", e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name.replace('.', '/') + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class MemoryFiles extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

        MemoryFiles(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("bytes:///" + name.replace('.', '/') + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return classes.computeIfAbsent(name, n -> new ByteArrayOutputStream());
                }
            };
        }
    }
}
