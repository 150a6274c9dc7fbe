package dev.rnnc.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What CONTRIBUTING.md asks of every source file and no compiler flag checks. */
class SourceRulesTest {
    private static final int MOST_LINES = 500;

    private final List<Path> sources = mainSources();

    @Test
    void everyPackageSaysWhatItIs() {
        assertThat(sources.stream().map(Path::getParent).distinct())
                .allSatisfy(folder ->
                        assertThat(folder.resolve("package-info.java")).exists());
    }

    @Test
    void noFileIsTooLongToRead() {
        assertThat(sources)
                .allSatisfy(source -> assertThat(Files.readAllLines(source))
                        .as(source.toString())
                        .hasSizeLessThanOrEqualTo(MOST_LINES));
    }

    /** The sample model trains on these files, tests included, and takes no more symbols than printable ASCII has. */
    @Test
    void sourcesArePlainAscii() throws IOException {
        List<String> others = new ArrayList<>();
        for (Path source : javaFiles()) {
            int number = 0;
            for (String line : Files.readAllLines(source)) {
                number++;
                if (line.chars().anyMatch(symbol -> symbol < ' ' || symbol > '~')) {
                    others.add(ProjectFolder.ROOT.relativize(source) + ":" + number);
                }
            }
        }

        assertThat(others).as("lines with other symbols; write them as \\uXXXX").isEmpty();
    }

    @Test
    void everythingPublicHasJavadoc() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> missing = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, List.of(), null, files.getJavaFileObjectsFromPaths(sources));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new MissingJavadoc(docs, missing).scan(unit, null);
            }
        }

        assertThat(missing).as("public, without Javadoc").isEmpty();
    }

    /** The command line sets its locale when it starts; a library must not, and writes the digits 0-9 in all of them. */
    @Test
    void librariesFormatNumbersForNoLocale() throws IOException {
        Path commandLine = ProjectFolder.ROOT.resolve("src/cli/src/main/java/dev/rnnc/cli");
        List<Path> libraries = sources.stream()
                .filter(file -> !file.startsWith(commandLine) || file.startsWith(commandLine.resolve("data")))
                .filter(file -> !file.startsWith(ProjectFolder.ROOT.resolve("src/bench")))
                .toList();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> found = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, List.of(), null, files.getJavaFileObjectsFromPaths(libraries));
            for (CompilationUnitTree unit : task.parse()) {
                new LocalNumbers(found, unit.getSourceFile().getName()).scan(unit, null);
            }
        }

        assertThat(found).as("write %s, or String.format(Locale.ROOT, ...)").isEmpty();
    }

    /** Finds formats of numbers that are written in the digits of the user's language. */
    private static final class LocalNumbers extends TreePathScanner<Void, Void> {
        private static final Pattern NUMBER = Pattern.compile("(?s).*(?<!%)%(\\d\\$)?[-+, 0#(]*\\d*(\\.\\d+)?[dfeg].*");

        private final List<String> found;
        private final String file;

        LocalNumbers(List<String> found, String file) {
            this.found = found;
            this.file = file;
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            if (call.getMethodSelect() instanceof MemberSelectTree member) {
                String of = member.getExpression().toString();
                String format = member.getIdentifier().contentEquals("formatted")
                        ? of
                        : member.getIdentifier().contentEquals("format") && of.equals("String")
                                ? call.getArguments().getFirst().toString()
                                : "";
                if (NUMBER.matcher(format).matches()) {
                    found.add(file + ": " + format);
                }
            }
            return super.visitMethodInvocation(call, nothing);
        }
    }

    private static List<Path> mainSources() {
        return javaFiles().stream()
                .filter(file -> file.toString().contains(Path.of("src", "main", "java") + "/"))
                // Projects that the build builds as users would: theirs, not ours.
                .filter(file -> !file.toString().contains(Path.of("src", "it") + "/"))
                .toList();
    }

    private static List<Path> javaFiles() {
        try (Stream<Path> files = Files.walk(ProjectFolder.ROOT.resolve("src"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("cannot list the project's sources", e);
        }
    }

    /** Collects public types and methods without a comment; overriding methods, constructors and plain accessors need none. */
    private static final class MissingJavadoc extends TreePathScanner<Void, Void> {
        private final DocTrees docs;
        private final List<String> missing;

        MissingJavadoc(DocTrees docs, List<String> missing) {
            this.docs = docs;
            this.missing = missing;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            if (!type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
                return null; // What lies within is not public either.
            }
            check(type.getModifiers(), type.getSimpleName().toString());
            return super.visitClass(type, unused);
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            if (method.getReturnType() != null && !overrides(method.getModifiers()) && !isAccessor(method)) {
                check(method.getModifiers(), method.getName() + "()");
            }
            return null;
        }

        private void check(ModifiersTree modifiers, String name) {
            DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
            if (modifiers.getFlags().contains(Modifier.PUBLIC) && comment == null) {
                CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
                Tree tree = getCurrentPath().getLeaf();
                long line = unit.getLineMap()
                        .getLineNumber(docs.getSourcePositions().getStartPosition(unit, tree));
                missing.add(ProjectFolder.ROOT.relativize(
                                Path.of(unit.getSourceFile().toUri())) + ":" + line + " " + name);
            }
        }

        private static boolean isAccessor(MethodTree method) {
            return method.getParameters().isEmpty()
                    && method.getBody() != null
                    && method.getBody().getStatements().size() == 1
                    && method.getBody().getStatements().getFirst() instanceof ReturnTree result
                    && result.getExpression() instanceof IdentifierTree field
                    && field.getName().equals(method.getName());
        }

        private static boolean overrides(ModifiersTree modifiers) {
            return modifiers.getAnnotations().stream()
                    .map(AnnotationTree::getAnnotationType)
                    .anyMatch(annotation -> annotation.toString().equals("Override"));
        }
    }
}
