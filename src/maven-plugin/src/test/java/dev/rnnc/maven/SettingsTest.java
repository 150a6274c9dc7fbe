package dev.rnnc.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a user's parameters mean for a model. */
class SettingsTest {
    @Test
    void aModelWithALossGetsInferenceAndTrainingProgramsInItsOwnSizes() {
        CompileOptions options = options(
                Set.of(),
                "input x : real[3] sequence  target y : real[2] sequence  output p = dense(x, 2)  loss mse(p, y)"
                        + "  train { steps 7  batch 5 }");

        assertThat(options.programs())
                .containsExactlyInAnyOrder(
                        ProgramKind.SEQUENCE, ProgramKind.STEP, ProgramKind.TRAINING, ProgramKind.EVALUATION);
        assertThat(options.steps()).isEqualTo(7);
        assertThat(options.batch()).as("left to the compiler").isZero();
    }

    @Test
    void aModelThatReadsItsSequenceFromTheEndGetsNoStepProgram() {
        assertThat(options(Set.of(), "input x : real[3] sequence  output p = backward(gru(x, 2))")
                        .programs())
                .containsExactly(ProgramKind.SEQUENCE);
    }

    @Test
    void programsThatAModelCannotHaveAreLeftOut() {
        assertThat(options(
                                Settings.programs(List.of("sequence", "Training")),
                                "input x : real[3]  output p = dense(x, 2)")
                        .programs())
                .containsExactly(ProgramKind.SEQUENCE);
        assertThatThrownBy(() ->
                        options(Settings.programs(List.of("training")), "input x : real[3]  output p = dense(x, 2)"))
                .isInstanceOf(UserMistake.class)
                .hasMessageContaining("model M can have none of the programs training; it can have sequence");
    }

    @Test
    void wrongNamesAreToldWithTheRightOnes() {
        assertThatThrownBy(() -> Settings.programs(List.of("streaming")))
                .isInstanceOf(UserMistake.class)
                .hasMessageContaining("no program 'streaming'")
                .hasMessageContaining("training, evaluation");
        assertThatThrownBy(() -> Settings.backend("native"))
                .isInstanceOf(UserMistake.class)
                .hasMessageContaining("java (sources) or bytecode");
        assertThatThrownBy(() -> Settings.lanes(List.of(16, 3)))
                .isInstanceOf(UserMistake.class)
                .hasMessageContaining("3 is no lane count");
        assertThat(Settings.lanes(List.of(1, 16))).containsExactly(16, 1);
    }

    private static CompileOptions options(Set<ProgramKind> programs, String body) {
        Settings settings = new Settings(BackendKind.JAVA, "", List.of(1), programs, 0, 0);
        var checked = FrontEnd.check(new SourceText("m.rnn", "model M { " + body + " }"));
        return settings.options(
                checked.model().orElseThrow(() -> new IllegalArgumentException(checked.render())), "com.acme");
    }
}
