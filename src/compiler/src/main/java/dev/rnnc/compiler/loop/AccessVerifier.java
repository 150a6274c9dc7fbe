package dev.rnnc.compiler.loop;

import dev.rnnc.compiler.loop.Buffer.Storage;
import dev.rnnc.runtime.spec.PortSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks for one call that its kernel stays within its buffers, by the range of every index. Vectors may reach up to a
 * line behind a buffer's end, as memory is allocated with a line more; into gradients nothing may be written that is
 * not of the parameter, as an optimiser works on the whole array; parameters are only read.
 */
final class AccessVerifier {
    private final LoopProgram program;
    private final Kernel kernel;
    private final Map<String, Buffer> memory;
    /** What the tokens that kernels wrote are below, by the memory they wrote to. */
    private final Map<Buffer, Long> written;

    AccessVerifier(LoopProgram program, Kernel kernel, Map<String, Buffer> memory, Map<Buffer, Long> written) {
        this.program = program;
        this.kernel = kernel;
        this.memory = memory;
        this.written = written;
    }

    void verify(Map<String, Range> numbers) {
        statements(kernel.body(), new HashMap<>(numbers));
    }

    private void statements(List<Statement> statements, Map<String, Range> variables) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Loop loop -> loop(loop, variables);
                case Statement.Define define -> {
                    expression(define.value(), variables);
                    if (define.value() instanceof Expression.LoadToken token) {
                        variables.put(define.local().name(), new Range(0, vocabulary(token.segment()) - 1));
                    }
                }
                case Statement.Assign assign -> expression(assign.value(), variables);
                case Statement.Line _ -> {}
                case Statement.Store store -> {
                    expression(store.value(), variables);
                    if (store.value().shape() == Shape.TOKEN) {
                        written.merge(memory.get(store.segment()), below(store.value()), Math::max);
                    }
                    Storage storage = memory.get(store.segment()).storage();
                    require(storage != Storage.PARAMETERS, store.segment(), "is a parameter and written to");
                    access(
                            store.segment(),
                            store.at(),
                            store.value().shape(),
                            storage == Storage.GRADIENTS ? 0 : line(),
                            variables);
                }
            }
        }
    }

    private void loop(Statement.Loop loop, Map<String, Range> variables) {
        long from = Range.of(loop.from(), variables).low();
        long to = Range.of(loop.to(), variables).high();
        if (from < to) {
            Map<String, Range> inner = new HashMap<>(variables);
            inner.put(loop.variable(), new Range(from, from + (to - from - 1) / loop.step() * loop.step()));
            statements(loop.body(), inner);
        }
    }

    private void expression(Expression e, Map<String, Range> variables) {
        if (e instanceof Expression.Load load) {
            access(load.segment(), load.at(), load.shape(), line(), variables);
        } else if (e instanceof Expression.LoadToken load) {
            access(load.segment(), load.at(), Shape.SCALAR, 0, variables);
        }
        e.operands().forEach(o -> expression(o, variables));
    }

    private void access(String segment, Index at, Shape shape, int slack, Map<String, Range> variables) {
        Range range = Range.of(at, variables);
        Buffer buffer = memory.get(segment);
        boolean vector = shape == Shape.VECTOR;
        long end = range.high() + (vector ? program.lanes() : 1);
        require(range.low() >= 0, segment, "is accessed from element " + range.low() + " on");
        require(
                end <= buffer.elements() + (vector ? slack : 0),
                segment,
                "is accessed up to element " + end + " of " + buffer.elements());
    }

    /** What a token that is written is below. */
    private long below(Expression token) {
        return switch (token) {
            case Expression.Constant constant -> (long) constant.value() + 1;
            case Expression.LoadToken load -> vocabulary(load.segment());
            default -> throw new IllegalStateException(kernel.name() + " writes tokens of unknown size");
        };
    }

    private long vocabulary(String segment) {
        if (written.containsKey(memory.get(segment))) {
            return written.get(memory.get(segment));
        }
        String port = memory.get(segment).port();
        return program.spec().ports().stream()
                .filter(p -> p.name().equals(port))
                .mapToInt(PortSpec::vocabulary)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(kernel.name() + " reads tokens that are no port's"));
    }

    private int line() {
        return program.precision().elementsPerLine();
    }

    private void require(boolean holds, String segment, String problem) {
        if (!holds) {
            throw new IllegalStateException("in %s of program %s, lanes %s: %s = %s %s\n%s"
                    .formatted(
                            kernel.name(),
                            program.spec().kind(),
                            program.lanes(),
                            segment,
                            memory.get(segment),
                            problem,
                            LoopPrinter.print(kernel)));
        }
    }
}
