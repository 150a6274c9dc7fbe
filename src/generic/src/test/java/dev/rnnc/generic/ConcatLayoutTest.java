package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that lie in pieces, put beside others: whole vectors must not run into what lies next to them. */
class ConcatLayoutTest {
    private static final int STEPS = 3;
    private static final int BATCH = 3;

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 8, 16})
    void aValueInPiecesRepeatedOverTheStepsLeavesTheRowsBesideItAlone(int lanes) {
        double[] exact = run("double", 1);
        assertThat(run("float", lanes)).hasSize(exact.length).containsExactly(exact, within(1e-5));
    }

    private static int[] words() {
        return new Random(1).ints(STEPS * BATCH, 0, 6).toArray();
    }

    private static CompiledModel load(String statements, ProgramKind kind, int lanes) {
        var checked = FrontEnd.check(new SourceText("test.rnn", "model Test { " + statements + " }"));
        assertThat(checked.render()).isEmpty();
        return Compiler.load(
                checked.model().orElseThrow(), new CompileOptions(Set.of(kind), STEPS, BATCH, List.of(lanes), ""));
    }

    private static double[] run(String precision, int lanes) {
        CompiledModel compiled = load(
                "precision " + precision + "  input words : token(6) sequence  layer x = embed(words, 4)  "
                        + "layer e = bidirectional(gru(x, 3))  output z = dense(concat(x, last(e)), 5)",
                ProgramKind.SEQUENCE,
                lanes);
        Parameters parameters = new Parameters(compiled.spec());
        Initialization.fill(parameters, 1);
        try (Program program = compiled.newProgram(ProgramKind.SEQUENCE, parameters)) {
            Ports.write(program, Ports.port(program, "words"), words(), STEPS);
            program.run(STEPS);
            return Ports.read(program, Ports.port(program, "z"), STEPS);
        }
    }
}
