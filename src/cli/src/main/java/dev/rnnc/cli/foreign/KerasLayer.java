package dev.rnnc.cli.foreign;

import java.util.List;

/**
 * One layer with weights of its own, as the configuration of a Keras model states it; of a bidirectional layer one of its
 * directions, of a layer over several cells one of these.
 *
 * @param path its name behind those of the layers it is within, from the top of the model on
 * @param type its class, as in {@code LSTM}; of a cell in a layer the layer's, not {@code LSTMCell}
 * @param settings what the configuration states for it
 * @param flow the settings on how it goes along a sequence: its own, or those of the layer around its cells
 * @param direction which half of a bidirectional layer it is
 * @param merge how a bidirectional layer merges its halves; empty for none
 * @param group where Keras 3 puts its variables, as in {@code layers/lstm/cell}
 */
record KerasLayer(
        List<String> path,
        String type,
        JsonMembers settings,
        JsonMembers flow,
        Direction direction,
        String merge,
        String group) {
    KerasLayer {
        path = List.copyOf(path);
    }

    /** What part of a bidirectional layer a layer is. */
    enum Direction {
        /** None: the layer stands alone. */
        ALONE,
        /** The half that runs forward. */
        FORWARD,
        /** The half that runs backward. */
        BACKWARD
    }

    /** The layer's name, that of the outermost layer that it is all of. */
    String name() {
        return path.getFirst();
    }

    /** The path as a text. */
    String shown() {
        return String.join("/", path);
    }

    /** Whether it has a state. */
    boolean recurs() {
        return type.equals("LSTM") || type.equals("GRU") || type.equals("SimpleRNN");
    }
}
