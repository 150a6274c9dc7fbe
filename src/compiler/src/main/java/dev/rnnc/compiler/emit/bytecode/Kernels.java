package dev.rnnc.compiler.emit.bytecode;

import static dev.rnnc.compiler.emit.bytecode.LaneTypes.signature;

import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/** The static method of one kernel. */
final class Kernels {
    private final LaneTypes types;
    private final Scope scope;
    private final GeneratorAdapter code;
    /** Whether all calls are for the same equation, so that its lines are those of every call. */
    private final boolean lined;

    private final Expressions expressions;

    private Kernels(LaneTypes types, GeneratorAdapter code, boolean lined) {
        this.lined = lined;
        this.types = types;
        this.code = code;
        this.scope = new Scope(code);
        this.expressions = new Expressions(types, scope);
    }

    static void emit(ClassPlan.CalledKernel called, LaneTypes types, ClassFile file) {
        Kernel kernel = called.kernel();
        GeneratorAdapter code =
                file.method(Opcodes.ACC_STATIC, kernel.name(), Type.VOID_TYPE, LaneTypes.parameters(kernel));
        Kernels kernels = new Kernels(types, code, called.line() > 0);
        ClassFile.line(code, called.line());
        for (int i = 0; i < kernel.parameters().size(); i++) {
            kernels.scope.parameter(kernel.parameters().get(i).name(), i);
        }
        if (types.isVectorised()) {
            kernel.segments().forEach(kernels::isNative);
        }
        kernels.statements(kernel.body());
        ClassFile.end(code);
    }

    private void statements(List<Statement> statements) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Loop loop -> loop(loop);
                case Statement.Define define -> {
                    expressions.emit(define.value());
                    scope.define(define.local().name(), types.of(define.local().shape()));
                }
                case Statement.Line line -> ClassFile.line(code, lined ? line.number() : 0);
                case Statement.Assign assign -> {
                    expressions.emit(assign.value());
                    scope.store(assign.local().name());
                }
                case Statement.Store store -> store(store);
            }
        }
    }

    /** Tells HotSpot the segment's class; the answer is dropped. */
    private void isNative(String segment) {
        scope.load(segment);
        code.invokeInterface(LaneTypes.SEGMENT, signature("isNative", Type.BOOLEAN_TYPE));
        code.pop();
    }

    private void loop(Statement.Loop loop) {
        Label test = code.newLabel();
        Label end = code.newLabel();
        if (!loop.runsUp()) {
            eitherWay(loop);
            return;
        }
        scope.integer(loop.from());
        scope.define(loop.variable(), Type.INT_TYPE);
        code.mark(test);
        scope.load(loop.variable());
        scope.integer(loop.to());
        code.ifICmp(GeneratorAdapter.GE, end);
        statements(loop.body());
        scope.increase(loop.variable(), loop.step());
        code.goTo(test);
        code.mark(end);
    }

    private void eitherWay(Statement.Loop loop) {
        Label down = code.newLabel();
        Label begin = code.newLabel();
        Label test = code.newLabel();
        Label end = code.newLabel();
        scope.integer(loop.way());
        code.ifZCmp(GeneratorAdapter.LE, down);
        scope.integer(loop.from());
        code.goTo(begin);
        code.mark(down);
        scope.integer(loop.to().plus(-loop.step()));
        code.mark(begin);
        scope.define(loop.variable(), Type.INT_TYPE);
        code.mark(test);
        scope.load(loop.variable());
        scope.integer(loop.from());
        code.ifICmp(GeneratorAdapter.LT, end);
        scope.load(loop.variable());
        scope.integer(loop.to());
        code.ifICmp(GeneratorAdapter.GE, end);
        statements(loop.body());
        scope.load(loop.variable());
        scope.integer(loop.way());
        if (loop.step() != 1) {
            code.push(loop.step());
            code.math(GeneratorAdapter.MUL, Type.INT_TYPE);
        }
        code.math(GeneratorAdapter.ADD, Type.INT_TYPE);
        scope.store(loop.variable());
        code.goTo(test);
        code.mark(end);
    }

    private void store(Statement.Store store) {
        Shape shape = store.value().shape();
        if (types.isVector(shape)) {
            expressions.emit(store.value());
            scope.load(store.segment());
            scope.bytes(store.at(), types.precision().bytes());
            code.getStatic(types.laneClass(), "ORDER", LaneTypes.ORDER);
            code.invokeVirtual(
                    types.vector(),
                    signature("intoMemorySegment", Type.VOID_TYPE, LaneTypes.SEGMENT, Type.LONG_TYPE, LaneTypes.ORDER));
            return;
        }
        boolean token = shape == Shape.TOKEN;
        Type layout = token ? LaneTypes.TOKEN_LAYOUT : types.realLayout();
        scope.load(store.segment());
        code.getStatic(types.laneClass(), token ? "TOKEN" : "REAL", layout);
        scope.bytes(store.at(), token ? Integer.BYTES : types.precision().bytes());
        expressions.emit(store.value());
        code.invokeInterface(
                LaneTypes.SEGMENT, signature("set", Type.VOID_TYPE, layout, Type.LONG_TYPE, types.of(shape)));
    }
}
