package dev.rnnc.cli;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Hears of Ctrl-C instead of the JVM, which would end. The JDK has this in {@code sun.misc} only, so a JVM without it, or one
 * that was told to leave signals alone, ends as ever.
 */
final class CtrlC implements AutoCloseable {
    private final Object before;

    private CtrlC(Object before) {
        this.before = before;
    }

    /** Calls {@code action} at each Ctrl-C, on a thread of the JVM, until closed. */
    static CtrlC listen(Runnable action) {
        try {
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object calls = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (_, _, _) -> {
                action.run();
                return null;
            });
            return new CtrlC(handle(calls));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return new CtrlC(null);
        }
    }

    @Override
    public void close() {
        if (before != null) {
            try {
                handle(before);
            } catch (ReflectiveOperationException | RuntimeException e) {
                throw new IllegalStateException("a handler that was there before is refused", e);
            }
        }
    }

    /** Sets a handler of type {@code sun.misc.SignalHandler} and returns the one before. */
    private static Object handle(Object handler) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        Constructor<?> signal = type.getConstructor(String.class);
        Method handle = type.getMethod("handle", type, Class.forName("sun.misc.SignalHandler"));
        return handle.invoke(null, signal.newInstance("INT"), handler);
    }
}
