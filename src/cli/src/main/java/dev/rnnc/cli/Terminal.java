package dev.rnnc.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Says whether a progress bar would be seen or would only litter a log. */
final class Terminal {
    private Terminal() {}

    /** True where standard error is a terminal that can redraw a line, and no continuous-integration job runs us. */
    static boolean showsProgress(Map<String, String> environment) {
        String ci = environment.getOrDefault("CI", "");
        boolean inCi = !ci.isEmpty() && !ci.equalsIgnoreCase("false") && !ci.equals("0");
        return !inCi && !"dumb".equals(environment.get("TERM")) && standardErrorIsTerminal();
    }

    /** The JDK can tell only of input and output together; on Linux the descriptor's own link says what it is. */
    private static boolean standardErrorIsTerminal() {
        Path descriptor = Path.of("/proc/self/fd/2");
        try {
            if (Files.isSymbolicLink(descriptor)) {
                String target = Files.readSymbolicLink(descriptor).toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
            }
        } catch (IOException e) {
            // Fall through to what the JDK knows.
        }
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
