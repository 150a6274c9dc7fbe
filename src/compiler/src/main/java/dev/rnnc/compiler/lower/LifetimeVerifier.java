package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Stores;
import dev.rnnc.compiler.lower.Account.Use;
import dev.rnnc.compiler.lower.ShadowMemory.Area;
import dev.rnnc.compiler.lower.ShadowMemory.Content;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Proves that no memory is written between a value's making and its last read. It goes through the routines in the order in
 * which they run, with two runs one after the other, and keeps for each part of the memory which value it holds: at each
 * read the values that are meant must be there, whole. What a kernel stores is taken from its loops, so that a vector that
 * runs over the end of its piece spoils what lies there, for each lane count; and all of a value must be stored.
 */
final class LifetimeVerifier {
    /** The most steps of a run: what the second leaves behind is what any step after it does. */
    private static final int STEPS = 2;

    private final Context context;
    private final long steps;
    private final Contents contents;
    private final ShadowMemory memory = new ShadowMemory();
    /** Whether the run is the first: another stores where that did. */
    private boolean first = true;

    private LifetimeVerifier(Context context, List<List<Account>> routines, long steps) {
        this.context = context;
        this.steps = steps;
        List<Account.Loop> loops = new ArrayList<>();
        routines.forEach(routine -> routine.forEach(account -> {
            if (account instanceof Account.Loop loop) {
                loops.add(loop);
            }
        }));
        this.contents = new Contents(loops, steps);
    }

    /**
     * Checks a lowered program.
     *
     * @param given what is in memory before a run
     * @param routines what is done, routine by routine; the first once, when parameters change
     * @param results what must be in memory after a run
     * @throws IllegalStateException naming the value that is lost, its reader, and what lies there instead
     */
    static void verify(Context context, List<Use> given, List<List<Account>> routines, List<Use> results) {
        for (long steps : context.steps == 1 ? List.of(1L) : List.of(1L, (long) STEPS)) {
            LifetimeVerifier verifier = new LifetimeVerifier(context, routines, steps);
            given.forEach(use -> verifier.put(use, -1, Map.of()));
            verifier.run(routines.getFirst());
            for (int run = 0; run < 2; run++) {
                given.forEach(use -> verifier.put(use, -1, Map.of()));
                routines.subList(1, routines.size()).forEach(verifier::run);
                results.forEach(use -> verifier.read(use, -1, Map.of(), "the caller"));
                verifier.first = false;
            }
        }
    }

    private void run(List<Account> routine) {
        Map<String, Long> outside = Map.of("steps", steps);
        for (Account account : routine) {
            switch (account) {
                case Account.Work work -> work(work, -1, outside);
                case Account.Loop loop -> loop(loop);
            }
        }
    }

    private void loop(Account.Loop loop) {
        boolean backward = loop.op().backward();
        long chunk = loop.chunk() == 0 ? steps : loop.chunk();
        for (long done = 0; done < steps; done += chunk) {
            long count = Math.min(chunk, steps - done);
            long begin = backward ? steps - done - count : done;
            Map<String, Long> around = new HashMap<>(Map.of("steps", steps, "begin", begin, "end", begin + count));
            loop.ahead().forEach(work -> work(work, -1, around));
            for (long i = 0; i < count; i++) {
                long t = backward ? begin + count - 1 - i : begin + i;
                around.put("t", t);
                loop.body().forEach(work -> work(work, t, around));
            }
        }
    }

    private void work(Account.Work work, long t, Map<String, Long> variables) {
        String reader = work.what().op().getClass().getSimpleName() + " of "
                + work.what().origin();
        work.reads().forEach(use -> read(use, t, variables, reader));
        if (first) {
            List<Stores.Store> stores = Stores.of(work.steps(), context.lanes(), variables);
            for (Use use : work.writes()) {
                List<Stores.Store> here = stores.stream()
                        .filter(s -> s.buffer() == use.view().buffer())
                        .toList();
                here.forEach(s -> spoil(s, use.view(), work.what()));
                areas(use, t, variables, (area, content) -> isWritten(area, content, use.view(), here));
            }
        }
        work.writes().forEach(use -> put(use, t, variables));
    }

    private void spoil(Stores.Store store, View view, Value by) {
        areas(store, view.stride())
                .forEach(area -> memory.spoil(store.buffer(), area, new Content(by, Long.MIN_VALUE)));
    }

    private void put(Use use, long t, Map<String, Long> variables) {
        areas(use, t, variables, (area, content) -> memory.write(use.view().buffer(), area, content));
    }

