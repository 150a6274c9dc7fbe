package dev.rnnc.cli;

import dev.rnnc.cli.data.DataException;
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
        if (exception instanceof CommandFailure failure) {
            if (failure.exitCode() == ExitCode.MODEL) {
                err.print(failure.getMessage().endsWith("\n") ? failure.getMessage() : failure.getMessage() + "\n");
            } else {
                err.println(style(command, "error: ") + failure.getMessage());
            }
            if (failure.exitCode() == ExitCode.USAGE) {
                err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
            }
            return failure.exitCode();
        }
        if (exception instanceof DataException) {
            err.println(style(command, "error: ") + exception.getMessage());
            return ExitCode.FAILED;
        }
        String where = exception instanceof CompilerFault fault
                ? fault.getMessage()
                : command.getCommandName() + ": " + describe(exception);
        err.println(style(command, "internal error: ")
                + where
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
