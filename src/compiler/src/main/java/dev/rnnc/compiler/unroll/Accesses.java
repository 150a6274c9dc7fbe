package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The memory that a step reads and writes. */
record Accesses(Set<Buffer> read, Set<Buffer> written) {
    Accesses {
        read = Set.copyOf(read);
        written = Set.copyOf(written);
    }

    /** That of one step and all it holds. */
    static Accesses of(Step step) {
        Set<Buffer> read = new HashSet<>();
        Set<Buffer> written = new HashSet<>();
        for (Step.Call call : DropScratch.calls(List.of(step))) {
            Map<String, Buffer> memories = memories(call);
            loads(call.kernel()).forEach(name -> read.add(memories.get(name)));
            stores(call.kernel()).forEach(name -> written.add(memories.get(name)));
        }
        return new Accesses(read, written);
    }

    /** Whether it makes no difference which of two steps runs first. */
    boolean isIndependentOf(Accesses other) {
        return isIndependentOf(other.read, other.written);
    }

    /** The same for steps that read and write that memory. */
    boolean isIndependentOf(Set<Buffer> otherRead, Set<Buffer> otherWritten) {
        return Collections.disjoint(written, otherRead)
                && Collections.disjoint(written, otherWritten)
                && Collections.disjoint(read, otherWritten);
    }

    /** What a call hands to the kernel's segments, by their names. */
    static Map<String, Buffer> memories(Step.Call call) {
        Map<String, Buffer> memories = new HashMap<>();
        for (int i = 0; i < call.arguments().size(); i++) {
            if (call.arguments().get(i) instanceof Argument.Memory(Buffer buffer)) {
                memories.put(call.kernel().parameters().get(i).name(), buffer);
            }
        }
        return memories;
    }

    /** The segments that a kernel reads. */
    static Set<String> loads(Kernel kernel) {
        Set<String> segments = new HashSet<>();
        Rewrite.visit(kernel.body(), statement -> {
            switch (statement) {
                case Statement.Define define -> loads(define.value(), segments);
                case Statement.Assign assign -> loads(assign.value(), segments);
                case Statement.Store store -> loads(store.value(), segments);
                case Statement.Loop _, Statement.Line _ -> {}
            }
        });
        return segments;
    }

    private static void loads(Expression e, Set<String> segments) {
        Rewrite.visit(e, part -> {
            if (part instanceof Expression.Load load) {
                segments.add(load.segment());
            } else if (part instanceof Expression.LoadToken load) {
                segments.add(load.segment());
            }
        });
    }

    private static Set<String> stores(Kernel kernel) {
        Set<String> segments = new HashSet<>();
        Rewrite.visit(kernel.body(), statement -> {
            if (statement instanceof Statement.Store store) {
                segments.add(store.segment());
            }
        });
        return segments;
    }
}
