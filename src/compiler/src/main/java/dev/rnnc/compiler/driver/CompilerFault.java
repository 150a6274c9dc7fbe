package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.graph.ValueException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A fault of the compiler itself, not of a model: the message names the stage, the optimiser's pass where it was in one,
 * the model's file and, where it is known, the line. Whatever the driver does for its callers stands within one place that
 * makes it, {@link #within}.
 */
public final class CompilerFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String COMPILER = "dev.rnnc.compiler.";

    private CompilerFault(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * What {@code work} yields.
     *
     * @param file the model's file
     * @throws ModelException as {@code work} throws it
     * @throws CompilerFault for whatever else goes wrong
     */
    public static <T> T within(String file, Supplier<T> work) {
        try {
            return work.get();
        } catch (ModelException | CellGradient.NoGradientException | CompilerFault e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            throw new CompilerFault(message(file, e), e);
        }
    }

    private static String message(String file, Throwable fault) {
        Throwable root = fault;
        int line = 0;
        while (root instanceof ValueException located) {
            line = located.origin().line();
            root = located.getCause();
        }
        String stage = frame(root).map(f -> stage(f.getClassName())).orElse("driver");
        String pass = stage.equals("opt")
                ? frame(root).map(f -> ", pass " + pass(f.getClassName())).orElse("")
                : "";
        String message = root.getMessage() == null ? "" : ": " + root.getMessage();
        String what =
                (root.getClass().getSimpleName() + message).lines().findFirst().orElse("");
        return "stage " + stage + pass + ", model " + file + (line > 0 ? ":" + line : "") + ": " + what;
    }

    /** The innermost call within the compiler. */
    private static Optional<StackTraceElement> frame(Throwable fault) {
        return Arrays.stream(fault.getStackTrace())
                .filter(f -> f.getClassName().startsWith(COMPILER))
                // Languages and their types are used by all stages.
                .filter(f -> !stage(f.getClassName()).matches("graph|loop|model|syntax|diag|names"))
                .filter(f -> !f.getClassName().endsWith(".Rewriter"))
                .findFirst();
    }

    private static String stage(String className) {
        String inner = className.substring(COMPILER.length());
        return inner.contains(".") ? inner.substring(0, inner.lastIndexOf('.')) : inner;
    }

    private static String pass(String className) {
        return className.substring(className.lastIndexOf('.') + 1).replaceAll("\\$.*", "");
    }
}
