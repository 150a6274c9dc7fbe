package dev.rnnc.bench.engine;

import dev.rnnc.bench.workload.Dataset;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Workload;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/** The class that rnnc generates, with kernels of one lane count. */
public final class GeneratedCode implements Engine {
    /** The name of the one with this machine's widest lanes. */
    public static final String NAME = "generated";

    private final int lanes;

    private GeneratedCode(int lanes) {
        this.lanes = lanes;
    }

    /** With as many lanes as this machine prefers. */
    public static GeneratedCode widest() {
        return new GeneratedCode(Lanes.count());
    }

    /**
     * With that many lanes.
     *
     * @throws IllegalArgumentException if this machine, or this JVM, does not have them
     */
    public static GeneratedCode of(int lanes) {
        if (Lanes.select(lanes, 1) != lanes) {
            throw new IllegalArgumentException(
                    lanes + " lanes are not to be had here: there are " + Lanes.description());
        }
        return new GeneratedCode(lanes);
    }

    @Override
    public String name() {
        return lanes == Lanes.count() ? NAME : NAME + "-" + lanes;
    }

    @Override
    public boolean supports(Workload workload) {
        return true;
    }

    @Override
    public Session open(Problem problem) {
        return new GeneratedSession(problem);
    }

    private final class GeneratedSession implements Session {
        private final Problem problem;
        private final Dataset data;
        private final Parameters parameters;
        private final Program program;
        private final Optimizer optimizer;
        private final int steps;
        private final int inputs;
        /** The input of a step, else null. */
        private final MemorySegment input;
        /** The ports of tokens, null where the input is real-valued. */
        private final PortSpec text;

        private final PortSpec next;
        private int calls;

        GeneratedSession(Problem problem) {
            Workload workload = problem.workload();
            ProgramKind kind = workload.work().program();
            Model model = problem.model();
            CompiledModel compiled = Compiler.load(
                    model,
                    CompileOptions.of(kind)
                            .sized(workload.steps(), workload.batch())
                            .lanes(lanes));
            this.problem = problem;
            this.data = problem.data();
            this.parameters = problem.parameters(model);
            this.program = compiled.newProgram(kind, parameters);
            this.optimizer =
                    workload.adam() ? Optimizer.create(compiled.spec().train().optimizer(), compiled.spec()) : null;
            this.steps = workload.steps();
            this.inputs = workload.inputs();
            this.text = workload.vocabulary() > 0 ? Ports.port(program, "text") : null;
            this.next = workload.vocabulary() > 0 && kind == ProgramKind.TRAINING ? Ports.port(program, "next") : null;
            this.input = kind == ProgramKind.STEP ? program.segment("x") : null;
            if (text == null && input == null) {
                Ports.write(program, Ports.port(program, "x"), data.inputs(), steps);
                if (data.goals().length > 0) {
                    Ports.write(program, Ports.port(program, "goal"), data.goals(), steps);
                }
            }
            program.refresh();
        }

        @Override
        public void run() {
            if (input != null) {
                int from = calls++ % Dataset.STEPS * inputs;
                MemorySegment.copy(data.inputs(), from, input, ValueLayout.JAVA_FLOAT, 0, inputs);
                program.run(1);
                return;
            }
            if (text != null) {
                int batch = calls++ % Dataset.BATCHES;
                Ports.write(program, text, data.tokens()[batch], steps);
                Ports.write(program, next, data.targets()[batch], steps);
            }
            program.resetStates();
            program.run(steps);
            if (optimizer != null) {
                optimizer.step(parameters, program.gradients());
                program.refresh();
            }
        }

        @Override
        public Map<String, double[]> answers() {
            Map<String, double[]> answers = new LinkedHashMap<>();
            switch (problem.workload().work()) {
                case STEP -> {
                    int width = problem.workload().hidden();
                    double[] outputs = new double[CHECKED_STEPS * width];
                    program.resetStates();
                    for (int step = 0; step < CHECKED_STEPS; step++) {
                        run();
                        System.arraycopy(output(), 0, outputs, step * width, width);
                    }
                    answers.put(OUTPUT, outputs);
                }
                case SEQUENCE -> {
                    run();
                    answers.put(OUTPUT, output());
                }
                case TRAINING -> {
                    double[] losses = new double[Session.checkedUpdates(problem)];
                    for (int update = 0; update < losses.length; update++) {
                        run();
                        losses[update] = program.loss();
                        if (update == 0) {
                            for (ParameterSpec parameter : parameters.slices()) {
                                answers.put(
                                        GRADIENT + parameter.name(), Ports.gradient(program, parameter.name(), steps));
                            }
                        }
                    }
                    answers.put(LOSS, losses);
                }
            }
            return answers;
        }

        private double[] output() {
            return Ports.read(
                    program, Ports.port(program, "h" + problem.workload().layers()), steps);
        }

        @Override
        public void close() {
            program.close();
        }
    }
}
