package dev.rnnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PortsTest {
    @ParameterizedTest
    @EnumSource(Precision.class)
    void giveBackWhatWasWritten(Precision precision) {
        try (Program program = program(precision)) {
            Ports.write(program, LinearModel.X, new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 2);
            assertThat(Ports.read(program, LinearModel.X, 2)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
            assertThat(Ports.read(program, LinearModel.X, 1)).containsExactly(1, 2, 3, 4);
            Ports.write(program, LinearModel.X, new float[] {9, 8, 7, 6}, 1);
            assertThat(Ports.read(program, LinearModel.X, 2)).containsExactly(9, 8, 7, 6, 5, 6, 7, 8);
            Ports.write(program, LinearModel.COUNT, new double[] {3, 4}, 1);
            assertThat(Ports.read(program, LinearModel.COUNT, 3)).containsExactly(3, 4);
        }
    }

    @Test
    void padRowsToWholeLines() {
        try (Program program = program(Precision.FLOAT)) {
            Ports.write(program, LinearModel.X, new float[] {1, 2, 3, 4}, 1);
            assertThat(program.segment("x").getAtIndex(ValueLayout.JAVA_FLOAT, 16))
                    .isEqualTo(3);
            assertThat(program.segment("x").getAtIndex(ValueLayout.JAVA_FLOAT, 2))
                    .isZero();
        }
    }

    @Test
    void writeTokensUnpadded() {
        try (Program program = program(Precision.FLOAT)) {
            Ports.write(program, LinearModel.TOKENS, new int[] {0, 4, 2, 1}, 2);
            assertThat(program.segment("tokens").getAtIndex(ValueLayout.JAVA_INT, 1))
                    .isEqualTo(4);
            assertThat(Ports.read(program, LinearModel.TOKENS, 2)).containsExactly(0, 4, 2, 1);
        }
    }

    @Test
    void refuseTokensBeyondTheVocabulary() {
        try (Program program = program(Precision.FLOAT)) {
            assertThatThrownBy(() -> Ports.write(program, LinearModel.TOKENS, new int[] {0, 5}, 1))
                    .hasMessage("element 1 for port 'tokens' is 5, but its tokens go from 0 to 4");
            assertThatThrownBy(() -> Ports.write(program, LinearModel.TOKENS, new int[] {-1, 0}, 1))
                    .hasMessageContaining("element 0")
                    .hasMessageContaining("is -1");
        }
    }

    @Test
    void refuseAWrongLengthKindNameOrNumberOfSteps() {
        try (Program program = program(Precision.FLOAT)) {
            assertThatThrownBy(() -> Ports.write(program, LinearModel.X, new float[3], 1))
                    .hasMessage("port 'x' takes 1 x 2 x 2 = 4 values for 1 time steps, but 3 were given");
            assertThatThrownBy(() -> Ports.write(program, LinearModel.X, new int[4], 1))
                    .hasMessage("port 'x' takes real numbers, not tokens");
            assertThatThrownBy(() -> Ports.write(program, LinearModel.TOKENS, new float[2], 1))
                    .hasMessage("port 'tokens' takes tokens, not real numbers");
            assertThatThrownBy(() -> Ports.read(program, LinearModel.X, 4))
                    .hasMessage("program TRAINING takes 1 to 3 time steps, not 4");
            assertThatThrownBy(() -> Ports.port(program, "z")).hasMessageContaining("has no port 'z'");
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void readGradientsOfParametersAndInputs(Precision precision) {
        try (Program program = program(precision)) {
            program.parameters().set("l.weight", new double[] {2, 4});
            program.refresh();
            Ports.write(program, LinearModel.X, new double[] {1, 1, 1, 0}, 1);
            Ports.write(program, LinearModel.TARGET, new double[] {5, 2}, 1);
            program.run(1);
            assertThat(program.loss()).isEqualTo(0.5);
            assertThat(Ports.gradient(program, "l.weight")).containsExactly(1, 1);
            assertThat(Ports.gradient(program, "l.bias")).containsExactly(1);
            assertThat(Ports.gradient(program, "grad.x", 1)).containsExactly(2, 4, 0, 0);
            assertThatThrownBy(() -> Ports.gradient(program, "l.wait")).hasMessageContaining("no parameter 'l.wait'");
        }
    }

    private static Program program(Precision precision) {
        LinearModel model = new LinearModel(precision, 3, 2, null);
        return model.newProgram(ProgramKind.TRAINING, new Parameters(model.spec()));
    }
}
