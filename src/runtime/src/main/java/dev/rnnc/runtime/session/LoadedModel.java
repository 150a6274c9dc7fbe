package dev.rnnc.runtime.session;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.IncompatibleModelException;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A compiled model and its parameters. Its sessions run its programs; they share the parameters, and each has states and
 * memory of its own, so that each may run in another thread.
 */
public final class LoadedModel {
    private final CompiledModel compiled;
    private final Parameters parameters;

    private LoadedModel(CompiledModel compiled) {
        this.compiled = compiled;
        this.parameters = new Parameters(compiled.spec());
    }

    /**
     * A model with all parameters zero.
     *
     * @throws IncompatibleModelException if its class was made for another version of the runtime
     */
    public static LoadedModel of(CompiledModel compiled) {
        return new LoadedModel(compiled);
    }

    /**
     * A model whose class was compiled earlier. No compiler is needed.
     *
     * @param loader where the class is
     * @param className the class's name, with its package
     * @throws ClassNotFoundException if there is no such class
     * @throws IllegalArgumentException if the class is no compiled model
     * @throws IncompatibleModelException if it was made for another version of the runtime
     */
    public static LoadedModel of(ClassLoader loader, String className) throws ClassNotFoundException {
        Class<?> type = loader.loadClass(className);
        if (!CompiledModel.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException("class " + className + " is no model that rnnc compiled");
        }
        try {
            return of((CompiledModel) type.getConstructor().newInstance());
        } catch (LinkageError | ReflectiveOperationException e) {
            throw new IncompatibleModelException(
                    "class " + className
                            + " was compiled for another version of rnnc's runtime than this, which has ABI "
                            + CompiledModel.ABI + ": compile its model again",
                    e);
        }
    }

    /** What the model is. */
    public ModelSpec spec() {
        return compiled.spec();
    }

    /** The class behind it. */
    public CompiledModel compiled() {
        return compiled;
    }

    /** The parameters. Sessions see changes after {@link Session#refresh}. */
    public Parameters parameters() {
        return parameters;
    }

    /** Gives all parameters the first values that the model states. */
    public LoadedModel initialize(long seed) {
        Initialization.fill(parameters, seed);
        return this;
    }

    /**
     * Reads all parameters from a safetensors file.
     *
     * @throws dev.rnnc.runtime.weights.WeightMismatchException if the file's tensors are not the model's parameters
     * @throws IOException if the file cannot be read
     */
    public LoadedModel weights(Path file) throws IOException {
        parameters.copyFrom(WeightFile.load(file, spec()));
        return this;
    }

    /**
     * A session of one program.
     *
     * @throws IllegalArgumentException if the model was compiled without that program
     */
    public Session open(ProgramKind kind) {
        return new Session(compiled.newProgram(kind, parameters));
    }
}
