package dev.rnnc.runtime.session;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.IncompatibleModelException;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoadedModelTest {
    private static final ClassLoader LOADER = LoadedModelTest.class.getClassLoader();

    /** A class as a later version of the compiler would make it. */
    public static final class FromTheFuture implements CompiledModel {
        @Override
        public ModelSpec spec() {
            return new ModelSpec("Future", "00", ABI + 1, Precision.FLOAT, List.of(), 16, List.of(), null);
        }

        @Override
        public Set<ProgramKind> programs() {
            return Set.of();
        }

        @Override
        public Program newProgram(ProgramKind kind, Parameters parameters) {
            throw new IllegalArgumentException();
        }
    }

    /** A class that needs what the runtime had in another version. */
    public static final class FromThePast implements CompiledModel {
        private static final ModelSpec SPEC = spec("Past");

        private static ModelSpec spec(String name) {
            throw new NoSuchMethodError("ModelSpec.<init>(" + name + ")");
        }

        @Override
        public ModelSpec spec() {
            return SPEC;
        }

        @Override
        public Set<ProgramKind> programs() {
            return Set.of();
        }

        @Override
        public Program newProgram(ProgramKind kind, Parameters parameters) {
            throw new IllegalArgumentException();
        }
    }

    @Test
    void aClassOfAnUnknownAbiIsRefused() {
        assertThatThrownBy(() -> LoadedModel.of(LOADER, FromTheFuture.class.getName()))
                .isInstanceOf(IncompatibleModelException.class)
                .hasMessage("model Future was compiled for ABI %d of rnnc's runtime, and this runtime has ABI %d: "
                                .formatted(CompiledModel.ABI + 1, CompiledModel.ABI)
                        + "compile the model again, or run it with the runtime of its compiler");
        assertThatThrownBy(() -> new Parameters(new FromTheFuture().spec()))
                .isInstanceOf(IncompatibleModelException.class);
    }

    @Test
    void aClassThatNeedsAnotherRuntimeIsRefused() {
        assertThatThrownBy(() -> LoadedModel.of(LOADER, FromThePast.class.getName()))
                .isInstanceOf(IncompatibleModelException.class)
                .hasMessageContaining("FromThePast was compiled for another version")
                .hasMessageContaining("compile its model again");
    }

    @Test
    void whatIsNoModelIsRefused() {
        assertThatThrownBy(() -> LoadedModel.of(LOADER, String.class.getName()))
                .hasMessage("class java.lang.String is no model that rnnc compiled");
        assertThatThrownBy(() -> LoadedModel.of(LOADER, "no.such.Model")).isInstanceOf(ClassNotFoundException.class);
    }
}
