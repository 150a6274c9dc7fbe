package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever tiles a batch is cut into, a sequence in it gives the bits that it gives alone. */
class BatchesAgreeTest {
    private static final int STEPS = 3;
    private static final int INPUTS = 5;
    private static final int OUTPUTS = 3;

    private final Random random = new Random(7);

    @ParameterizedTest
    @CsvSource({
        "2, 7", "4, 7", "5, 7", "6, 7", "7, 16", "8, 16", "9, 16", "12, 16", "16, 16", "5, 40", "8, 40", "16, 20",
        "24, 33", "3, 72", "8, 72"
    })
    void aSequenceInABatchGivesWhatItGivesAlone(int batch, int hidden) {
        Model model = ModelTexts.model("""
                model Batches {
                  input  x : real[5] sequence
                  output y = dense(lstm(gru(x, HIDDEN), HIDDEN), 3)
                }
                """.replace("HIDDEN", String.valueOf(hidden)));
        double[][] sequences = new double[batch][];
        for (int i = 0; i < batch; i++) {
            sequences[i] = random.doubles(STEPS * INPUTS, -1, 1).toArray();
        }
        double[][] together = outputs(model, sequences);
        for (int i = 0; i < batch; i++) {
            assertThat(together[i]).as("sequence %d", i).isEqualTo(outputs(model, sequences[i])[0]);
        }
    }

    /** The outputs of each sequence, run as one batch. */
    private static double[][] outputs(Model model, double[]... sequences) {
        int batch = sequences.length;
        CompiledModel compiled =
                Compiler.load(model, CompileOptions.of(ProgramKind.SEQUENCE).sized(STEPS, batch));
        Parameters parameters = new Parameters(compiled.spec());
        Initialization.fill(parameters, 3);
        try (Program program = compiled.newProgram(ProgramKind.SEQUENCE, parameters)) {
            double[] x = new double[STEPS * batch * INPUTS];
            for (int i = 0; i < batch; i++) {
                for (int t = 0; t < STEPS; t++) {
                    System.arraycopy(sequences[i], t * INPUTS, x, (t * batch + i) * INPUTS, INPUTS);
                }
            }
            program.refresh();
            Ports.write(program, port(program, "x"), x, STEPS);
            program.run(STEPS);
            double[] y = Ports.read(program, port(program, "y"), STEPS);
            double[][] rows = new double[batch][STEPS * OUTPUTS];
            for (int i = 0; i < batch; i++) {
                for (int t = 0; t < STEPS; t++) {
                    System.arraycopy(y, (t * batch + i) * OUTPUTS, rows[i], t * OUTPUTS, OUTPUTS);
                }
            }
            return rows;
        }
    }

    private static PortSpec port(Program program, String name) {
        return program.spec().ports().stream()
                .filter(port -> port.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
