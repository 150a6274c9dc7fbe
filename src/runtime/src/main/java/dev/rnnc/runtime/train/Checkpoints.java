package dev.rnnc.runtime.train;

import dev.rnnc.runtime.AtomicFile;
import dev.rnnc.runtime.weights.ChecksummedFile;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.TensorFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder with the last two checkpoints of a training. Each is a safetensors file of its own, written beside the others,
 * forced to the disk and only then named {@code checkpoint-NUMBER.safetensors}; an older one is deleted when two newer are
 * complete. So whatever happens while one is written, the one before is whole. A checksum over every byte shows damage, and
 * a damaged one gives way to the one before.
 */
public final class Checkpoints {
    private static final Pattern FILE = Pattern.compile("checkpoint-(\\d+)\\.safetensors");
    private static final int KEPT = 2;

    private final Path folder;
    private final int every;
    private final Writer writer;
    /** Those found damaged; they go when the next one is complete, and never push a whole one out. */
    private final List<Path> damaged = new ArrayList<>();

    /** Writes a file atomically, as {@link ChecksummedFile#write} does. */
    @FunctionalInterface
    interface Writer {
        void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException;
    }

    /** @param number from the file's name */
    private record Numbered(long number, Path file) {}

    /**
     * Checkpoints in a folder, which is made when the first is written.
     *
     * @param every windows from one checkpoint to the next within an epoch, besides that at its end; 0 for none
     */
    public Checkpoints(Path folder, int every) {
        this(folder, every, ChecksummedFile::write);
    }

    Checkpoints(Path folder, int every, Writer writer) {
        if (every < 0) {
            throw new IllegalArgumentException("checkpoints come every 1 or more windows, not " + every);
        }
        this.folder = folder;
        this.every = every;
        this.writer = writer;
    }

    int every() {
        return every;
    }

    /**
     * The newest checkpoint that is whole.
     *
     * @param warnings hears of each newer one that is not, why, and whether there is one before it
     * @return empty if there is none at all
     * @throws IOException if the folder cannot be read
     * @throws CheckpointException if there are checkpoints, and all of them are damaged
     */
    public Optional<Checkpoint> latest(Consumer<String> warnings) throws IOException {
        List<Numbered> files = files();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i).file();
            try {
                return Optional.of(read(file));
            } catch (IOException e) {
                damaged.add(file);
                warnings.accept("checkpoint " + file + " is damaged (" + reason(e) + "); "
                        + (i + 1 < files.size() ? "taking the one before" : "there is none before it"));
            }
        }
        if (!files.isEmpty()) {
            throw new CheckpointException(
                    "no checkpoint in " + folder + " is whole; start the training anew, without going on from it");
        }
        return Optional.empty();
    }

    private static Checkpoint read(Path file) throws IOException {
        TensorFile content = ChecksummedFile.read(file);
        return new Checkpoint(file.toString(), content.metadata(), content.tensors());
    }

    /**
     * Writes the next checkpoint and deletes those that are older than the one before.
     *
     * @throws CheckpointException if it cannot be written; all older ones are as they were
     */
    void write(Checkpoint checkpoint) {
        Path file = folder;
        try {
            Files.createDirectories(folder);
            AtomicFile.deleteAbandoned(folder);
            List<Numbered> older = new ArrayList<>(files());
            long number = older.isEmpty() ? 1 : older.getFirst().number() + 1;
            older.removeIf(numbered -> damaged.contains(numbered.file()));
            file = folder.resolve(String.format(Locale.ROOT, "checkpoint-%06d.safetensors", number));
            writer.write(file, checkpoint.tensors(), checkpoint.values());
            forceFolder();
            for (int i = KEPT - 1; i < older.size(); i++) {
                Files.deleteIfExists(older.get(i).file());
            }
            for (Path useless : damaged) {
                Files.deleteIfExists(useless);
            }
            damaged.clear();
        } catch (IOException e) {
            throw new CheckpointException(
                    "cannot write checkpoint " + file + ": " + reason(e) + kept() + "; make room or mend the folder",
                    e);
        }
    }

    private String kept() {
        try {
            List<Numbered> files = files();
            return files.isEmpty()
                    ? "; there is no older one"
                    : "; the last one is " + files.getFirst().file();
        } catch (IOException e) {
            return "";
        }
    }

    /** All checkpoints, the newest first. */
    private List<Numbered> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Numbered> files = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            entries.forEach(path -> {
                Matcher name = FILE.matcher(path.getFileName().toString());
                if (name.matches()) {
                    files.add(new Numbered(Long.parseLong(name.group(1)), path));
                }
            });
        }
        files.sort(Comparator.comparingLong(Numbered::number).reversed());
        return files;
    }

    /** A file's new name is safe from a loss of power only when its folder is on the disk too; not all systems can. */
    private void forceFolder() {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows cannot open folders, and names files safely without.
        }
    }

    private static String reason(IOException e) {
        boolean reasoned = e instanceof FileSystemException system && system.getReason() != null;
        return reasoned
                ? ((FileSystemException) e).getReason()
                : e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
