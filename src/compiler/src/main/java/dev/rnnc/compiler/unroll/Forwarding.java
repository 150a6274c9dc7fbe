package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Local;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps values in variables instead of reading them again: what was loaded or stored is known until something writes to
 * its place, and of two stores to one place with no load between them the first goes.
 *
 * <pre>{@code
 * h[16 t + 16] = a   b = h[16 t + 16]   y = b + b   ->   h[16 t + 16] = a   y = a + a
 * }</pre>
 *
 * A place is known by its index; memory handed in by different names is different memory.
 */
final class Forwarding {
    private final int lanes;
    private final Map<String, Local> aliases = new HashMap<>();

    private Forwarding(int lanes) {
        this.lanes = lanes;
    }

    static List<Statement> apply(List<Statement> statements, int lanes) {
        return new Forwarding(lanes).statements(statements, Map.of());
    }

    private record Place(String segment, Index at, Shape shape) {}

    /** What is known at one point of a list of statements. */
    private static final class Known {
        final Map<Place, Local> values;
        /** Stores that nothing has read yet, by their number in the output. */
        final Map<Place, Integer> unread = new LinkedHashMap<>();

        Known(Map<Place, Local> values) {
            this.values = new LinkedHashMap<>(values);
        }
    }

    private List<Statement> statements(List<Statement> statements, Map<Place, Local> outer) {
        Known known = new Known(outer);
        List<Statement> out = new ArrayList<>();
        Set<Integer> dropped = new HashSet<>();
        for (int i = 0; i < statements.size(); i++) {
            List<Statement> rest = statements.subList(i + 1, statements.size());
            switch (statements.get(i)) {
                case Statement.Loop loop -> {
                    forgetLoop(loop, known);
                    List<Statement> body = statements(loop.body(), known.values);
                    out.add(loop.with(body));
                }
                case Statement.Define(Local local, Expression value) -> {
                    Expression now = expression(value, known);
                    // A token may stand in an index, by its name.
                    if (now instanceof Expression.Read(Local same)
                            && local.shape() != Shape.TOKEN
                            && !isAssigned(local, rest)
                            && !isAssigned(same, rest)) {
                        aliases.put(local.name(), same);
                        break;
                    }
                    out.add(new Statement.Define(local, now));
                    if (now instanceof Expression.Load(String segment, Index at, Shape shape)
                            && !isAssigned(local, rest)) {
                        known.values.put(new Place(segment, at, shape), local);
                    }
                }
                case Statement.Assign(Local local, Expression value) -> {
                    out.add(new Statement.Assign(local, expression(value, known)));
                    known.values.values().removeIf(local::equals);
                }
                case Statement.Line line -> out.add(line);
                case Statement.Store(String segment, Index at, Expression value) -> {
                    Expression now = expression(value, known);
                    Place place = new Place(segment, at, value.shape());
                    known.values.keySet().removeIf(other -> overlap(place, other));
                    Integer earlier = known.unread.put(place, out.size());
                    if (earlier != null) {
                        dropped.add(earlier);
                    }
                    if (now instanceof Expression.Read(Local local) && !isAssigned(local, rest)) {
                        known.values.put(place, local);
                    }
                    out.add(new Statement.Store(segment, at, now));
                }
            }
        }
        List<Statement> kept = new ArrayList<>();
        for (int i = 0; i < out.size(); i++) {
            if (!dropped.contains(i)) {
                kept.add(out.get(i));
            }
        }
        return kept;
    }

    /** What a loop's rounds write is not known in them nor behind them; what they read has been read. */
    private void forgetLoop(Statement.Loop loop, Known known) {
        Rewrite.visit(loop.body(), s -> {
            switch (s) {
                case Statement.Store store -> known.values.keySet().removeIf(p -> p.segment.equals(store.segment()));
                case Statement.Assign assign -> known.values.values().removeIf(assign.local()::equals);
                case Statement.Loop _, Statement.Define _, Statement.Line _ -> {}
            }
        });
        known.unread.clear();
    }

    private Expression expression(Expression e, Known known) {
        return Rewrite.expression(e, part -> switch (part) {
            case Expression.Read(Local local) -> new Expression.Read(aliases.getOrDefault(local.name(), local));
            case Expression.Load(String segment, Index at, Shape shape) -> {
                Place place = new Place(segment, at, shape);
                Local value = known.values.get(place);
                if (value == null) {
                    known.unread.keySet().removeIf(other -> overlap(place, other));
                }
                yield value == null ? part : new Expression.Read(value);
            }
            case Expression.LoadToken(String segment, Index at) -> {
                known.unread.keySet().removeIf(other -> other.segment.equals(segment));
                yield part;
            }
            case Expression.Constant _,
                    Expression.Broadcast _,
                    Expression.OfIndex _,
                    Expression.OfToken _,
                    Expression.LaneNumbers _,
                    Expression.Exchange _,
                    Expression.FirstLane _,
                    Expression.Unary _,
                    Expression.Binary _,
                    Expression.Pair _,
                    Expression.MultiplyAdd _,
                    Expression.Select _,
                    Expression.MaskValue _ -> part;
        });
    }

    private boolean overlap(Place a, Place b) {
        if (!a.segment.equals(b.segment)) {
            return false;
        }
        if (!a.at.terms().equals(b.at.terms())) {
            return true;
        }
        long distance = (long) a.at.constant() - b.at.constant();
        return distance < width(b) && -distance < width(a);
    }

    private int width(Place place) {
        return place.shape == Shape.VECTOR ? lanes : 1;
    }

    private static boolean isAssigned(Local local, List<Statement> statements) {
        boolean[] found = new boolean[1];
        Rewrite.visit(
                statements,
                s -> found[0] |=
                        s instanceof Statement.Assign assign && assign.local().equals(local));
        return found[0];
    }
}
