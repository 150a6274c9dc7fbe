package dev.rnnc.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.LinearModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.Precision;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightStreamTest {
    private static final ModelSpec SPEC = new LinearModel(Precision.DOUBLE, 1, 1, null).spec();

    @TempDir
    private Path folder;

    @Test
    void givesWhatTheFileWouldGive() throws IOException {
        byte[] bytes = written();

        Parameters read = WeightStream.load(new ByteArrayInputStream(bytes), SPEC);

        Parameters expected = new Parameters(SPEC);
        Initialization.fill(expected, 3);
        for (var parameter : SPEC.parameters()) {
            assertThat(read.values(parameter.name())).isEqualTo(expected.values(parameter.name()));
        }
    }

    @Test
    void aStreamThatEndsTooEarlyIsRefusedWhereverItEnds() throws IOException {
        byte[] bytes = written();
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> WeightStream.load(new ByteArrayInputStream(part), SPEC))
                    .isInstanceOf(SafeTensorsException.class)
                    .hasMessageStartingWith("the stream of weights: ");
        }
    }

    @Test
    void weightsOfAnotherModelAreRefusedByName() throws IOException {
        Path file = folder.resolve("other.safetensors");
        SafeTensors.write(file, Map.of("other", Tensor.ofFloats(List.of(1), new float[1])), Map.of());

        assertThatThrownBy(() -> WeightStream.load(Files.newInputStream(file), SPEC))
                .isInstanceOf(WeightMismatchException.class)
                .hasMessageContaining("l.weight")
                .hasMessageContaining("other");
    }

    private byte[] written() throws IOException {
        Parameters parameters = new Parameters(SPEC);
        Initialization.fill(parameters, 3);
        Path file = folder.resolve("weights.safetensors");
        WeightFile.save(parameters, file, Map.of());
        return Files.readAllBytes(file);
    }
}
