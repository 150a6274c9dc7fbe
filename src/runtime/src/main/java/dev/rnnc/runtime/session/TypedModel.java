package dev.rnnc.runtime.session;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.generate.Generator;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.weights.WeightFile;
import dev.rnnc.runtime.weights.WeightStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What every generated model class extends: a compiled model together with its weights. Its sessions share the weights,
 * and each has states and memory of its own, so a model may be used by any number of threads, each with a session.
 *
 * <p>Training changes the weights that sessions share; they see it after {@link ProgramSession#refresh}.
 */
public abstract class TypedModel implements CompiledModel {
    private final Parameters parameters;

    /** A model without weights: its code alone, for {@link LoadedModel#of} and the like. */
    protected TypedModel() {
        this.parameters = null;
    }

    /** A model with weights. */
    protected TypedModel(Parameters parameters) {
        this.parameters = parameters;
    }

    /**
     * The weights.
     *
     * @throws IllegalStateException if the model was made by its constructor, without weights
     */
    public final Parameters parameters() {
        if (parameters == null) {
            String name = getClass().getSimpleName();
            throw new IllegalStateException("this %s has no weights: make it by %s.load(...) or %s.initialize(seed)"
                    .formatted(name, name, name));
        }
        return parameters;
    }

    /**
     * Writes the weights as a safetensors file, replacing one that exists in one move.
     *
     * @throws IOException if the file cannot be written; it is then as it was
     */
    public final void save(Path file) throws IOException {
        WeightFile.save(parameters(), file, Map.of("model", spec().name()));
    }

    /** Memory for a program of this model, over its weights. For generated code. */
    protected final Program open(ProgramKind kind) {
        return newProgram(kind, parameters());
    }

    /** Memory for the two programs of a generator. For generated code. */
    protected final Generator openGenerator() {
        return new Generator(this, parameters());
    }

    /** The weights in a file. For generated code. */
    protected static Parameters read(ModelSpec spec, Path file) throws IOException {
        return WeightFile.load(file, spec);
    }

    /** The weights in a stream, which is read to its end and left open. For generated code. */
    protected static Parameters read(ModelSpec spec, InputStream stream) throws IOException {
        if (stream == null) {
            throw new NullPointerException("there is no stream of weights for model " + spec.name()
                    + ": is the resource's name right, and the resource on the class path?");
        }
        return WeightStream.load(stream, spec);
    }

    /** First values of all weights, as the model states them. For generated code. */
    protected static Parameters initialized(ModelSpec spec, long seed) {
        Parameters parameters = new Parameters(spec);
        Initialization.fill(parameters, seed);
        return parameters;
    }
}
