package dev.rnnc.maven;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.CompilerFault;
import dev.rnnc.compiler.driver.ModelException;
import dev.rnnc.compiler.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compiles the models of a folder, those alone whose text, imports or settings changed since the last build of the same
 * execution, and deletes what earlier builds made of models that are no more. The time of a file means nothing; its
 * bytes do.
 */
final class ModelBuild {
    private final Path base;
    private final ModelFolder folder;
    private final Settings settings;
    private final Path output;
    private final Path stateFile;
    private final Findings findings;
    private final Map<String, BuildState.Entry> entries = new TreeMap<>();

    /**
     * @param base the project's folder; the state's paths are relative to it, so that a project can be moved
     * @param output where sources or class files go
     * @param stateFile where the state of this execution is kept
     */
    ModelBuild(Path base, ModelFolder folder, Settings settings, Path output, Path stateFile, Findings findings) {
        this.base = base;
        this.folder = folder;
        this.settings = settings;
        this.output = output;
        this.stateFile = stateFile;
        this.findings = findings;
    }

    /**
     * What a build did.
     *
     * @param files how many model files there are
     * @param compiled the models compiled, by file
     * @param deleted outputs deleted
     * @param lastOutput the folder that these were below
     */
    record Result(int files, List<Path> compiled, List<Path> deleted, Path lastOutput) {}

    /**
     * Brings the outputs up to date. Errors in models are left to {@link Findings}; what is fine is compiled nonetheless.
     *
     * @param version the version of the plugin
     * @throws UserMistake if the folder or the settings make no sense
     * @throws IOException if outputs cannot be written
     */
    Result run(String version) throws IOException {
        List<Path> files = folder.files();
        BuildState before = BuildState.read(stateFile);
        String digest = Digest.of(version + "\n" + name(output) + "\n" + settings.text());
        boolean same = before.settings().equals(digest);
        List<Path> compiled = new ArrayList<>();
        for (Path file : files) {
            BuildState.Entry last = before.models().get(name(file));
            if (same && last != null && isCurrent(last)) {
                entries.put(name(file), last);
                continue;
            }
            findings.clear(List.of(file));
            int errors = findings.errors().size();
            BuildState.Entry entry = new BuildState.Entry(Map.of(), Map.of());
            try {
                entry = compile(file);
            } catch (UserMistake e) {
                findings.addError(file, e.getMessage());
            }
            if (findings.errors().size() > errors) {
                entry = (last == null ? entry : last).outdated();
            } else if (!entry.outputs().isEmpty()) {
                compiled.add(file);
            }
            entries.put(name(file), entry);
        }
        List<Path> deleted = deleteStale(before);
        if (!files.isEmpty() || !before.models().isEmpty()) {
            new BuildState(digest, name(output), entries).write(stateFile);
        }
        return new Result(files.size(), compiled, deleted, base.resolve(before.output()));
    }

    private boolean isCurrent(BuildState.Entry entry) throws IOException {
        return !entry.inputs().isEmpty() && matches(entry.inputs()) && matches(entry.outputs());
    }

    private boolean matches(Map<String, String> digests) throws IOException {
        for (Map.Entry<String, String> file : digests.entrySet()) {
            Path path = base.resolve(file.getKey());
            if (!Files.isRegularFile(path) || !Digest.of(path).equals(file.getValue())) {
                return false;
            }
        }
        return true;
    }

    private BuildState.Entry compile(Path file) throws IOException {
        ModelReader.Read read = ModelReader.read(file);
        read.diagnostics().forEach(findings::add);
        Map<String, String> inputs = new HashMap<>();
        inputs.put(name(file), Digest.of(read.source().text()));
        for (SourceText imported : read.imports()) {
            inputs.put(name(Path.of(imported.name())), Digest.of(imported.text()));
        }
        Map<String, String> outputs = new HashMap<>();
        if (read.model().isPresent()) {
            for (Path written : write(file, read.model().get())) {
                outputs.put(name(written), Digest.of(written));
            }
        }
        return new BuildState.Entry(inputs, outputs);
    }

    private List<Path> write(Path file, Model model) throws IOException {
        String modelPackage = folder.packageOf(file, settings.packageName());
        String own = name(output.resolve(modelPackage.replace('.', '/'))
                .resolve(model.spec().name() + suffix()));
        for (Map.Entry<String, BuildState.Entry> other : entries.entrySet()) {
            if (other.getValue().outputs().containsKey(own)) {
                findings.addError(
                        file,
                        "model %s has the same name and package as that of %s; rename one, or put it into another folder"
                                .formatted(model.spec().name(), other.getKey()));
                return List.of();
            }
        }
        try {
            return Compiler.write(model, settings.options(model, modelPackage), output);
        } catch (ModelException e) {
            findings.addLate(file, e.getMessage());
            return List.of();
        } catch (CompilerFault e) {
            throw new CompilerBug(e.getMessage(), e);
        }
    }

    private String suffix() {
        return switch (settings.backend()) {
            case JAVA -> ".java";
            case BYTECODE -> ".class";
        };
    }

    private List<Path> deleteStale(BuildState before) throws IOException {
        Set<String> wanted = entries.values().stream()
                .flatMap(entry -> entry.outputs().keySet().stream())
                .collect(Collectors.toSet());
        List<Path> deleted = new ArrayList<>();
        for (String name :
                before.outputs().filter(n -> !wanted.contains(n)).sorted().toList()) {
            Path file = base.resolve(name);
            if (Files.deleteIfExists(file)) {
                deleted.add(file);
            }
            deleteEmptyFolders(file.getParent());
        }
        return deleted;
    }

    /** From {@code folder} upwards, within the project. */
    private void deleteEmptyFolders(Path folder) throws IOException {
        for (Path f = folder; f != null && f.startsWith(base) && !f.equals(base) && Files.isDirectory(f); ) {
            try (var children = Files.list(f)) {
                if (children.findAny().isPresent()) {
                    return;
                }
            }
            Files.delete(f);
            f = f.getParent();
        }
    }

    private String name(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path shown = absolute.startsWith(base) ? base.relativize(absolute) : absolute;
        return shown.toString().replace(shown.getFileSystem().getSeparator(), "/");
    }
}
