package dev.rnnc.cli;

import dev.rnnc.runtime.metrics.Outcomes;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Answers beside their targets as CSV (RFC 4180), one line for each token or number: target, example, step, feature, truth,
 * answer, for a token the probability of the answer, and the row of the file that holds the target.
 */
final class PredictionFile implements AutoCloseable {
    private static final String HEADER = "target,example,step,feature,truth,answer,probability";

    private final Path file;
    private final AnswerWords words;
    private final BufferedWriter writer;

    /** Opens the file, replacing one that exists. */
    PredictionFile(Path file, AnswerWords words) {
        this.file = file;
        this.words = words;
        if (Files.isDirectory(file)) {
            throw CommandFailure.job("--predictions '" + file + "' is a folder; name a file");
        }
        try {
            writer = Files.newBufferedWriter(file);
            writer.write(HEADER + (words.rows() ? ",row" : "") + "\r\n");
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
            PortSpec target = pair.target();
            String start =
                    "%s,%d,%s,".formatted(target.name(), words.example(example + b), sequence ? firstStep + step : "");
            String of = words.rows() ? "," + words.row(target, example + b, step) : "";
            switch (outcomes.task()) {
                case CLASSES -> {
                    int answer = outcomes.answer(row);
                    double probability = Math.exp(outcomes.logProbability(row, answer));
                    line(start + "," + symbol(target, outcomes.token(row)) + "," + symbol(target, answer) + ","
                            + String.format(Locale.ROOT, "%.6f", probability) + of);
                }
                case BINARY, REALS -> {
                    for (int i = 0; i < outcomes.width(); i++) {
                        int at = row * outcomes.width() + i;
                        line(start + i + "," + (float) words.number(target, i, outcomes.targets()[at]) + ","
                                + (float) words.number(target, i, outcomes.outputs()[at]) + "," + of);
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
    private String symbol(PortSpec target, int token) {
        String symbol = words.symbol(target, token);
        boolean quoted = symbol.isBlank() || symbol.chars().anyMatch(c -> "\",\r\n".indexOf(c) >= 0);
        return quoted ? '"' + symbol.replace("\"", "\"\"") + '"' : symbol;
    }
}
