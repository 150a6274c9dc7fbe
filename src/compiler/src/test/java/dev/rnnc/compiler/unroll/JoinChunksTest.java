package dev.rnnc.compiler.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.LoopVerifier;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Loops over chunks of rows become one where that changes no result. */
class JoinChunksTest {
    private static final Buffer ERRORS = buffer("errors");
    private static final Buffer INPUTS = buffer("inputs");
    private static final Buffer STATES = buffer("states");
    private static final Buffer FIRST_SUM = buffer("firstSum");
    private static final Buffer SECOND_SUM = buffer("secondSum");

    @Test
    void twoSumsOverTheSameRowsShareTheirLoopWithWhatStandsBetweenInFrontOfIt() {
        assertThat(joined(chunks(add(ERRORS, FIRST_SUM)), zero(SECOND_SUM), chunks(add(ERRORS, SECOND_SUM))))
                .containsExactly(zero(SECOND_SUM), chunks(add(ERRORS, FIRST_SUM), add(ERRORS, SECOND_SUM)));
    }

    @Test
    void whatReadsTheFirstSumBetweenThemKeepsThemApart() {
        assertUnchanged(chunks(add(ERRORS, FIRST_SUM)), add(FIRST_SUM, STATES), chunks(add(ERRORS, SECOND_SUM)));
    }

    @Test
    void whatWritesTheRowsBetweenThemKeepsThemApart() {
        assertUnchanged(chunks(add(ERRORS, FIRST_SUM)), zero(ERRORS), chunks(add(ERRORS, SECOND_SUM)));
    }

    @Test
    void aLoopThatReadsAllOfTheFirstSumStaysBehindIt() {
        assertUnchanged(chunks(add(ERRORS, FIRST_SUM)), chunks(add(FIRST_SUM, SECOND_SUM), add(ERRORS, SECOND_SUM)));
    }

    @Test
    void loopsThatReadNothingInCommonStayApart() {
        assertUnchanged(chunks(add(ERRORS, FIRST_SUM)), chunks(add(INPUTS, SECOND_SUM)));
    }

    @Test
    void loopsOverOtherRowsOrChunksStayApart() {
        assertUnchanged(
                chunks(add(ERRORS, FIRST_SUM)),
                new Step.ChunkLoop(Index.of(8), 4, List.of(add(ERRORS, SECOND_SUM))),
                new Step.ChunkLoop(Index.of(16), 2, List.of(add(ERRORS, STATES))));
    }

    @Test
    void loopsAroundALoopOverTimeStayApart() {
        Step.TimeLoop time = new Step.TimeLoop(
                "h", false, Optional.empty(), List.of(zero(STATES)), Optional.empty(), new Comment("", 0));

        assertUnchanged(chunks(add(ERRORS, FIRST_SUM)), time, chunks(add(ERRORS, SECOND_SUM)));
    }

    private static Buffer buffer(String name) {
        return new Buffer(name, Buffer.Storage.SCRATCH, "", Element.REAL, 0, 16);
    }

    /** {@code to[j] += from[j]}. */
    private static Step add(Buffer from, Buffer to) {
        Index j = Index.of("j");
        Expression sum = new Expression.Binary(
                Expression.BinaryOperator.ADD,
                new Expression.Load("from", j, Shape.VECTOR),
                new Expression.Load("to", j, Shape.VECTOR));
        return call("add", List.of("from", "to"), new Statement.Store("to", j, sum), from, to);
    }

    private static Step zero(Buffer memory) {
        Expression zero = new Expression.Constant(0, Shape.VECTOR);
        return call("zero", List.of("to"), new Statement.Store("to", Index.of("j"), zero), memory);
    }

    private static Step call(String name, List<String> segments, Statement body, Buffer... memory) {
        Kernel kernel = new Kernel(
                name,
                "",
                segments.stream()
                        .map(segment -> new Kernel.Parameter(segment, Kernel.Kind.REALS))
                        .toList(),
                List.of(new Statement.Loop("j", Index.ZERO, Index.of(16), 4, List.of(body))));
        List<Argument> arguments =
                List.of(memory).stream().<Argument>map(Argument.Memory::new).toList();
        return new Step.Call(kernel, arguments, new Comment("", 0));
    }

    private static Step chunks(Step... body) {
        return new Step.ChunkLoop(Index.of(16), 4, List.of(body));
    }

    private static void assertUnchanged(Step... steps) {
        assertThat(joined(steps)).containsExactly(steps);
    }

    private static List<Step> joined(Step... steps) {
        LoopProgram program = new LoopProgram(
                new ProgramSpec(ProgramKind.TRAINING, 2, 8, List.of()),
                Precision.FLOAT,
                4,
                List.of(ERRORS, INPUTS, STATES, FIRST_SUM, SECOND_SUM),
                List.of(),
                List.of(),
                List.of(steps),
                null,
                false);
        return LoopVerifier.verify(JoinChunks.apply(LoopVerifier.verify(program)))
                .backward();
    }
}
