package dev.rnnc.bench.workload;

/** The cells that are measured, by their names in the library. */
public enum Cell {
    /** Long short-term memory. */
    LSTM("lstm"),
    /** Gated recurrent unit. */
    GRU("gru"),
    /** Elman network. */
    RNN("rnn"),
    /** LSTM whose gates see the cell. */
    PEEPHOLE("lstm_peephole"),
    /** LSTM with layer normalisation. */
    LAYERNORM("lstm_layernorm"),
    /** Minimal gated unit. */
    MINIMAL("mgu");

    private final String call;

    Cell(String call) {
        this.call = call;
    }

    /** The cell's name in a model file. */
    public String call() {
        return call;
    }
}
