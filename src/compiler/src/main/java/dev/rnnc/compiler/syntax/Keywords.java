package dev.rnnc.compiler.syntax;

import java.util.List;

/** The words of the language, for tools that show or lay out text. The grammar says where each may stand. */
public final class Keywords {
    /** The words that begin a definition or a statement, and those that have a meaning in one place only. */
    public static final List<String> WORDS = List.of(
            "activation",
            "cell",
            "const",
            "from",
            "function",
            "import",
            "input",
            "layer",
            "loss",
            "model",
            "output",
            "param",
            "precision",
            "sequence",
            "state",
            "target",
            "train",
            "weights");

    /** The words that begin a setting in {@code train { ... }}. */
    public static final List<String> SETTINGS = List.of(
            "steps",
            "batch",
            "optimizer",
            "clip",
            "epochs",
            "seed",
            "stateful",
            "unroll",
            "truncate",
            "schedule",
            "patience",
            "threads",
            "accumulate",
            "l1");

    private Keywords() {}
}
