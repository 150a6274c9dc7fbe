package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The kernels of one class: equal code is emitted once, whatever layer or program asked for it. */
public final class KernelPool {
    private record Code(List<Kernel.Parameter> parameters, List<Statement> body) {}

    private final Map<Code, Kernel> kernels = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    /** The kernel with the code of {@code wish}, under its name or, if that is taken, a numbered one. */
    Kernel intern(Kernel wish) {
        return kernels.computeIfAbsent(new Code(wish.parameters(), wish.body()), code -> {
            String name = wish.name();
            for (int i = 2; !names.add(name); i++) {
                name = wish.name() + "_" + i;
            }
            return new Kernel(name, wish.comment(), wish.parameters(), wish.body());
        });
    }
}
