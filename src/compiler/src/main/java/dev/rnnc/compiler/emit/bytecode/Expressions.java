package dev.rnnc.compiler.emit.bytecode;

import static dev.rnnc.compiler.emit.bytecode.LaneTypes.MATH;
import static dev.rnnc.compiler.emit.bytecode.LaneTypes.signature;

import dev.rnnc.compiler.emit.Vocabulary;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Expression.Comparison;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.runtime.math.Bfloat16;
import dev.rnnc.runtime.math.Power;
import dev.rnnc.runtime.random.RandomMask;
import dev.rnnc.runtime.spec.Precision;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/** Pushes the values of the loop IR's expressions. Vector code stands inline: a vector that crosses a call is boxed. */
final class Expressions {
    private final LaneTypes types;
    private final Scope scope;
    private final GeneratorAdapter code;
    private final Functions functions;

    Expressions(LaneTypes types, Scope scope) {
        this.types = types;
        this.scope = scope;
        this.code = scope.code();
        this.functions = new Functions(types, code);
    }

    void emit(Expression e) {
        switch (e) {
            case Expression.Read read -> scope.load(read.local().name());
            case Expression.Load load -> load(load);
            case Expression.LoadToken load -> {
                scope.load(load.segment());
                constant("TOKEN", LaneTypes.TOKEN_LAYOUT);
                scope.bytes(load.at(), Integer.BYTES);
                code.invokeInterface(
                        LaneTypes.SEGMENT, signature("get", Type.INT_TYPE, LaneTypes.TOKEN_LAYOUT, Type.LONG_TYPE));
            }
            case Expression.Constant c when c.shape() == Shape.TOKEN -> code.push((int) c.value());
            case Expression.Constant c when types.isVector(c.shape()) -> broadcast(() -> number(c.value()));
            case Expression.Constant c -> number(c.value());
            case Expression.Broadcast b when types.isVectorised() -> broadcast(() -> emit(b.scalar()));
            case Expression.Broadcast b -> emit(b.scalar());
            case Expression.OfIndex i -> {
                scope.integer(i.index());
                code.cast(Type.INT_TYPE, types.real());
            }
            case Expression.OfToken t -> {
                emit(t.token());
                code.cast(Type.INT_TYPE, types.real());
            }
            case Expression.LaneNumbers n
            when types.isVectorised() -> {
                broadcast(() -> emit(new Expression.OfIndex(n.from())));
                code.push(1);
                code.invokeVirtual(types.vector(), signature("addIndex", types.vector(), Type.INT_TYPE));
            }
            case Expression.LaneNumbers n -> emit(new Expression.OfIndex(n.from()));
            case Expression.Exchange exchange -> {
                emit(exchange.vector());
                constant(Vocabulary.exchange(exchange.by()), LaneTypes.SHUFFLE);
                code.invokeVirtual(types.vector(), signature("rearrange", types.vector(), LaneTypes.SHUFFLE));
            }
            case Expression.FirstLane first -> {
                emit(first.vector());
                if (types.isVectorised()) {
                    code.push(0);
                    code.invokeVirtual(types.vector(), signature("lane", types.real(), Type.INT_TYPE));
                }
            }
            case Expression.Unary u -> {
                emit(u.operand());
                functions.apply(u.operator(), types.isVector(u.shape()));
            }
            case Expression.Binary b -> binary(b);
            case Expression.Pair pair -> {
                emit(pair.low());
                emit(pair.high());
                code.invokeStatic(
                        Type.getType(Bfloat16.class),
                        signature("pair", Type.FLOAT_TYPE, Type.FLOAT_TYPE, Type.FLOAT_TYPE));
            }
            case Expression.MultiplyAdd m -> multiplyAdd(m);
            case Expression.Select s -> select(s);
            case Expression.MaskValue m -> mask(m);
        }
    }

    private void load(Expression.Load load) {
        int bytes = types.precision().bytes();
        if (types.isVector(load.shape())) {
            constant("LANES", LaneTypes.SPECIES);
            scope.load(load.segment());
            scope.bytes(load.at(), bytes);
            constant("ORDER", LaneTypes.ORDER);
            code.invokeStatic(
                    types.vector(),
                    signature(
                            "fromMemorySegment",
                            types.vector(),
                            LaneTypes.SPECIES,
                            LaneTypes.SEGMENT,
                            Type.LONG_TYPE,
                            LaneTypes.ORDER));
        } else {
            scope.load(load.segment());
            constant("REAL", types.realLayout());
            scope.bytes(load.at(), bytes);
            code.invokeInterface(LaneTypes.SEGMENT, signature("get", types.real(), types.realLayout(), Type.LONG_TYPE));
        }
    }

