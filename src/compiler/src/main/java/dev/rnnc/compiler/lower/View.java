package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.runtime.spec.Precision;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a value lies in memory: feature {@code j} of part {@code p} of row {@code r} is element
 * {@code (row + r) * stride + parts[p].offset + j} of the buffer. A matrix parameter {@code [M, K]} has M rows.
 *
 * @param buffer the memory
 * @param row the first row, over the variables of the enclosing loops
 * @param stride elements from row to row
 * @param parts the pieces a row consists of, in the order of the features
 */
record View(Buffer buffer, Index row, int stride, List<Part> parts) {
    /** {@code size} features next to each other from {@code offset} on. */
    record Part(int size, int offset) {}

    View {
        parts = List.copyOf(parts);
    }

    /** A row of pieces, each padded to whole lines. */
    static List<Part> padded(List<Integer> sizes, Precision precision) {
        List<Part> parts = new ArrayList<>();
        int offset = 0;
        for (int size : sizes) {
            parts.add(new Part(size, offset));
            offset += precision.padded(size);
        }
        return parts;
    }

    /** The first element of the first row. */
    Index base() {
        return row.times(stride);
    }

    /** Features of a row. */
    int width() {
        return parts.stream().mapToInt(Part::size).sum();
    }

    /** The same memory from another row on. */
    View fromRow(Index first) {
        return new View(buffer, row.plus(first), stride, parts);
    }

    /** Some of the features. */
    View slice(int from, int size) {
        List<Part> kept = new ArrayList<>();
        int start = 0;
        for (Part part : parts) {
            int first = Math.max(from, start);
            int last = Math.min(from + size, start + part.size);
            if (first < last) {
                kept.add(new Part(last - first, part.offset + first - start));
            }
            start += part.size;
        }
        return new View(buffer, row, stride, kept);
    }

    /** Whether the features lie next to each other. */
    boolean isContiguous() {
        return parts.size() == 1;
    }

    /** Whether both lie, at least in part, in the same memory from the same row on. */
    boolean overlaps(View other) {
        return buffer.equals(other.buffer)
                && row.equals(other.row)
                && parts.stream()
                        .anyMatch(a -> other.parts.stream()
                                .anyMatch(b -> a.offset < b.offset + b.size && b.offset < a.offset + a.size));
    }

    /** Features from {@code column} to the end of its piece. */
    int run(int column) {
        int end = 0;
        for (Part part : parts) {
            end += part.size;
            if (column < end) {
                return end - column;
            }
        }
        throw new IllegalArgumentException("no feature " + column);
    }

    /**
     * The end of the lines that belong to the piece with feature {@code column}, and to those that follow it in a row
     * without a gap and in the order of the features.
     */
    int ownedFrom(int column, Precision precision) {
        int start = 0;
        int end = -1;
        for (Part part : parts) {
            start += part.size;
            if (column < start && (end < 0 || part.offset == end)) {
                end = part.offset + precision.padded(part.size);
            }
        }
        return end;
    }

    /** Where feature {@code column} lies within a row. */
    int offsetOf(int column) {
        int start = 0;
        for (Part part : parts) {
            if (column < start + part.size) {
                return part.offset + column - start;
            }
            start += part.size;
        }
        throw new IllegalArgumentException("no feature " + column);
    }
}
