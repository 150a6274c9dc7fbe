package com.acme;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rnnc.runtime.session.LoadedModel;
import dev.rnnc.runtime.session.Session;
import dev.rnnc.runtime.spec.ProgramKind;
import org.junit.jupiter.api.Test;

class ScoresTest {
    private final Scores scores = new Scores();

    @Test
    void thisJavaHasNoVectors() {
        assertTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty());
    }

    @Test
    void dependOnWhatCameBefore() {
        float[] once = scores.after(new float[] {1, 2, 3});
        float[] twice = scores.after(new float[] {1, 2, 3}, new float[] {1, 2, 3});

        assertEquals(2, once.length);
        assertNotEquals(once[0], twice[0]);
    }

    @Test
    void modelsOfTestsAreCompiledToo() {
        try (Session session = LoadedModel.of(new Echo()).initialize(1).open(ProgramKind.STEP)) {
            assertArrayEquals(
                    new float[] {2, 4}, session.set("x", new float[] {1, 2}).run().floats("y"));
        }
    }
}