    private void broadcast(Runnable scalar) {
        constant("LANES", LaneTypes.SPECIES);
        scalar.run();
        code.invokeStatic(types.vector(), signature("broadcast", types.vector(), LaneTypes.SPECIES, types.real()));
    }

    private void binary(Expression.Binary b) {
        emit(b.left());
        if (types.isVector(b.shape())) {
            Type right = argument(b.right());
            code.invokeVirtual(types.vector(), signature(Vocabulary.method(b.operator()), types.vector(), right));
            return;
        }
        emit(b.right());
        Type type = types.of(b.shape());
        switch (b.operator()) {
            case ADD -> code.math(GeneratorAdapter.ADD, type);
            case SUBTRACT -> code.math(GeneratorAdapter.SUB, type);
            case MULTIPLY -> code.math(GeneratorAdapter.MUL, type);
            case DIVIDE -> code.math(GeneratorAdapter.DIV, type);
            case MINIMUM, MAXIMUM ->
                code.invokeStatic(MATH, signature(Vocabulary.method(b.operator()), type, type, type));
            case STRICT_POWER -> code.invokeStatic(Type.getType(Power.class), signature("power", type, type, type));
        }
    }

    private void multiplyAdd(Expression.MultiplyAdd m) {
        boolean swapped = types.isVector(m.shape()) && m.a() instanceof Expression.Constant;
        emit(swapped ? m.b() : m.a());
        emit(swapped ? m.a() : m.b());
        emit(m.c());
        if (types.isVector(m.shape())) {
            code.invokeVirtual(types.vector(), types.vectorMethod("fma", 2));
        } else {
            code.invokeStatic(MATH, signature("fma", types.real(), types.real(), types.real(), types.real()));
        }
    }

    private void select(Expression.Select s) {
        if (types.isVector(s.shape())) {
            emit(s.otherwise());
            Type then = argument(s.then());
            emit(s.left());
            Type comparison = LaneTypes.vectorApi("VectorOperators$Comparison");
            code.getStatic(LaneTypes.OPERATORS, Vocabulary.constant(s.comparison()), comparison);
            Type right = argument(s.right());
            code.invokeVirtual(types.vector(), signature("compare", LaneTypes.MASK, comparison, right));
            code.invokeVirtual(types.vector(), signature("blend", types.vector(), then, LaneTypes.MASK));
            return;
        }
        Label otherwise = code.newLabel();
        Label end = code.newLabel();
        emit(s.left());
        emit(s.right());
        jumpUnless(s.comparison(), types.of(s.shape()), otherwise);
        emit(s.then());
        code.goTo(end);
        code.mark(otherwise);
        emit(s.otherwise());
        code.mark(end);
    }

    /** Jumps where a comparison of the two numbers on the stack is false, as all are of a NaN. */
    private void jumpUnless(Comparison comparison, Type type, Label otherwise) {
        boolean single = type.equals(Type.FLOAT_TYPE);
        if (comparison == Comparison.EQUAL) {
            code.visitInsn(single ? Opcodes.FCMPL : Opcodes.DCMPL);
        } else {
            code.visitInsn(single ? Opcodes.FCMPG : Opcodes.DCMPG);
        }
        code.visitJumpInsn(
                switch (comparison) {
                    case LESS -> Opcodes.IFGE;
                    case LESS_EQUAL -> Opcodes.IFGT;
                    case EQUAL -> Opcodes.IFNE;
                },
                otherwise);
    }

    private void mask(Expression.MaskValue m) {
        scope.load(m.seed());
        code.push(m.stream());
        scope.bytes(m.element(), 1);
        code.push(m.keep());
        code.invokeStatic(
                Type.getType(RandomMask.class),
                signature(
                        Vocabulary.maskValue(types.precision()),
                        types.real(),
                        Type.LONG_TYPE,
                        Type.INT_TYPE,
                        Type.LONG_TYPE,
                        Type.DOUBLE_TYPE));
    }

    /** Pushes an operand of a vector method and yields its type: a number may stay a number. */
    private Type argument(Expression e) {
        if (e instanceof Expression.Constant c) {
            number(c.value());
            return types.real();
        }
        emit(e);
        return LaneTypes.VECTOR;
    }

    private void number(double value) {
        if (types.precision() == Precision.FLOAT) {
            code.push((float) value);
        } else {
            code.push(value);
        }
    }

    private void constant(String name, Type type) {
        code.getStatic(types.laneClass(), name, type);
    }
}
