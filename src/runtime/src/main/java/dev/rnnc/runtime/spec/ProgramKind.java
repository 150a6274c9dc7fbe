package dev.rnnc.runtime.spec;

/** The programs a compiler can make of one model. */
public enum ProgramKind {
    /** Forward pass with dropout, BPTT, gradients of all parameters. */
    TRAINING,
    /** Forward pass without dropout, outputs and loss. */
    EVALUATION,
    /** Forward pass without targets, outputs only. */
    SEQUENCE,
    /** One time step of one sequence, state carried by the caller's session. */
    STEP,
    /** Forward pass without targets, outputs and named layers. For {@code rnnc run}. */
    OBSERVATION,
    /** Everything without dropout: outputs, layers, loss, gradients of parameters and inputs. For checks and {@code rnnc run}. */
    INSPECTION,
    /** What a generator computes once from the data, before its first step; see {@link dev.rnnc.runtime.generate.Generator}. */
    ENCODING,
    /** One time step of a batch of sequences, each fed with the output of its step before. */
    DECODING,
    /**
     * What the parts of a loss are divided by, from inputs and targets alone; beside a training program whose loss has
     * several parts. See {@link Role#LOSS_TOTAL}.
     */
    COUNTING;

    /** Whether it is one of the two programs of a generator. */
    public boolean generates() {
        return this == ENCODING || this == DECODING;
    }
}
