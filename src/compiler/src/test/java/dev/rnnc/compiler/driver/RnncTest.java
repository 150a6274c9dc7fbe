package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.runtime.session.LoadedModel;
import dev.rnnc.runtime.session.Session;
import dev.rnnc.runtime.spec.ProgramKind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RnncTest {
    private static final String SUMS = """
            cell adder(x[X]) -> s[X] {
              state s[X]
              param scale[X] ~ constant(2)
              s' = s + scale * x
            }
            model Sums {
              input x : real[2] sequence
              target wanted : real[2] sequence
              output y = adder(x)
              loss mse(y, wanted)
            }
            """;

    @Test
    void aTextBecomesAModelThatRunsByTheNamesOfItsFile() {
        LoadedModel model = Rnnc.load(SUMS).initialize(1);

        try (Session session = model.open(ProgramKind.SEQUENCE)) {
            assertThat(session.set("x", 1f, 10f, 2f, 20f, 3f, 30f).run().floats("y"))
                    .containsExactly(2, 20, 6, 60, 12, 120);
            assertThat(session.get("y.s")).as("the state is carried").containsExactly(12, 120);
            assertThat(session.reset().set("x", 1.0, 1.0).run().get("y")).containsExactly(2, 2);
        }
    }

    @Test
    void stepsGoOnFromTheStateTheyLeft() {
        try (Session session = Rnnc.load(SUMS).initialize(1).open(ProgramKind.STEP)) {
            session.set("x", 1f, 2f).run();
            assertThat(session.run().floats("y")).containsExactly(4, 8);
        }
    }

    @Test
    void optionsChooseProgramsSizesAndBackend() {
        for (BackendKind backend : BackendKind.values()) {
            CompileOptions options =
                    CompileOptions.of(ProgramKind.EVALUATION).sized(2, 3).by(backend);
            try (Session session = Rnnc.load(SUMS, options).initialize(1).open(ProgramKind.EVALUATION)) {
                session.set("x", new float[12]).set("wanted", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
                assertThat(session.run().loss()).isEqualTo(1, Offset.offset(1e-6));
            }
        }
    }

    @Test
    void aFileIsLoadedWithWhatItImports(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("parts.rnn"), "cell twice(x[X]) -> y[X] { y = 2 * x }");
        Path file = Files.writeString(
                folder.resolve("main.rnn"),
                "import \"parts.rnn\"\nmodel Main { input x : real[3]  output y = twice(x) }");

        try (Session session = Rnnc.load(file).open(ProgramKind.SEQUENCE)) {
            assertThat(session.set("x", 1f, 2f, 3f).run().floats("y")).containsExactly(2, 4, 6);
        }
        assertThat(Rnnc.compile(file, CompileOptions.of(ProgramKind.SEQUENCE))).containsKey("Main");
        assertThat(Rnnc.source(file, CompileOptions.of(ProgramKind.SEQUENCE)).get("Main"))
                .contains("public final class Main extends TypedModel");
    }

    @Test
    void aModelWithErrorsIsRefusedWithAllOfThem() {
        assertThatThrownBy(() -> Rnnc.load("model M { input x : real[3]  output y = sigmoyd(x)  output z = q }"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("model.rnn:1:")
                .hasMessageContaining("did you mean 'sigmoid'?")
                .hasMessageContaining("'q'");
    }

    @Test
    void wrongUseOfASessionIsToldWithNamesAndShapes() {
        try (Session session = Rnnc.load(SUMS).open(ProgramKind.SEQUENCE)) {
            assertThatThrownBy(session::run).hasMessageContaining("nothing was given for [x]");
            assertThatThrownBy(() -> session.get("y")).hasMessageContaining("before the first run");
            assertThatThrownBy(() -> session.set("x", 1f, 2f, 3f))
                    .hasMessage("'x' takes [T, 1, 2] with T from 1 to 64, a multiple of 2 values, not 3");
            assertThatThrownBy(() -> session.set("y", 1f)).hasMessage("'y' is no input but an output; inputs: [x]");
            assertThatThrownBy(() -> session.tokens("x", 1)).hasMessageContaining("takes real numbers");
            assertThatThrownBy(() -> session.set("z", 1f)).hasMessageContaining("has no port 'z'");
        }
        assertThatThrownBy(() -> Rnnc.load(SUMS).open(ProgramKind.TRAINING))
                .hasMessageContaining("Sums was compiled without the program TRAINING");
    }
}
