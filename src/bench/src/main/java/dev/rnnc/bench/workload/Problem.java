package dev.rnnc.bench.workload;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.Costs;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.Precision;
import java.util.LinkedHashMap;
import java.util.Map;

/** A workload with its model, first weights and data: all that an engine needs, and the same for each of them. */
public final class Problem {
    private final Workload workload;
    private final Model model;
    private final Dataset data;
    private final Map<String, float[]> weights = new LinkedHashMap<>();

    private Problem(Workload workload, Model model) {
        this.workload = workload;
        this.model = model;
        this.data = Dataset.of(workload);
        Parameters first = new Parameters(model.spec());
        Initialization.fill(first, 1);
        first.slices().forEach(slice -> weights.put(slice.name(), first.floats(slice.name())));
    }

    /**
     * Resolves the workload's model.
     *
     * @throws IllegalArgumentException if the compiler does not take the model; the message says why
     */
    public static Problem of(Workload workload) {
        return new Problem(workload, resolve(workload, Precision.FLOAT));
    }

    /** What is to be done. */
    public Workload workload() {
        return workload;
    }

    /** The model in single precision. */
    public Model model() {
        return model;
    }

    /** The model in double precision, for the reference. */
    public Model exactModel() {
        return resolve(workload, Precision.DOUBLE);
    }

    /** Inputs and targets. */
    public Dataset data() {
        return data;
    }

    /**
     * The first values of a parameter, row-major.
     *
     * @throws IllegalArgumentException if the model has no such parameter
     */
    public float[] weights(String parameter) {
        float[] values = weights.get(parameter);
        if (values == null) {
            throw new IllegalArgumentException("no parameter '" + parameter + "'; there are " + weights.keySet());
        }
        return values.clone();
    }

    /** New parameters of {@code of} with the first values. */
    public Parameters parameters(Model of) {
        Parameters parameters = new Parameters(of.spec());
        weights.forEach(parameters::set);
        return parameters;
    }

    /** The optimised graph of the workload's program. */
    public Graph graph() {
        return Compiler.optimized(model, workload.work().program());
    }

    /** FLOP of one call; a multiplication and an addition are two. */
    public double flops() {
        return Costs.flops(graph(), workload.steps(), workload.batch());
    }

    /** Bytes of the weights that one step reads. */
    public double weightBytes() {
        return Costs.weightBytes(
                Compiler.optimized(model, Work.STEP.program()), model.spec().precision());
    }

    private static Model resolve(Workload workload, Precision precision) {
        String text = ModelText.of(workload, precision);
        Checked checked = FrontEnd.check(new SourceText(workload.name() + ".rnn", text));
        return checked.model().orElseThrow(() -> new IllegalArgumentException(checked.render()));
    }
}
