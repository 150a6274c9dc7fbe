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
