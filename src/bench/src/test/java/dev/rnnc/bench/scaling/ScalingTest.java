package dev.rnnc.bench.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScalingTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void writesALineForEachPointAndAChartForEachAxis() throws IOException {
        Path csv = folder.resolve("s.csv");

        int code = run(
                "--axes",
                "layers,steps",
                "--largest",
                "2",
                "--cell",
                "minimal",
                "--csv",
                csv.toString(),
                "--charts",
                folder.toString(),
                "--blocks",
                "1",
                "--block-seconds",
                "0",
                "--warm-seconds",
                "0");

        assertThat(code).as(err.toString()).isZero();
        List<String> lines = Files.readAllLines(csv);
        assertThat(lines).hasSize(9);
        assertThat(lines.getFirst()).startsWith("axis,value,workload").contains("measured_bytes");
        assertThat(lines.get(2)).startsWith("layers,2,sequence-2x-minimal-64-b8-t32,");
        assertThat(folder.resolve("scaling-layers.png")).exists();
        assertThat(folder.resolve("scaling-steps.png")).exists();
    }

    @Test
    void wrongUsageIsTold() throws IOException {
        assertThat(run("--axes", "depth")).isEqualTo(2);
        assertThat(run("--cell", "abacus")).isEqualTo(2);
        assertThat(err.toString()).contains("--axes depth: give some of [hidden", "--cell abacus");
    }

    private int run(String... arguments) throws IOException {
        return Scaling.run(new PrintStream(out), new PrintStream(err), arguments);
    }
}
