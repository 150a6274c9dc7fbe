package dev.rnnc.cli;

import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Tells a user what libraries that do not print have to say, each message once. */
final class LibraryWarnings extends Handler {
    /** Held here, as the JDK forgets loggers that nobody holds. */
    private static final Logger LOGGER = Logger.getLogger("dev.rnnc");

    private final PrintWriter err;
    private final SimpleFormatter texts = new SimpleFormatter();
    private final Set<String> told = new HashSet<>();

    private LibraryWarnings(PrintWriter err) {
        this.err = err;
    }

    /** Hands on to {@code err} from now on. */
    static void to(PrintWriter err) {
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(new LibraryWarnings(err));
    }

    @Override
    public synchronized void publish(LogRecord entry) {
        String text = texts.formatMessage(entry);
        if (isLoggable(entry) && told.add(text)) {
            err.println("warning: " + text);
        }
    }

    @Override
    public void flush() {
        err.flush();
    }

    @Override
    public void close() {
        flush();
    }
}
