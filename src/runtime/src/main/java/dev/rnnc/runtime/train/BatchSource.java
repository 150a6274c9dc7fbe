package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Program;

/**
 * The data of an epoch as windows: a window is what one run of a program takes, at most its batch of rows and its
 * number of time steps.
 */
public interface BatchSource {
    /**
     * An epoch of training begins; a source may put other examples together in each. It must depend on the number alone,
     * so that an epoch can be entered without those before.
     *
     * @param epoch counted from 1
     */
    default void startEpoch(int epoch) {}

    /** Number of windows in an epoch, at least 1; the same in every epoch. */
    int windows();

    /**
     * Writes a window's inputs and targets into the program's ports. Windows are asked for in any order, also before
     * training, to tell data apart; where windows or batches are cut, the program is a buffer that only has these ports.
     *
     * @param window from 0 to {@link #windows} - 1
     * @return the window's number of time steps, from 1 to the program's; the last window may have fewer than the
     *     others
     */
    int load(int window, Program program);

    /** Whether the states must be zero before this window, because it does not go on where the one before ended. */
    boolean startsSequence(int window);

    /**
     * Number of targets in a window: its share in the progress. The loss of several windows is put together by what their
     * programs say; where these cannot, by this number.
     */
    long elements(int window);

    /**
     * How many sequences of a window, the first ones, were in the window before: it was filled up with them. In training
     * they count again, in the validation loss they do not.
     */
    default int repeated(int window) {
        return 0;
    }

    /** Number of targets in all windows. */
    default long elements() {
        long elements = 0;
        for (int window = 0; window < windows(); window++) {
            elements += elements(window);
        }
        return elements;
    }
}
