package com.example.requests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DetectorTest {
    @Test
    void strangersAreFlaggedAndCustomersAreNot() throws IOException {
        Map<String, Double> highest = new HashMap<>();
        LogGenerator log = new LogGenerator(4711, "c", 0.05);
        try (Detector detector = new Detector(Main.model())) {
            for (int i = 0; i < 50_000; i++) {
                String line = log.next();
                highest.merge(Event.client(line), detector.observe(line), Math::max);
            }
        }
        long strangers = count(highest, true, false);
        long customers = count(highest, false, false);
        assertTrue(count(highest, true, true) > 0.9 * strangers, "strangers flagged");
        assertTrue(count(highest, false, true) < 0.02 * customers, "customers flagged");
    }

    @Test
    void aClientsScoreDoesNotDependOnTheOthers() throws IOException {
        String[] lines = {"1 a GET / 200 5", "2 a GET /search 200 5", "3 a POST /pay 302 5"};
        try (Detector alone = new Detector(Main.model());
                Detector among = new Detector(Main.model())) {
            for (String line : lines) {
                among.observe("0 b GET /admin 403 1");
                assertEquals(alone.observe(line), among.observe(line));
            }
        }
    }

    @Test
    void whatIsNoLineIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Event.token("hello"));
    }

    private static long count(Map<String, Double> highest, boolean strange, boolean flagged) {
        return highest.entrySet().stream()
                .filter(e -> e.getKey().endsWith("x") == strange)
                .filter(e -> !flagged || e.getValue() > Detector.THRESHOLD)
                .count();
    }
}
