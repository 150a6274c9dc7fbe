package com.acme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ScoresTest {
    @Test
    void comeFromAModelInANamedModule() {
        assertEquals("com.acme", Tagger.class.getModule().getName());
        assertTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
        assertEquals(2, new Scores().after(new float[] {1, 2, 3}).length);
    }
}
