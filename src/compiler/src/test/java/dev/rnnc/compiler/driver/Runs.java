package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Runs of a compiled program on made-up data, with all bits of what they compute. */
final class Runs {
    private static final OptimizerSpec ADAM = new OptimizerSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, false);

    private Runs() {}

    /**
     * Whatever runs leave behind, each after a step of an optimiser where there are gradients.
     *
     * @param lengths the time steps of the runs, as far as the program takes that many
     */
    static List<String> results(CompiledModel model, ProgramKind kind, int... lengths) {
        List<String> results = new ArrayList<>();
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 3);
        Optimizer optimizer = Optimizer.create(ADAM, model.spec());
        try (Program program = model.newProgram(kind, parameters)) {
            Random random = new Random(5);
            assertThat(program.spec().kind()).isEqualTo(kind);
            for (int length : lengths) {
                int steps = Math.min(length, program.spec().steps());
                program.seed(11);
                program.refresh();
                program.spec().ports().forEach(port -> write(program, port, steps, random));
                program.run(steps);
                results.add("loss " + Double.doubleToRawLongBits(program.loss()));
                for (PortSpec port : program.spec().ports()) {
                    results.add(port.name() + " " + bits(Ports.read(program, port, steps)));
                }
                if (program.gradients() != null) {
                    model.spec()
                            .parameters()
                            .forEach(p -> results.add(p.name() + " " + bits(Ports.gradient(program, p.name()))));
                    optimizer.step(parameters, program.gradients());
                }
            }
        }
        return results;
    }

    private static void write(Program program, PortSpec port, int steps, Random random) {
        if (port.role() != Role.INPUT && port.role() != Role.TARGET) {
            return;
        }
        int length = Ports.length(program, port, steps);
        if (port.element() == Element.TOKEN) {
            Ports.write(program, port, random.ints(length, 0, port.vocabulary()).toArray(), steps);
        } else {
            Ports.write(program, port, random.doubles(length, -1, 1).toArray(), steps);
        }
    }

    private static List<Long> bits(double[] values) {
        List<Long> bits = new ArrayList<>();
        for (double value : values) {
            bits.add(Double.doubleToRawLongBits(value));
        }
        return bits;
    }
}
