package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the rounds of short loops one behind the other, so that what they store lies at places that are known. A loop
 * that carries a sum from round to round stays.
 */
final class ShortLoops {
    private static final int ROUNDS = 4;

    private ShortLoops() {}

    /** @param taken the names in use; those of the rounds' variables join them */
    static List<Statement> unroll(List<Statement> statements, Set<String> taken) {
        List<Statement> unrolled = new ArrayList<>();
        for (Statement statement : statements) {
            if (!(statement instanceof Statement.Loop loop)) {
                unrolled.add(statement);
                continue;
            }
            List<Statement> body = unroll(loop.body(), taken);
            boolean bounded = loop.from().isConstant() && loop.to().isConstant();
            int span = bounded ? loop.to().constant() - loop.from().constant() : Integer.MAX_VALUE;
            boolean carries = body.stream().anyMatch(s -> s instanceof Statement.Loop || s instanceof Statement.Assign);
            if (carries || span > ROUNDS * loop.step()) {
                unrolled.add(loop.with(body));
                continue;
            }
            for (int at = 0; at < span; at += loop.step()) {
                Index round = loop.from().plus(at);
                unrolled.addAll(new Renaming(Map.of(), Map.of(loop.variable(), round), taken).statements(body));
            }
        }
        return unrolled;
    }
}
