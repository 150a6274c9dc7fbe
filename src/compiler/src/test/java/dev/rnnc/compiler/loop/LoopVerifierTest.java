package dev.rnnc.compiler.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rnnc.compiler.loop.Kernel.Kind;
import dev.rnnc.compiler.loop.Kernel.Parameter;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LoopVerifierTest {
    private static final Buffer MEMORY = new Buffer("memory", Buffer.Storage.SCRATCH, "", Element.REAL, 0, 32);

    /** A kernel over {@code x} that doubles {@code count} vectors of four. */
    private static Kernel doubling(int count, Expression factor) {
        Index j = Index.of("j");
        Expression value = new Expression.Binary(
                Expression.BinaryOperator.MULTIPLY, new Expression.Load("x", j, Shape.VECTOR), factor);
        return new Kernel(
                "doubling",
                "",
                List.of(new Parameter("x", Kind.REALS)),
                List.of(new Statement.Loop(
                        "j", Index.ZERO, Index.of(count), 4, List.of(new Statement.Store("x", j, value)))));
    }

    private static LoopProgram program(Kernel kernel, Argument... arguments) {
        return new LoopProgram(
                new ProgramSpec(ProgramKind.SEQUENCE, 2, 1, List.of()),
                Precision.FLOAT,
                4,
                List.of(MEMORY),
                List.of(),
                List.of(new Step.Call(kernel, List.of(arguments), new Comment("x' = 2 * x", 1))),
                List.of(),
                null,
                false);
    }

    private static void refuses(LoopProgram program, String reason) {
        assertThatIllegalStateException()
                .isThrownBy(() -> LoopVerifier.verify(program))
                .withMessageContaining(reason);
    }

    private static final Expression TWO = new Expression.Constant(2, Shape.VECTOR);

    /** The same over all of the memory, the way the caller says. */
    private static Kernel doublingEitherWay(Index to, Index way) {
        Kernel up = doubling(32, TWO);
        Statement.Loop loop = (Statement.Loop) up.body().getFirst();
        return new Kernel(
                "doubling",
                "",
                List.of(new Parameter("x", Kind.REALS), new Parameter("next", Kind.INTEGER)),
                List.of(new Statement.Loop("j", Index.ZERO, to, 4, way, loop.body())));
    }

    @Test
    void aLoopThatRunsEitherWayStaysWithinItsMemory() {
        Argument memory = new Argument.Memory(MEMORY);
        Kernel kernel = doublingEitherWay(Index.of(32), Index.of("next"));

        assertThat(LoopPrinter.print(
                        LoopVerifier.verify(program(kernel, memory, new Argument.EveryOther(Index.of("steps"))))))
                .contains("doubling(memory, every other steps)", "for j in 0 until 32 by 4, way next {");
        refuses(program(kernel, memory, new Argument.EveryOther(Index.of("t"))), "'t' is not in scope");
        refuses(
                program(doublingEitherWay(Index.of(64), Index.of("next")), memory, new Argument.EveryOtherRun()),
                "is accessed up to element 64");
        refuses(
                program(doublingEitherWay(Index.of("next"), Index.of("next")), memory, new Argument.EveryOtherRun()),
                "the loop over j has no rounds that run either way");
    }

    @Test
    void aProgramPrintsAsReadablePseudoCode() {
        LoopProgram program = program(doubling(32, TWO), new Argument.Memory(MEMORY));
        assertThat(LoopPrinter.print(LoopVerifier.verify(program))).isEqualTo("""
                program SEQUENCE: 2 steps, batch 1, float, lanes 4
                buffer memory: scratch real[32]
                forward {
                  // x' = 2 * x
                  doubling(memory)
                }
                kernel doubling(reals x) {
                  for j in 0 until 32 by 4 {
                    x[j] = multiply(x[j], 2.0)
                  }
                }
                """);
    }

    /** Two steps of {@code t} at once ahead of a loop over time that writes eight elements of memory at each. */
    private static LoopProgram ahead(int elementsPerStep, boolean backward) {
        Index j = Index.of("j");
        Kernel zero = new Kernel(
                "zero",
                "",
                List.of(new Parameter("x", Kind.REALS), new Parameter("at", Kind.INTEGER)),
                List.of(new Statement.Loop(
                        "j",
                        Index.ZERO,
                        Index.of(8),
                        4,
                        List.of(new Statement.Store(
                                "x", Index.of("at").plus(j), new Expression.Constant(0, Shape.VECTOR))))));
        Index step = Index.of("t").plus(Index.of("begin").times(-1));
        Step inLoop = new Step.Call(
                zero,
                List.of(new Argument.Memory(MEMORY), new Argument.Number(step.times(elementsPerStep))),
                new Comment("", 0));
        Step first = new Step.Call(
                zero, List.of(new Argument.Memory(MEMORY), new Argument.Number(Index.of("end"))), new Comment("", 0));
        return new LoopProgram(
                new ProgramSpec(ProgramKind.SEQUENCE, 5, 1, List.of()),
                Precision.FLOAT,
                4,
                List.of(MEMORY),
                List.of(),
                List.of(new Step.TimeLoop(
                        "h",
                        backward,
                        Optional.of(new Step.Ahead(2, List.of(first))),
                        List.of(inLoop),
                        Optional.of(new Step.Turn(2, false, List.of(inLoop))),
                        new Comment("", 0))),
                List.of(),
                null,
                false);
    }

    @Test
    void aLoopPrintsWhatItDoesAhead() {
        assertThat(LoopPrinter.print(LoopVerifier.verify(ahead(24, false)))).contains("""
                  for begin .. end in 0 .. steps by 2 {
                    zero(memory, end)
                    for t in turns of 2 steps {
                      zero(memory, 24 * t - 24 * begin)
                    }
                    for t in the rest of begin .. end-1 {
                      zero(memory, 24 * t - 24 * begin)
                    }
                  }
                """);
        assertThat(LoopPrinter.print(LoopVerifier.verify(ahead(24, true)))).contains("""
                  for begin .. end in 0 .. steps by 2, backward {
                    zero(memory, end)
                    for t in turns of 2 steps, backward {
                      zero(memory, 24 * t - 24 * begin)
                    }
                    for t in the rest of end-1 .. begin {
                """);
    }

    @Test
    void aStepThatReachesBehindWhatIsDoneAheadOfItIsRefused() {
        refuses(ahead(48, false), "is accessed up to element 56 of 32");
        refuses(ahead(48, true), "is accessed up to element 56 of 32");
    }

    @Test
    void aStoreBehindTheEndIsRefused() {
        refuses(program(doubling(64, TWO), new Argument.Memory(MEMORY)), "is accessed up to element 64 of 32");
    }

    @Test
    void aLoopThatEndsBetweenStepsIsRefused() {
        refuses(program(doubling(30, TWO), new Argument.Memory(MEMORY)), "has no whole trip count");
    }

    @Test
    void anUndefinedVariableIsRefused() {
        Expression undefined = new Expression.Read(new Local("two", Shape.VECTOR));
        refuses(program(doubling(32, undefined), new Argument.Memory(MEMORY)), "is read but not defined");
    }

    @Test
    void aNumberInPlaceOfAVectorIsRefused() {
        Expression scalar = new Expression.Constant(2, Shape.SCALAR);
        refuses(program(doubling(32, scalar), new Argument.Memory(MEMORY)), "a SCALAR stands where a VECTOR is needed");
    }

    @Test
    void argumentsThatDoNotFitTheParametersAreRefused() {
        refuses(program(doubling(32, TWO)), "has 0 arguments for 1 parameters");
        refuses(program(doubling(32, TWO), new Argument.Seed()), "is of kind SEED, not REALS");
        Buffer other = new Buffer("other", Buffer.Storage.SCRATCH, "", Element.REAL, 0, 32);
        refuses(program(doubling(32, TWO), new Argument.Memory(other)), "is a buffer of another program");
    }
}
