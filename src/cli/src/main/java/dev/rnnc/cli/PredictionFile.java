package dev.rnnc.cli;

import dev.rnnc.runtime.metrics.Outcomes;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.spec.Rows;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Answers beside their targets as CSV (RFC 4180), one line for each token or number: target, example, step, feature, truth,
 * answer, and for a token the probability of the answer.
 */
final class PredictionFile implements AutoCloseable {
    private static final String HEADER = "target,example,step,feature,truth,answer,probability";

    private final Path file;
    private final Optional<TextSymbols> vocabulary;
    private final BufferedWriter writer;

    /** Opens the file, replacing one that exists. */
    PredictionFile(Path file, Optional<TextSymbols> vocabulary) {
        this.file = file;
        this.vocabulary = vocabulary;
        if (Files.isDirectory(file)) {
            throw CommandFailure.job("--predictions '" + file + "' is a folder; name a file");
        }
        try {
            writer = Files.newBufferedWriter(file);
            writer.write(HEADER + "\r\n");
        } catch (IOException e) {
            throw InputFile.failure("cannot write", file, e);
        }
    }

    /**
     * Writes a batch.
     *
     * @param example the number of its first sequence
     * @param firstStep the number of its first time step
     */
    void write(TargetPair pair, Outcomes outcomes, int example, int firstStep) {
        boolean sequence = pair.target().rows() == Rows.SEQUENCE;
        outcomes.forEachRow((step, b, row) -> {
            String start = "%s,%d,%s,".formatted(pair.target().name(), example + b, sequence ? firstStep + step : "");
            switch (outcomes.task()) {
                case CLASSES -> {
                    int answer = outcomes.answer(row);
                    double probability = Math.exp(outcomes.logProbability(row, answer));
                    line(start + "," + symbol(outcomes.token(row)) + "," + symbol(answer) + ","
                            + String.format(Locale.ROOT, "%.6f", probability));
                }
                case BINARY, REALS -> {
                    for (int i = 0; i < outcomes.width(); i++) {
                        int at = row * outcomes.width() + i;
                        line(start + i + "," + (float) outcomes.targets()[at] + "," + (float) outcomes.outputs()[at]
                                + ",");
                    }
                }
            }
        });
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw InputFile.failure("cannot write", file, e);
        }
    }

    private void line(String text) {
        try {
            writer.write(text + "\r\n");
        } catch (IOException e) {
            throw InputFile.failure("cannot write", file, e);
        }
    }

    /** The symbol of a token, in quotes where CSV asks for them; its number where there is no symbol. */
    private String symbol(int token) {
        if (vocabulary.isEmpty() || token >= vocabulary.get().size()) {
            return Integer.toString(token);
        }
        String symbol = vocabulary.get().text(token);
        return symbol.matches("[\",\\s]") ? '"' + symbol.replace("\"", "\"\"") + '"' : symbol;
    }
}
