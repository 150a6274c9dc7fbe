package dev.rnnc.cli.data;

/** Where the examples of a part of a table lie. */
sealed interface ExamplePlaces permits ExampleIndex, LaneIndex {
    /** N, the number of examples. */
    int size();

    /** The sequence that an example lies in. */
    int sequence(int example);

    /** The example's first step within its sequence. */
    long offset(int example);

    /** The steps of an example that is a window; 0 where a row of a batch has nothing to read. */
    int steps(int example);

    /** Whether the states must be zero before an example; if not, it goes on where the one before in its row ended. */
    boolean starts(int example);
}
