package dev.rnnc.generic.random;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.loop.LoopVerifier;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A compiled program of a model; each run gives all its results by name. */
final class Run implements AutoCloseable {
    /** Stands before the name of a parameter whose gradient a result is. */
    static final String GRADIENT = "gradient of ";

    /** Stands before the name of an input whose gradient a result is. */
    static final String INPUT_GRADIENT = "gradient of the input ";

    /** Of the masks of dropout. */
    static final long SEED = 7;

    private static final Set<Role> SHOWN = EnumSet.of(Role.OUTPUT, Role.LAYER, Role.STATE);

    private final Model model;
    private final Program program;

    /**
     * Compiles.
     *
     * @throws Failure of kind {@link Fault.Kind#COMPILE}
     */
    Run(Model model, ProgramKind kind, CompileOptions options, Given given) {
        this.model = model;
        CompiledModel compiled;
        try {
            ClassPlan plan = Compiler.plan(model, options);
            plan.lanes().forEach(l -> l.programs().forEach(LoopVerifier::verify));
            compiled = Compiler.load(plan, options.backend());
        } catch (RuntimeException | LinkageError e) {
            throw new Failure(Fault.Kind.COMPILE, e);
        }
        Parameters parameters = new Parameters(compiled.spec());
        for (ParameterSpec parameter : model.spec().parameters()) {
            parameters.set(parameter.name(), given.reals().get(parameter.name()));
        }
        try {
            this.program = compiled.newProgram(kind, parameters);
        } catch (RuntimeException | LinkageError e) {
            throw new Failure(Fault.Kind.RUN, e);
        }
    }

    /** Something that ended in an exception. */
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Fault.Kind kind;

        Failure(Fault.Kind kind, Throwable cause) {
            super(cause);
            this.kind = kind;
        }

        Fault fault() {
            Throwable deepest = getCause();
            while (deepest.getCause() != null) {
                deepest = deepest.getCause();
            }
            StackTraceElement[] trace = deepest.getStackTrace();
            String where = trace.length == 0 ? "" : " at " + trace[0];
            return new Fault(kind, getCause() + (deepest == getCause() ? "" : " from " + deepest) + where);
        }
    }

    /** Runs with these states. */
    Map<String, double[]> from(Given given) {
        for (PortSpec port : program.spec().ports()) {
            if (port.role() == Role.STATE) {
                Ports.write(program, port, given.reals().get(port.name()), given.steps());
            }
        }
        return on(given);
    }

    /** Runs on with the states that the last run left. */
    Map<String, double[]> on(Given given) {
        write(program, given);
        int steps = given.steps();
        program.seed(SEED);
        try {
            program.run(steps);
        } catch (RuntimeException | LinkageError e) {
            throw new Failure(Fault.Kind.RUN, e);
        }
        return results(steps);
    }

    /** Writes all inputs and targets. */
    static void write(Program program, Given given) {
        int steps = given.steps();
        for (PortSpec port : program.spec().ports()) {
            if (port.role() != Role.INPUT && port.role() != Role.TARGET) {
                continue;
            }
            String name = port.name();
            if (name.endsWith(Model.LENGTHS)) {
                String sequence = name.substring(0, name.length() - Model.LENGTHS.length());
                Ports.write(program, port, given.lengths().get(sequence), steps);
            } else if (port.element() == Element.TOKEN) {
                Ports.write(program, port, given.tokens().get(name), steps);
            } else {
                Ports.write(program, port, given.reals().get(name), steps);
            }
        }
    }

    private Map<String, double[]> results(int steps) {
        Map<String, double[]> results = new TreeMap<>();
        for (PortSpec port : program.spec().ports()) {
            if (SHOWN.contains(port.role())) {
                results.put(port.name(), Ports.read(program, port, steps));
            } else if (port.role() == Role.INPUT_GRADIENT) {
                String input = port.name().substring(port.name().indexOf('.') + 1);
                results.put(INPUT_GRADIENT + input, Ports.read(program, port, steps));
            }
        }
        if (!Double.isNaN(program.loss())) {
            results.put("loss", new double[] {program.loss()});
        }
        if (program.gradients() != null) {
            for (ParameterSpec parameter : model.spec().parameters()) {
                results.put(GRADIENT + parameter.name(), Ports.gradient(program, parameter.name(), steps));
            }
        }
        return results;
    }

    @Override
    public void close() {
        program.close();
    }
}
