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
        first(loop);
        scope.define("t", Type.INT_TYPE);
        code.mark(test);
        scope.load("t");
        if (loop.backward()) {
            code.push(loop.turn() - 1);
            if (loop.some()) {
                scope.load("begin");
                code.math(GeneratorAdapter.ADD, Type.INT_TYPE);
            }
            code.ifICmp(GeneratorAdapter.LT, end);
        } else {
            scope.load(loop.some() ? "end" : "steps");
            code.push(loop.turn());
            code.math(GeneratorAdapter.SUB, Type.INT_TYPE);
            code.ifICmp(GeneratorAdapter.GT, end);
        }
        body.accept(loop.body());
        scope.increase("t", loop.backward() ? -loop.turn() : loop.turn());
        code.goTo(test);
        code.mark(end);
    }

    /** Pushes the first time step of a loop: behind all turns, forward or backward, where it runs what they leave. */
    private void first(Action.OverTime loop) {
        if (loop.backward() && loop.done() == 0) {
            scope.load(loop.some() ? "end" : "steps");
        } else {
            if (loop.some()) {
                scope.load("begin");
            } else {
                code.push(0);
            }
            if (loop.done() > 0) {
                count(loop);
                code.push(loop.done());
                code.math(loop.backward() ? GeneratorAdapter.REM : GeneratorAdapter.DIV, Type.INT_TYPE);
                if (!loop.backward()) {
                    code.push(loop.done());
                    code.math(GeneratorAdapter.MUL, Type.INT_TYPE);
                }
                code.math(GeneratorAdapter.ADD, Type.INT_TYPE);
            }
        }
        if (loop.backward()) {
            code.push(1);
            code.math(GeneratorAdapter.SUB, Type.INT_TYPE);
        }
    }

    /** Pushes the number of time steps a loop and its turns run over. */
    private void count(Action.OverTime loop) {
        scope.load(loop.some() ? "end" : "steps");
        if (loop.some()) {
            scope.load("begin");
            code.math(GeneratorAdapter.SUB, Type.INT_TYPE);
        }
    }

    void overSomeSteps(Action.OverSomeSteps some) {
        Label test = code.newLabel();
        Label stop = code.newLabel();
        if (some.backward() || some.done() > 0) {
            scope.load("steps");
        } else {
            code.push(0);
        }
        if (some.done() > 0) {
            code.push(some.done());
            code.math(some.backward() ? GeneratorAdapter.REM : GeneratorAdapter.DIV, Type.INT_TYPE);
            if (!some.backward()) {
                code.push(some.done());
                code.math(GeneratorAdapter.MUL, Type.INT_TYPE);
            }
        }
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
