package com.acme;

import com.acme.more.Labeller;
import dev.rnnc.runtime.CompiledModel;
import java.util.List;

/** Uses the models of two other modules. */
public final class App {
    private App() {}

    /** Both models. */
    public static List<CompiledModel> models() {
        return List.of(new Tagger(), new Labeller());
    }
}
