package dev.rnnc.compiler.emit.bytecode;

import static dev.rnnc.compiler.emit.bytecode.LaneTypes.signature;

import dev.rnnc.compiler.emit.Action;
import java.util.List;
import java.util.function.Consumer;
import org.objectweb.asm.Label;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/** The loops of a program's method, over time and over rows. */
final class Loops {
    private final Scope scope;
    private final GeneratorAdapter code;
    private final Consumer<List<Action>> body;

    /** @param body emits what a loop runs */
    Loops(Scope scope, Consumer<List<Action>> body) {
        this.scope = scope;
        this.code = scope.code();
        this.body = body;
    }

    void overTime(Action.OverTime loop) {
        Label test = code.newLabel();
        Label end = code.newLabel();
        start(loop.backward(), loop.some(), loop.done());
        if (loop.backward()) {
            code.push(1);
            code.math(GeneratorAdapter.SUB, Type.INT_TYPE);
        }
        scope.define("t", Type.INT_TYPE);
        code.mark(test);
        scope.load("t");
        if (loop.backward()) {
            code.push(loop.turn() - 1);
            if (loop.some()) {
                bound(false, true);
                code.math(GeneratorAdapter.ADD, Type.INT_TYPE);
            }
            code.ifICmp(GeneratorAdapter.LT, end);
        } else {
            bound(true, loop.some());
            code.push(loop.turn());
            code.math(GeneratorAdapter.SUB, Type.INT_TYPE);
            code.ifICmp(GeneratorAdapter.GT, end);
        }
        body.accept(loop.body());
        scope.increase("t", loop.backward() ? -loop.turn() : loop.turn());
        code.goTo(test);
        code.mark(end);
    }

    /**
     * Pushes where a loop starts: its first time step, or going backward what is behind it. What turns of {@code done} steps
     * leave lies behind them in the direction of the loop.
     */
    private void start(boolean backward, boolean some, int done) {
        if (done == 0) {
            bound(backward, some);
            return;
        }
        bound(true, some);
        if (some) {
            bound(false, true);
            code.math(GeneratorAdapter.SUB, Type.INT_TYPE);
        }
        code.push(done);
        code.math(backward ? GeneratorAdapter.REM : GeneratorAdapter.DIV, Type.INT_TYPE);
        if (!backward) {
            code.push(done);
            code.math(GeneratorAdapter.MUL, Type.INT_TYPE);
        }
        if (some) {
            bound(false, true);
            code.math(GeneratorAdapter.ADD, Type.INT_TYPE);
        }
    }

    /** Pushes the first of the time steps that a loop runs over, or what is behind the last. */
    private void bound(boolean end, boolean some) {
        if (some) {
            scope.load(end ? "end" : "begin");
        } else if (end) {
            scope.load("steps");
        } else {
            code.push(0);
        }
    }

    void overSomeSteps(Action.OverSomeSteps some) {
        Label test = code.newLabel();
        Label stop = code.newLabel();
        start(some.backward(), false, some.done());
        String first = some.backward() ? "end" : "begin";
        scope.define(first, Type.INT_TYPE);
        code.mark(test);
        scope.load(first);
        if (some.backward()) {
            code.ifZCmp(GeneratorAdapter.LE, stop);
            code.push(0);
        } else {
            scope.load("steps");
            code.ifICmp(GeneratorAdapter.GE, stop);
            scope.load("steps");
        }
        scope.load(first);
        code.push(some.chunk());
        code.math(some.backward() ? GeneratorAdapter.SUB : GeneratorAdapter.ADD, Type.INT_TYPE);
        code.invokeStatic(
                LaneTypes.MATH,
                signature(some.backward() ? "max" : "min", Type.INT_TYPE, Type.INT_TYPE, Type.INT_TYPE));
        scope.define(some.backward() ? "begin" : "end", Type.INT_TYPE);
        body.accept(some.body());
        scope.increase(first, some.backward() ? -some.chunk() : some.chunk());
        code.goTo(test);
        code.mark(stop);
    }

    void forSteps(Action.ForSteps whole) {
        Label end = code.newLabel();
        scope.load("steps");
        code.push(whole.steps());
        code.ifICmp(GeneratorAdapter.NE, end);
        body.accept(whole.body());
        code.mark(end);
    }

    void inChunks(Action.InChunks chunks) {
        Label test = code.newLabel();
        Label end = code.newLabel();
        code.push(0);
        scope.define("from", Type.INT_TYPE);
        code.mark(test);
        scope.load("from");
        scope.integer(chunks.rows());
        code.ifICmp(GeneratorAdapter.GE, end);
        scope.integer(chunks.rows());
        scope.load("from");
        code.push(chunks.chunk());
        code.math(GeneratorAdapter.ADD, Type.INT_TYPE);
        code.invokeStatic(LaneTypes.MATH, signature("min", Type.INT_TYPE, Type.INT_TYPE, Type.INT_TYPE));
        scope.define("to", Type.INT_TYPE);
        body.accept(chunks.body());
        scope.increase("from", chunks.chunk());
        code.goTo(test);
        code.mark(end);
    }
}
