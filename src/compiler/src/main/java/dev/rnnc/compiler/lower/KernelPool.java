package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The kernels of one class: equal code is emitted once, whatever layer or program asked for it, with the lines of the
 * equation that asked first.
 */
public final class KernelPool {
    private record Code(List<Kernel.Parameter> parameters, List<Statement> body) {}

    private final Map<Code, Kernel> kernels = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    /** The kernel with the code of {@code wish}, under its name or, if that is taken, a numbered one. */
    public Kernel intern(Kernel wish) {
        return kernels.computeIfAbsent(new Code(wish.parameters(), code(wish.body())), code -> {
            String name = wish.name();
            for (int i = 2; !names.add(name); i++) {
                name = wish.name() + "_" + i;
            }
            return new Kernel(name, wish.comment(), wish.parameters(), wish.body());
        });
    }

    /** The statements without the lines they stand for. */
    private static List<Statement> code(List<Statement> statements) {
        List<Statement> code = new ArrayList<>();
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Line _ -> {}
                case Statement.Loop loop -> code.add(loop.with(code(loop.body())));
                case Statement.Define _, Statement.Assign _, Statement.Store _ -> code.add(statement);
            }
        }
        return code;
    }
}
