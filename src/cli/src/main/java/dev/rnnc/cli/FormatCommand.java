package dev.rnnc.cli;

import dev.rnnc.compiler.diag.Diagnostic;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceFile;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.runtime.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc format}: the canonical text of model files. */
@Command(
        name = "format",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Prints model files in their canonical form; comments stay.")
final class FormatCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Model files (.rnn).")
    private List<Path> files;

    @Option(names = "--write", description = "Write each file in place instead of printing it; each is replaced whole.")
    private boolean write;

    @Option(
            names = "--check",
            description = "Print the names of the files that are not formatted; exit code 1 if there are any.")
    private boolean check;

    @Override
    public Integer call() {
        if (write && check) {
            throw CommandFailure.usage("--write changes files and --check does not: leave one of them out");
        }
        PrintWriter out = spec.commandLine().getOut();
        boolean broken = false;
        boolean unformatted = false;
        for (Path file : files) {
            String text = read(file);
            Diagnostics diagnostics = new Diagnostics();
            Optional<String> formatted = Compiler.format(new SourceText(file.toString(), text), diagnostics);
            diagnostics.sorted().stream()
                    .map(Diagnostic::render)
                    .forEach(spec.commandLine().getErr()::print);
            if (formatted.isEmpty()) {
                broken = true;
            } else if (check || write) {
                boolean changed = !formatted.get().equals(text);
                unformatted |= changed;
                if (changed) {
                    out.println((write ? "formatted " : "") + file);
                }
                if (changed && write) {
                    write(file, formatted.get());
                }
            } else {
                out.print(formatted.get());
            }
        }
        return broken ? ExitCode.MODEL : check && unformatted ? ExitCode.FAILED : ExitCode.OK;
    }

    private static String read(Path file) {
        InputFile.require(file, "model file");
        try {
            return SourceFile.read(file).text();
        } catch (CharacterCodingException e) {
            throw CommandFailure.job("model file '" + file + "' is not UTF-8 text");
        } catch (IOException e) {
            throw InputFile.failure("cannot read model file", file, e);
        }
    }

    private static void write(Path file, String text) {
        try {
            // A link stays one: what it points to is replaced.
            AtomicFile.write(
                    file.toRealPath(),
                    channel -> AtomicFile.writeFully(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
        } catch (IOException e) {
            throw InputFile.failure("cannot write model file", file, e);
        }
    }
}
