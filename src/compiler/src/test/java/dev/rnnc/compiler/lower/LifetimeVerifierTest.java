package dev.rnnc.compiler.lower;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.lower.Account.Use;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is put wrong into a lowered program by hand is found. */
class LifetimeVerifierTest {
    private static final Comment NOTHING = new Comment("", 0);
    private static final int BATCH = 3;
    private static final int STEPS = 5;

    private static final ModelSpec MODEL =
            new ModelSpec("M", "", CompiledModel.ABI, Precision.FLOAT, List.of(), 0, List.of(), null);

    private final Context context = new Context(
            Precision.FLOAT, Target.of(16), STEPS, BATCH, new Buffers(MODEL, STEPS, BATCH), new KernelPool());
    private final GraphBuilder builder = new GraphBuilder();
    private final Routine refresh = new Routine();
    private final Routine forward = new Routine();
    private final List<Use> given = new ArrayList<>();
    private final List<Use> results = new ArrayList<>();

    private Use input(String name, Type type) {
        Value v = builder.leaf(new Op.Input(name), type, Origin.NONE.named(name));
        given.add(use(v));
        return given.getLast();
    }

    private Use use(Value v) {
        return new Use(v, context.buffers.scratch(v.origin() + "_memory", v.type()));
    }

    private Use doubled(Use x) {
        return use(builder.map(Function.ADD, Origin.NONE.named("twice"), x.value(), x.value()));
    }

    /** The call that copies all rows. */
    private Step copy(Use from, Use to) {
        return new Copies(context).copy(from.view(), to.view(), to.value().type(), NOTHING);
    }

    private void verify() {
        LifetimeVerifier.verify(context, given, List.of(refresh.accounts, forward.accounts), results);
    }

    private void refuses(String reason) {
        assertThatIllegalStateException().isThrownBy(this::verify).withMessageContaining(reason);
    }

    @Test
    void aValueThatIsThereForItsReaderIsFine() {
        Use x = input("x", Type.real(Rows.SEQUENCE, 5));
        Use y = doubled(x);
        forward.add(y.value(), List.of(x), List.of(y), copy(x, y));
        results.add(y);
        assertThatCode(this::verify).doesNotThrowAnyException();
    }

    @Test
    void aValueThatIsOverwrittenBeforeItsLastReaderIsFound() {
        Use x = input("x", Type.real(Rows.BATCH, 5));
        Use y = doubled(x);
        forward.add(y.value(), List.of(x), List.of(new Use(y.value(), x.view())), copy(y, x));
        forward.add(y.value(), List.of(x), List.of(y), copy(x, y));
        refuses("reads Input of x");
    }

    @Test
    void whatOneRunDestroysAndTheNextNeedsIsFound() {
        Use x = input("x", Type.real(Rows.BATCH, 5));
        Use made = use(builder.map(Function.NEGATE, Origin.NONE.named("made"), x.value()));
        Use y = use(builder.map(Function.NEGATE, Origin.NONE.named("y"), made.value()));
        refresh.add(made.value(), List.of(), List.of(made), copy(x, made));
        forward.add(y.value(), List.of(made), List.of(y), copy(made, y));
        forward.add(x.value(), List.of(x), List.of(new Use(x.value(), made.view())), copy(x, made));
        refuses("reads Map of made");
    }

    @Test
    void aVectorThatRunsOverTheEndOfItsPieceIsFound() {
        View row = context.buffers.scratch("row", BATCH, List.of(2, 3));
        Value first = builder.leaf(new Op.Input("first"), Type.real(Rows.BATCH, 2), Origin.NONE.named("first"));
        Value second = builder.leaf(new Op.Input("second"), Type.real(Rows.BATCH, 3), Origin.NONE.named("second"));
        given.add(new Use(second, row.slice(2, 3)));
        KernelBuilder kernel = new KernelBuilder();
        String target = kernel.segment(row.buffer(), "target");
        kernel.loop("row", Index.ZERO, Index.of(BATCH), 1, r -> {
            for (int column = 0; column < 2; column++) {
                Index at = r.times(row.stride()).plus(column);
                kernel.add(new Statement.Store(target, at, new Expression.Constant(0, Shape.VECTOR)));
            }
        });
        Step step = kernel.call(context.kernels, "stores", "", NOTHING);
        forward.add(first, List.of(), List.of(new Use(first, row.slice(0, 2))), step);
        results.add(new Use(second, row.slice(2, 3)));
        refuses("the caller reads Input of second");
    }

    @Test
    void aSequenceOfWhichOneStepIsWrittenIsFound() {
        Use x = input("x", Type.real(Rows.BATCH, 5));
        Value v = builder.expand(x.value(), new Type(Element.REAL, Rows.SEQUENCE, List.of(5)), Origin.NONE.named("v"));
        Use sequence = use(v);
        Step oneStep =
                new Copies(context).copy(x.view(), sequence.view(), x.value().type(), NOTHING);
        forward.add(v, List.of(x), List.of(sequence), oneStep);
        refuses("is never written in a run of 2 steps");
    }
}
