package dev.rnnc.cli;

/** The exit codes of every command. */
final class ExitCode {
    /** The job is done. */
    static final int OK = 0;
    /** The command was understood and its model is sound, yet the job failed. */
    static final int FAILED = 1;
    /** Wrong options or arguments. */
    static final int USAGE = 2;
    /** The model file has errors. */
    static final int MODEL = 3;
    /** Stopped by Ctrl-C, as shells report it. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
