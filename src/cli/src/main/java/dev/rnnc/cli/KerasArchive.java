package dev.rnnc.cli;

import dev.rnnc.cli.foreign.KerasModel;
import dev.rnnc.cli.foreign.WeightMapException;
import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonException;
import dev.rnnc.runtime.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Reads the archives that Keras 3 saves whole models in: {@code config.json}, {@code metadata.json}, the weights as HDF5. */
final class KerasArchive {
    private static final String CONFIGURATION = "config.json";
    private static final String METADATA = "metadata.json";
    private static final String WEIGHTS = "model.weights.h5";

    /** Weights are all but random; what shrinks to less than this part of itself is no weights. */
    private static final int MOST_COMPRESSED = 20;

    /** What may be unpacked of any archive. */
    private static final long SMALL = 64L << 20;

    private final Path file;

    private KerasArchive(Path file) {
        this.file = file;
    }

    /** Whether a file begins as zip archives do. */
    static boolean is(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() == 'P' && in.read() == 'K';
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The weights of an archive, and what its configuration says.
     *
     * @throws CommandFailure if it is damaged, another program's, or unpacks to more than it can hold
     */
    static WeightsContent read(Path file) {
        return new KerasArchive(file).read();
    }

    private WeightsContent read() {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry weights = zip.getEntry(WEIGHTS);
            if (weights == null || zip.getEntry(CONFIGURATION) == null) {
                throw CommandFailure.job(
                        ("weights file '%s' is a zip archive, as PyTorch's .pt and .pth are, but none of Keras: save the"
                                        + " weights with safetensors.torch.save_file(model.state_dict(), F)")
                                .formatted(file));
            }
            KerasModel model = model(text(zip, CONFIGURATION), version(zip));
            Path unpacked = Files.createTempFile("rnnc", ".h5");
            try {
                unpack(zip, weights, unpacked);
                return Hdf5File.read(unpacked, file.resolve(WEIGHTS), Optional.of(model));
            } finally {
                delete(unpacked);
            }
        } catch (ZipException e) {
            throw CommandFailure.job(
                    ("weights file '%s' is a zip archive, as PyTorch's .pt and .pth and Keras' .keras are, but damaged or"
                                    + " truncated (%s); copy it again, or save the weights with"
                                    + " safetensors.torch.save_file(model.state_dict(), F) or model.save_weights")
                            .formatted(file, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw InputFile.failure("cannot read weights file", file, e);
        }
    }

    /** Some systems keep a file that is mapped; it then goes with the program. */
    private static void delete(Path unpacked) {
        try {
            Files.deleteIfExists(unpacked);
        } catch (IOException e) {
            unpacked.toFile().deleteOnExit();
        }
    }

    private KerasModel model(String json, String version) {
        try {
            return KerasModel.read(json, version);
        } catch (WeightMapException e) {
            throw CommandFailure.job("weights file '%s', %s: %s".formatted(file, CONFIGURATION, e.getMessage()), e);
        }
    }

    private String version(ZipFile zip) throws IOException {
        if (zip.getEntry(METADATA) == null) {
            return "";
        }
        try {
            return Json.parse(text(zip, METADATA)) instanceof JsonValue.Members object
                            && object.members().get("keras_version") instanceof JsonValue.Text version
                    ? version.value()
                    : "";
        } catch (JsonException e) {
            throw CommandFailure.job("weights file '%s', %s: %s".formatted(file, METADATA, e.getMessage()), e);
        }
    }

    private String text(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(Hdf5File.MAX_CONFIGURATION + 1);
            if (bytes.length > Hdf5File.MAX_CONFIGURATION) {
                throw CommandFailure.job(
                        "weights file '%s': its %s unpacks to %s bytes, more than the %s that a model's description may take"
                                .formatted(
                                        file,
                                        name,
                                        entry.getSize() < 0 ? "many" : Numbers.grouped(entry.getSize()),
                                        Numbers.grouped(Hdf5File.MAX_CONFIGURATION)));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private void unpack(ZipFile zip, ZipEntry entry, Path target) throws IOException {
        long most = Math.max(SMALL, MOST_COMPRESSED * Files.size(file));
        long written = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(target)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                written += read;
                if (written > most) {
                    throw CommandFailure.job(
                            "weights file '%s': its %s unpacks to more than %s bytes, which no weights of that size do"
                                    .formatted(file, entry.getName(), Numbers.grouped(most)));
                }
                out.write(buffer, 0, read);
            }
        }
    }
}