    private void isWritten(Area area, Content content, View view, List<Stores.Store> stores) {
        List<Area> open = List.of(area);
        for (Stores.Store store : stores) {
            for (Area stored : areas(store, view.stride())) {
                open = open.stream().flatMap(a -> a.without(stored).stream()).toList();
            }
        }
        if (!open.isEmpty()) {
            throw new IllegalStateException("of %s, in %s, %s is never written in a run of %s steps"
                    .formatted(describe(content), view, open.getFirst(), steps));
        }
    }

    private void read(Use use, long t, Map<String, Long> variables, String reader) {
        areas(use, t, variables, (area, content) -> {
            Optional<Content> other = memory.otherThan(use.view().buffer(), area, content);
            if (other.isPresent()) {
                throw new IllegalStateException("%s reads %s from %s, which holds %s, at step %s of %s"
                        .formatted(reader, describe(content), use.view(), describe(other.get()), t, steps));
            }
        });
    }

    private static String describe(Content content) {
        if (content.value() == null) {
            return "nothing";
        }
        String name = content.value().op().getClass().getSimpleName() + " of "
                + content.value().origin();
        return content.step() == Long.MIN_VALUE
                ? "the end of a vector of " + name
                : content.step() < 0 ? name : name + " at step " + content.step();
    }

    private interface Areas {
        void add(Area area, Content content);
    }

    /** The areas of the memory of {@code use}, and what each should hold. */
    private void areas(Use use, long t, Map<String, Long> variables, Areas areas) {
        Value v = use.value();
        View view = use.view();
        long row = evaluate(view.row(), variables);
        boolean matrix = v.type().shape().size() == 2;
        int batch = context.batch;
        switch (use.rows()) {
            case NONE -> {
                if (matrix) {
                    matrix(v, view, row, t, areas);
                } else {
                    columns(v, view, row, 1, t, areas);
                }
            }
            case BATCH -> columns(v, view, row, batch, t, areas);
            case SEQUENCE -> {
                boolean ahead = context.ahead.contains(v);
                long begin = ahead ? variables.get("begin") : 0;
                long end = ahead ? variables.get("end") : steps;
                for (long s = begin; s < end; s++) {
                    long step = v.type().rows() == Rows.SEQUENCE ? s : t;
                    columns(v, view, row + (s - begin) * batch, batch, step, areas);
                }
            }
        }
    }

    private void columns(Value v, View view, long row, int rows, long step, Areas areas) {
        int column = 0;
        for (Contents.Piece piece : contents.of(v, step)) {
            for (View.Part part : view.slice(column, piece.size()).parts()) {
                areas.add(new Area(row, row + rows, part.offset(), part.offset() + part.size()), piece.content());
            }
            column += piece.size();
        }
    }

    private void matrix(Value v, View view, long row, long step, Areas areas) {
        long first = row;
        for (Contents.Piece piece : contents.of(v, step)) {
            for (View.Part part : view.parts()) {
                areas.add(
                        new Area(first, first + piece.size(), part.offset(), part.offset() + part.size()),
                        piece.content());
            }
            first += piece.size();
        }
    }

    /** Rows and columns that a statement stores, in memory of {@code stride} elements a row. */
    private static List<Area> areas(Stores.Store store, int stride) {
        long firstRow = Math.floorDiv(store.constant(), (long) stride);
        long firstColumn = store.constant() - firstRow * stride;
        long endRow = firstRow + 1;
        long endColumn = firstColumn + store.width();
        for (Stores.Term term : store.terms()) {
            boolean rows = term.factor() % stride == 0;
            long low = Math.min(term.factor() * term.low(), term.factor() * term.high());
            long high = Math.max(term.factor() * term.low(), term.factor() * term.high());
            if (rows) {
                firstRow += low / stride;
                endRow += high / stride;
            } else {
                firstColumn += low;
                endColumn += high;
            }
        }
        if (endColumn <= stride) {
            return List.of(new Area(firstRow, endRow, firstColumn, endColumn));
        }
        // It goes on in the rows below.
        long wholeRows = (endColumn - stride) / stride;
        return List.of(
                new Area(firstRow, endRow, firstColumn, stride),
                new Area(firstRow + 1, endRow + wholeRows, 0, stride),
                new Area(firstRow + 1 + wholeRows, endRow + 1 + wholeRows, 0, endColumn % stride));
    }

    private static long evaluate(Index index, Map<String, Long> variables) {
        long value = index.constant();
        for (Index.Term term : index.terms()) {
            value += term.factor() * variables.get(term.variable());
        }
        return value;
    }
}
