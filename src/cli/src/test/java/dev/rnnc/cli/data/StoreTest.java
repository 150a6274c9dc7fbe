package dev.rnnc.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
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
}
