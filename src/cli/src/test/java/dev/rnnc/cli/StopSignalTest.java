package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rnnc.runtime.AtomicFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopSignalTest {
    @TempDir
    Path folder;

    /** A job in a JVM of its own, which writes a file; it ends where it is asked to if its second argument says so. */
    static final class Job {
        private Job() {}

        public static void main(String[] arguments) throws Exception {
            CountDownLatch asked = new CountDownLatch(1);
            try (StopSignal _ = StopSignal.listen(() -> {
                System.out.println("asked");
                asked.countDown();
            })) {
                AtomicFile.write(Path.of(arguments[0]), channel -> {
                    AtomicFile.writeFully(channel, ByteBuffer.wrap(new byte[] {1}));
                    System.out.println("ready");
                    await(arguments[1].equals("willing") ? asked : new CountDownLatch(1));
                });
            }
            System.exit(ExitCode.INTERRUPTED);
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A shell's background jobs, and all they start, ignore Ctrl-C. */
    @BeforeEach
    void requireASignalThatIsHeard() throws IOException {
        Path status = Path.of("/proc/self/status");
        assumeTrue(Files.exists(status) && Files.isExecutable(Path.of("/bin/kill")), "needs /proc and /bin/kill");
        long ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .findFirst()
                .orElseThrow();
        assumeTrue((ignored & 2) == 0, "needs to be started with SIGINT not ignored");
    }

    private Process start(String kind) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Job.class.getName(),
                        folder.resolve("file").toString(),
                        kind)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void pressCtrlC(Process process) {
        try {
            new ProcessBuilder("/bin/kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFirstCtrlCLetsTheJobSaveWhatItHas() throws Exception {
        Process job = start("willing");
        try (BufferedReader out = job.inputReader()) {
            assertThat(out.readLine()).isEqualTo("ready");
            pressCtrlC(job);
            assertThat(out.readLine()).isEqualTo("asked");
            assertThat(job.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
        }
        assertThat(folder.toFile().list()).containsExactly("file");
    }

    @Test
    void aSecondCtrlCEndsAtOnceAndLeavesNoHalfFile() throws Exception {
        Process job = start("stubborn");
        try (BufferedReader out = job.inputReader()) {
            assertThat(out.readLine()).isEqualTo("ready");
            pressCtrlC(job);
            assertThat(out.readLine()).isEqualTo("asked");
            pressCtrlC(job);
            assertThat(job.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
        }
        assertThat(folder).isEmptyDirectory();
    }
}
