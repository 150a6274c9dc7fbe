package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import org.junit.jupiter.api.Test;

/** The step before: the known one in training, the model's own when it generates. */
class PreviousTest {
    private static final int STEPS = 7;

    private static Model model(String statements) {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", "model Test { " + statements + " }"));
        assertThat(checked.render()).isEmpty();
        return checked.model().orElseThrow();
    }

    @Test
    void theTargetStandsOneStepLaterBehindAStart() {
        Model model = model("precision double  target words : token(4) sequence  target v : real[2] sequence "
                + "output w = one_hot(previous(words, start: 3))  output y = previous(v)  "
                + "output z = previous(v) + previous(v)  loss mse(y, v) + crossentropy(w, words)");
        assertThat(model.feedback()).containsExactly(new Model.Feedback("words", 3), new Model.Feedback("v", 0));
        GenericEngine engine = new GenericEngine(BuildGraph.build(model), 3, 1);
        engine.bindTokens("words", new int[] {1, 0, 2});
        engine.bind("v", new double[] {1, 2, 3, 4, 5, 6});
        engine.run();
        assertThat(engine.result(RootKind.OUTPUT, "w")).containsExactly(0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0);
        assertThat(engine.result(RootKind.OUTPUT, "y")).containsExactly(0, 0, 1, 2, 3, 4);
    }

    @Test
    void generatingStepByStepAgreesWithTheSequenceProgramOnWhatWasGenerated() {
        Model model = model("precision double  target words : token(5) sequence "
                + "layer h = gru(embed(previous(words, start: 2), 6), 8)  output logits = dense(h, 5) * 3 "
                + "loss crossentropy(logits, words)");
        assertThat(model.generatesStepwise()).isTrue();
        CompiledModel compiled = Compiler.load(
                model, CompileOptions.of(ProgramKind.STEP, ProgramKind.SEQUENCE).sized(STEPS, 1));
        Parameters parameters = new Parameters(compiled.spec());
        Initialization.fill(parameters, 1);
        double[] expected = new double[5 * STEPS];
        int[] words = new int[STEPS];
        try (Program step = compiled.newProgram(ProgramKind.STEP, parameters)) {
            PortSpec given = Ports.port(step, "words");
            assertThat(given.role()).isEqualTo(Role.INPUT);
            int last = 2;
            for (int t = 0; t < STEPS; t++) {
                Ports.write(step, given, new int[] {last}, 1);
                step.run(1);
                double[] logits = Ports.read(step, Ports.port(step, "logits"), 1);
                System.arraycopy(logits, 0, expected, 5 * t, 5);
                last = largest(logits);
                words[t] = last;
            }
        }
        try (Program whole = compiled.newProgram(ProgramKind.SEQUENCE, parameters)) {
            Ports.write(whole, Ports.port(whole, "words"), words, STEPS);
            whole.run(STEPS);
            assertThat(Ports.read(whole, Ports.port(whole, "logits"), STEPS)).containsExactly(expected, within(1e-12));
        }
    }

    private static int largest(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }
}
