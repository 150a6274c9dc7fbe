package dev.rnnc.maven;

import java.io.File;
import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Trains a model, as {@code rnnc train} does, and leaves a run folder with its weights. Bound to no phase. */
@Mojo(name = "train", threadSafe = true)
public final class TrainMojo extends CommandGoal {
    /** The tensors to train on, a safetensors file. */
    @Parameter(property = "rnnc.data")
    private File data;

    /** The text to train on. */
    @Parameter(property = "rnnc.text")
    private File text;

    /** Text or tensors for validation; without it a part of the data is held out. */
    @Parameter(property = "rnnc.valid")
    private File valid;

    /** Passes over the data; the model's own by default. */
    @Parameter(property = "rnnc.epochs")
    private Integer epochs;

    /** Seed of the first weights and of dropout; the model's own by default. */
    @Parameter(property = "rnnc.seed")
    private Long seed;

    /** The run folder, new or empty; by default {@code runs/MODEL-DATE-TIME} in the project. */
    @Parameter(property = "rnnc.out")
    private File out;

    @Override
    String command() {
        return "train";
    }

    @Override
    List<String> options() {
        return Stream.of(
                        option("--data", data),
                        option("--text", text),
                        option("--valid", valid),
                        option("--epochs", epochs),
                        option("--seed", seed),
                        option("--out", out))
                .flatMap(words -> words)
                .toList();
    }
}
