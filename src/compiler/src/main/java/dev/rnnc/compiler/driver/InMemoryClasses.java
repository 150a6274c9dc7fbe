package dev.rnnc.compiler.driver;

import dev.rnnc.runtime.CompiledModel;
import java.util.Map;

/**
 * Loads classes made in memory, those of each model in a class loader of their own, so that they go when nobody holds the
 * model any more.
 */
final class InMemoryClasses {
    private InMemoryClasses() {}

    /** An instance of the class {@code name} out of {@code classes} (binary class name to class file). */
    static CompiledModel load(String name, Map<String, byte[]> classes) {
        try {
            return (CompiledModel)
                    loader(classes).loadClass(name).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot load the generated class " + name, e);
        }
    }

    /** A loader of {@code classes}, which otherwise sees what the runtime sees. */
    static ClassLoader loader(Map<String, byte[]> classes) {
        return new Loader(classes);
    }

    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> classes;

        Loader(Map<String, byte[]> classes) {
            super(CompiledModel.class.getClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
