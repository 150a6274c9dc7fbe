package dev.rnnc.cli;

import dev.rnnc.compiler.diag.Shown;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code rnnc} command. */
@Command(
        name = "rnnc",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Compiles, trains and runs recurrent neural networks written as equations.",
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0  done",
            "  1  the job failed",
            "  2  wrong options or arguments",
            "  3  the model file has errors",
            "",
            "Start with: rnnc train samples/char-lm/char-lm.rnn"
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of an error (also: RNNC_DEBUG=1).")
    private boolean debug;

    private Main() {}

    /** Runs one command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        // Files and messages have the digits 0-9 and points, whatever the user's language writes.
        Locale.setDefault(Locale.ROOT);
        StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        PrintWriter out = writer(output, System.out);
        PrintWriter err = writer(System.err, System.err);
        LibraryWarnings.to(err);
        Surroundings surroundings = Surroundings.ofThisProcess();
        int code = run(surroundings, new CompilerBackend(), out, err, arguments);
        System.exit(finished(code, output, out, err));
    }

    /** The exit code of a command whose output may be lost, as on a full disk. */
    static int finished(int code, StandardOutput output, PrintWriter out, PrintWriter err) {
        out.flush();
        Optional<String> lost = output.failure();
        lost.ifPresent(reason -> err.println("error: standard output could not be written: " + reason));
        err.flush();
        return lost.isPresent() && code == ExitCode.OK ? ExitCode.FAILED : code;
    }

    /**
     * Runs one command.
     *
     * @return the exit code, see {@link ExitCode}
     */
    static int run(Surroundings surroundings, Backend backend, PrintWriter out, PrintWriter err, String... arguments) {
        boolean debug = isSet(surroundings.environment(), "RNNC_DEBUG");
        CommandLine command = new CommandLine(new Main())
                .addSubcommand(new CheckCommand(backend))
                .addSubcommand(new FormatCommand())
                .addSubcommand(new ExplainCommand(backend))
                .addSubcommand(new CompileCommand(backend))
                .addSubcommand(new TrainCommand(backend, surroundings))
                .addSubcommand(new EvalCommand(backend))
                .addSubcommand(new RunCommand(backend))
                .addSubcommand(new GenerateCommand(backend))
                .addSubcommand(new ImportCommand(backend))
                .addSubcommand(new ExportCommand(backend))
                .addSubcommand(new GradientsCommand(backend, surroundings))
                .addSubcommand(new BenchCommand(backend))
                .addSubcommand(new CommandLine.HelpCommand())
                .setOut(out)
                .setErr(err)
                // A word that starts with @ is a name like others, not a file of words.
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::wrongWords)
                .setExecutionExceptionHandler(new Failures(debug));
        try {
            return command.execute(arguments);
        } catch (OutOfMemoryError e) {
            err.println("error: out of memory (" + e.getMessage()
                    + "); give the JVM more with RNNC_JAVA_OPTS=-Xmx8g, or lower steps or batch");
            return ExitCode.FAILED;
        } catch (LinkageError | StackOverflowError | AssertionError e) {
            err.println("internal error: " + e);
            if (debug) {
                e.printStackTrace(err);
            }
            return ExitCode.FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }

    /** As picocli does it, but the user's words are shown without control characters. */
    private static int wrongWords(ParameterException failure, String[] words) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText(Shown.escaped(failure.getMessage())));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(failure, err)) {
            command.usage(err, command.getColorScheme());
        }
        return ExitCode.USAGE;
    }

    private static boolean isSet(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        return !value.isEmpty() && !value.equals("0");
    }

    /** Files and pipes get UTF-8; a terminal gets what it can show. */
    private static PrintWriter writer(OutputStream stream, PrintStream standard) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        Charset charset = terminal ? standard.charset() : StandardCharsets.UTF_8;
        return new PrintWriter(new OutputStreamWriter(stream, charset), true);
    }
}
