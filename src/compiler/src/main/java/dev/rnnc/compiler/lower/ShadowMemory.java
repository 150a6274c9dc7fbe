package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which value each part of a program's memory holds, as rectangles of rows and columns. */
final class ShadowMemory {
    /** Rows and columns from the first to behind the last. */
    record Area(long firstRow, long endRow, long firstColumn, long endColumn) {
        boolean isEmpty() {
            return firstRow >= endRow || firstColumn >= endColumn;
        }

        Area and(Area other) {
            return new Area(
                    Math.max(firstRow, other.firstRow),
                    Math.min(endRow, other.endRow),
                    Math.max(firstColumn, other.firstColumn),
                    Math.min(endColumn, other.endColumn));
        }

        /** What of this lies outside of {@code other}. */
        List<Area> without(Area other) {
            Area both = and(other);
            if (both.isEmpty()) {
                return List.of(this);
            }
            List<Area> rest = new ArrayList<>(List.of(
                    new Area(firstRow, both.firstRow, firstColumn, endColumn),
                    new Area(both.endRow, endRow, firstColumn, endColumn),
                    new Area(both.firstRow, both.endRow, firstColumn, both.firstColumn),
                    new Area(both.firstRow, both.endRow, both.endColumn, endColumn)));
            rest.removeIf(Area::isEmpty);
            return rest;
        }
    }

    /**
     * What an area holds: a value as one time step left it.
     *
     * @param value null for the end of a vector that belongs to another place
     * @param step the step, or -1 where there is but one moment
     */
    record Content(Value value, long step) {}

    private record Held(Area area, Content content) {}

    private final Map<Buffer, List<Held>> held = new HashMap<>();

    void write(Buffer buffer, Area area, Content content) {
        List<Held> kept = new ArrayList<>();
        for (Held h : held.getOrDefault(buffer, List.of())) {
            h.area.without(area).forEach(a -> kept.add(new Held(a, h.content)));
        }
        kept.add(new Held(area, content));
        held.put(buffer, kept);
    }

    /** Notes that {@code area} no longer holds what it held. */
    void spoil(Buffer buffer, Area area, Content by) {
        List<Held> known = held.getOrDefault(buffer, List.of());
        if (known.stream().anyMatch(h -> !h.area.and(area).isEmpty())) {
            List<Held> kept = new ArrayList<>();
            for (Held h : known) {
                h.area.without(area).forEach(a -> kept.add(new Held(a, h.content)));
                Area lost = h.area.and(area);
                if (!lost.isEmpty()) {
                    kept.add(new Held(lost, by));
                }
            }
            held.put(buffer, kept);
        }
    }

    /** What is found instead of {@code content} somewhere in {@code area}; nothing if all of it is right. */
    Optional<Content> otherThan(Buffer buffer, Area area, Content content) {
        List<Area> open = List.of(area);
        for (Held h : held.getOrDefault(buffer, List.of())) {
            if (!h.area.and(area).isEmpty()) {
                if (!h.content.equals(content)) {
                    return Optional.of(h.content);
                }
                open = open.stream().flatMap(a -> a.without(h.area).stream()).toList();
            }
        }
        return open.isEmpty() ? Optional.empty() : Optional.of(new Content(null, -1));
    }
}
