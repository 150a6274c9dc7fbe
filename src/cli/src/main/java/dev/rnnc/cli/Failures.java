package dev.rnnc.cli;

import dev.rnnc.cli.data.DataException;
import dev.rnnc.compiler.diag.Shown;
import dev.rnnc.compiler.driver.CompilerFault;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one message on standard error and an exit code. */
final class Failures implements IExecutionExceptionHandler {
    private final boolean debug;

    Failures(boolean debug) {
        this.debug = debug;
    }

    @Override
    public int handleExecutionException(Exception exception, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        boolean trace = debug || parsed.expandedArgs().contains("--debug");
        int code = report(exception, command, err, trace);
        if (trace) {
            exception.printStackTrace(err);
        }
        err.flush();
        return code;
    }

    private static int report(Exception exception, CommandLine command, PrintWriter err, boolean trace) {
        // Messages quote files and words, whose control characters a terminal would obey.
        String message = Shown.escaped(String.valueOf(exception.getMessage()));
        if (exception instanceof CommandFailure failure) {
            if (failure.exitCode() == ExitCode.MODEL) {
                err.print(message.endsWith("\n") ? message : message + "\n");
            } else {
                err.println(style(command, "error: ") + message);
            }
            if (failure.exitCode() == ExitCode.USAGE) {
                err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
            }
            return failure.exitCode();
        }
        if (exception instanceof DataException) {
            err.println(style(command, "error: ") + message);
            return ExitCode.FAILED;
        }
        String where = exception instanceof CompilerFault fault
                ? fault.getMessage()
                : command.getCommandName() + ": " + describe(exception);
        err.println(style(command, "internal error: ")
                + Shown.escaped(where)
                + (trace
                        ? ""
                        : "; this is a bug in rnnc: please report it with the output of the same command and --debug"));
        return ExitCode.FAILED;
    }

    private static String describe(Throwable exception) {
        String message = exception.getMessage();
        String name = exception.getClass().getSimpleName();
        return message == null
                ? name
                : name + ": " + message.lines().findFirst().orElse("");
    }

    private static String style(CommandLine command, String label) {
        return command.getColorScheme().errorText(label).toString();
    }
}
