package dev.rnnc.cli.foreign;

/**
 * What was found when a file's configuration was compared with a model.
 *
 * @param error whether the model computes something else than the file states; else it may be so
 * @param message names layer, setting and remedy
 */
public record KerasFinding(boolean error, String message) {
    static KerasFinding error(String message) {
        return new KerasFinding(true, message);
    }

    static KerasFinding warning(String message) {
        return new KerasFinding(false, message);
    }
}
