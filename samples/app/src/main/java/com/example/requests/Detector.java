package com.example.requests;

import dev.rnnc.runtime.generate.Scores;
import dev.rnnc.runtime.session.StateSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Follows many clients at once, and says of each line how unusual its client has become. One session of the model serves
 * them all: the state of a client is kept aside while others have their turn. A detector belongs to one thread.
 */
public final class Detector implements AutoCloseable {
    /** A client whose score is above this is unusual. {@link Train} prints what it should be. */
    public static final double THRESHOLD = 2.9;

    /** Clients that are remembered; the one that was silent longest is forgotten. */
    private static final int CLIENTS = 10_000;

    /** How much of the score a single line decides. */
    private static final double WEIGHT = 0.3;

    private final RequestLog.Step step;
    private final StateSnapshot start;
    private final float[] first = new float[RequestLog.SCORES_SIZE];
    private final Map<String, Client> clients = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Client> eldest) {
            return size() > CLIENTS;
        }
    };

    /** A detector with a session of its own; the model may be shared with other threads. */
    public Detector(RequestLog model) {
        this.step = model.newStep();
        step.step(Event.START).scores(first);
        this.start = step.save();
    }

    /** What is known of a client: the model's state, and its scores for the next request. */
    private static final class Client {
        private final StateSnapshot state;
        private final float[] scores;
        private double score;

        Client(StateSnapshot state, float[] scores) {
            this.state = state.copy();
            this.scores = scores.clone();
        }
    }

    /**
     * Takes a line and returns its client's score: how little its last requests were expected, in nats, the last ones
     * counting most. For a client that is known nothing is allocated but the client's name.
     */
    public double observe(String line) {
        Client client = clients.get(Event.client(line));
        if (client == null) {
            client = new Client(start, first);
            clients.put(Event.client(line), client);
        }
        int token = Event.token(line);
        client.score += WEIGHT * (Scores.surprise(client.scores, token) - client.score);
        step.restore(client.state);
        step.step(token).scores(client.scores);
        step.save(client.state);
        return client.score;
    }

    @Override
    public void close() {
        step.close();
    }
}
