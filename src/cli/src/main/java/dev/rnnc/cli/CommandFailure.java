package dev.rnnc.cli;

/** A failure that the user can mend: its message names the thing and the remedy, and no stack trace is shown. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CommandFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The job failed: {@link ExitCode#FAILED}. */
    static CommandFailure job(String message) {
        return new CommandFailure(ExitCode.FAILED, message, null);
    }

    /** The job failed for a known cause: {@link ExitCode#FAILED}. */
    static CommandFailure job(String message, Throwable cause) {
        return new CommandFailure(ExitCode.FAILED, message, cause);
    }

    /** The command line asks for something that cannot be: {@link ExitCode#USAGE}. */
    static CommandFailure usage(String message) {
        return new CommandFailure(ExitCode.USAGE, message, null);
    }

    /** The model's diagnostics, already rendered: {@link ExitCode#MODEL}. */
    static CommandFailure model(String rendered) {
        return new CommandFailure(ExitCode.MODEL, rendered, null);
    }

    int exitCode() {
        return exitCode;
    }
}
