package dev.rnnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void manyThreadsSaveTheSameFileAndReadersSeeItWhole() throws Exception {
        Path file = folder.resolve("same.txt");
        AtomicFile.write(file, "0".repeat(100_000));
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                String text = Integer.toString(thread).repeat(100_000);
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 20; i++) {
                        AtomicFile.write(file, text);
                        assertThat(Files.readString(file)).hasSize(100_000).matches("(.)\\1*");
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(names()).containsExactly("same.txt");
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("kept.txt");
        AtomicFile.write(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    AtomicFile.writeFully(channel, ByteBuffer.wrap(new byte[100]));
                    throw new IOException("No space left on device");
                }))
                .hasMessage("No space left on device");
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("kept.txt");
    }

    @Test
    void aPipeIsWrittenToAndStaysAPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "needs mkfifo");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", pipe.toString())
                        .start()
                        .waitFor())
                .isZero();
        try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
            Future<String> read = reader.submit(() -> Files.readString(pipe));
            AtomicFile.write(pipe, "through the pipe");
            assertThat(read.get()).isEqualTo("through the pipe");
        }
        assertThat(Files.isRegularFile(pipe)).isFalse();
        assertThat(names()).containsExactly("pipe");
    }

    @Test
    void aDeviceIsWrittenToAndAFullOneIsAnError() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "needs /dev/full");
        AtomicFile.write(Path.of("/dev/null"), "gone");
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
        assertThatThrownBy(() -> AtomicFile.write(Path.of("/dev/full"), "too much"))
                .isInstanceOf(IOException.class);
        assertThat(Files.isRegularFile(Path.of("/dev/full"))).isFalse();
    }

    @Test
    void theFileThatALinkLeadsToIsReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("file.txt"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.txt"), file);
        AtomicFile.write(link, "new");
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    @Test
    void aNameMayBeAsLongAsTheDiskAllows() throws IOException {
        Path file = folder.resolve("n".repeat(255));
        AtomicFile.write(file, "text");
        assertThat(file).hasContent("text");
    }

    @Test
    void whatKilledProcessesLeftIsDeletedAndNothingElse() throws Exception {
        Process ended = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--version")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        ended.waitFor();
        String own = ".rnnc." + ProcessHandle.current().pid() + "-0123abcd-7.tmp";
        Files.createFile(folder.resolve(".rnnc." + ended.pid() + "-0123abcd-0.tmp"));
        Files.createFile(folder.resolve(own));
        Files.createFile(folder.resolve("users.tmp"));
        AtomicFile.deleteAbandoned(folder);
        assertThat(names()).containsExactly(own, "users.tmp");
    }
}
