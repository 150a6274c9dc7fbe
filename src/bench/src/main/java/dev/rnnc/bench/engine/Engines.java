package dev.rnnc.bench.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** All engines there are. */
public final class Engines {
    private Engines() {}

    /** Ours, the hand-written control, and the peers on the class path. */
    public static List<Engine> all() {
        List<Engine> engines = new ArrayList<>(List.of(GeneratedCode.widest(), new GenericCode(), new HandWritten()));
        engines.addAll(peers());
        return engines;
    }

    /** Engines of other makers; there are none unless the module was built with the profile {@code peers}. */
    public static List<Engine> peers() {
        return ServiceLoader.load(Engine.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * The engine of that name; {@code generated-8} is generated code with 8 lanes.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Engine named(String name) {
        if (name.matches(GeneratedCode.NAME + "-(16|8|4|1)")) {
            return GeneratedCode.of(Integer.parseInt(name.substring(GeneratedCode.NAME.length() + 1)));
        }
        for (Engine engine : all()) {
            if (engine.name().equals(name)) {
                return engine;
            }
        }
        throw new IllegalArgumentException("no engine '" + name + "'; there are "
                + all().stream().map(Engine::name).toList()
                + " (peers only if built with -Ppeers), and generated-16, -8, -4, -1");
    }
}
