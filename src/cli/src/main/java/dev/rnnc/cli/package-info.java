/**
 * The {@code rnnc} command: one class a subcommand, and the pieces they share. Answers go to standard output; errors,
 * warnings and progress go to standard error. The exit codes are those of {@link dev.rnnc.cli.ExitCode}.
 */
package dev.rnnc.cli;
