package dev.rnnc.bench.workload;

/** The models of tokens whose training is measured. The embedding has as many features as a layer has units. */
public enum NamedModel {
    /** Characters, 65 symbols, two LSTM layers of 128, 32 sequences of 64 steps. */
    CHARLM_128(Workload.training(Cell.LSTM, 2, 65, 128, 32, 64)),
    /** Characters, 65 symbols, two LSTM layers of 256, 32 sequences of 64 steps. */
    CHARLM_256(Workload.training(Cell.LSTM, 2, 65, 256, 32, 64)),
    /** Words, 10,000 of them, two LSTM layers of 200, 20 sequences of 20 steps: "small" of Zaremba et al. 2014. */
    PTB_SMALL(Workload.training(Cell.LSTM, 2, 10_000, 200, 20, 20)),
    /** 32 symbols, an LSTM of 16, 8 sequences of 32 steps. */
    LSTM_16(Workload.training(Cell.LSTM, 1, 32, 16, 8, 32)),
    /** 64 symbols, an LSTM of 64, 16 sequences of 32 steps. */
    LSTM_64(Workload.training(Cell.LSTM, 1, 64, 64, 16, 32)),
    /** 64 symbols, two LSTM layers of 64, 16 sequences of 64 steps. */
    LSTM_2X64(Workload.training(Cell.LSTM, 2, 64, 64, 16, 64)),
    /** 32 symbols, a GRU of 16, 8 sequences of 32 steps. */
    GRU_16(Workload.training(Cell.GRU, 1, 32, 16, 8, 32)),
    /** 64 symbols, a GRU of 64, 16 sequences of 32 steps. */
    GRU_64(Workload.training(Cell.GRU, 1, 64, 64, 16, 32)),
    /** 64 symbols, two GRU layers of 64, 16 sequences of 64 steps. */
    GRU_2X64(Workload.training(Cell.GRU, 2, 64, 64, 16, 64));

    private final Workload workload;

    NamedModel(Workload workload) {
        this.workload = workload;
    }

    /** A step of its training. */
    public Workload workload() {
        return workload;
    }
}
