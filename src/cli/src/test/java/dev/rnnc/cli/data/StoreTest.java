package dev.rnnc.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    @TempDir
    Path folder;

    @Test
    void fewNumbersNeedNoFolder() {
        Store store = new Store(folder.resolve("none"));
        store.add(3);
        store.add(4);

        MemorySegment numbers = store.finish();

        assertThat(numbers.toArray(ValueLayout.JAVA_INT)).containsExactly(3, 4);
    }

    @Test
    void manyGoToAFileThatIsGoneWhenTheyAreReady() throws IOException {
        int count = Store.IN_MEMORY / Double.BYTES + 70_000;
        Store store = new Store(folder);
        for (int i = 0; i < count; i++) {
            store.add((double) i);
        }

        MemorySegment numbers = store.finish();

        assertThat(numbers.byteSize()).isEqualTo((long) count * Double.BYTES);
        for (int i : new int[] {0, 1, 8191, 8192, count / 2, count - 1}) {
            assertThat(numbers.getAtIndex(ValueLayout.JAVA_DOUBLE, i)).isEqualTo(i);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFolderThatIsNotThereIsToldOf() {
        assertThatThrownBy(() -> Store.allocate(Store.IN_MEMORY + 8L, folder.resolve("none")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("--cache DIR");
    }

    @Test
    void onAFullDiskTheyGoToMemory() {
        assumeTrue(Files.exists(Path.of("/dev/full")), "needs /dev/full");
        Store.Disk full =
                _ -> FileChannel.open(Path.of("/dev/full"), StandardOpenOption.READ, StandardOpenOption.WRITE);
        assertHoldsAll(new Store(folder, full));
        assertThat(Store.allocate(Store.IN_MEMORY + 8L, folder, full).byteSize())
                .isEqualTo(Store.IN_MEMORY + 8L);
    }

    @Test
    void aDiskThatFillsUpLosesNothing() {
        Path file = folder.resolve("numbers");
        Store store = new Store(
                folder,
                _ -> new FillingChannel(
                        FileChannel.open(
                                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                        Store.IN_MEMORY + 100_001));
        assertHoldsAll(store);
    }

    private static void assertHoldsAll(Store store) {
        int count = 3 * Store.IN_MEMORY / Double.BYTES;
        for (int i = 0; i < count; i++) {
            store.add((double) i);
        }
        double[] expected = IntStream.range(0, count).asDoubleStream().toArray();
        assertThat(store.finish().toArray(ValueLayout.JAVA_DOUBLE)).isEqualTo(expected);
    }
}
