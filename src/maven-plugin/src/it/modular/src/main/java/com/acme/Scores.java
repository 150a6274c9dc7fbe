package com.acme;

import dev.rnnc.runtime.session.LoadedModel;
import dev.rnnc.runtime.session.Session;
import dev.rnnc.runtime.spec.ProgramKind;

/** Scores of one measurement after another. */
public final class Scores {
    private final LoadedModel model = LoadedModel.of(new Tagger()).initialize(1);

    /** The last of these measurements' scores. */
    public float[] after(float[]... measurements) {
        try (Session session = model.open(ProgramKind.STEP)) {
            float[] scores = {};
            for (float[] measurement : measurements) {
                scores = session.set("x", measurement).run().floats("p");
            }
            return scores;
        }
    }
}
