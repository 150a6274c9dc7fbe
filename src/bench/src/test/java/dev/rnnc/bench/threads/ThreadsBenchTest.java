package dev.rnnc.bench.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ThreadsBenchTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void measuresEachNumberOfThreadsAndComparesTheirBits() throws Exception {
        int code = run(
                "--threads",
                "1,2,4,0",
                "--units",
                "8",
                "--batch",
                "8",
                "--steps",
                "5",
                "--windows",
                "3",
                "--validation",
                "2",
                "--rounds",
                "1",
                "--warm-rounds",
                "0");

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("training-2x-lstm-8-v96-b8-t5-adam")
                .contains("1 threads ")
                .contains("4 threads ")
                .contains("batch as a whole ")
                .contains("the same bits for all numbers of threads");
    }

    @Test
    void wrongUsageIsTold() throws Exception {
        assertThat(run("--windows", "1")).isEqualTo(2);
        assertThat(run("--threads", "many")).isEqualTo(2);
        assertThat(err.toString()).contains("--windows must be at least 2", "many");
    }

    private int run(String... arguments) throws Exception {
        return ThreadsBench.run(new PrintStream(out), new PrintStream(err), arguments);
    }
}
