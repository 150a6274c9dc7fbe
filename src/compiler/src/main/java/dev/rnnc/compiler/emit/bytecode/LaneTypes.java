package dev.rnnc.compiler.emit.bytecode;

import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.runtime.spec.Precision;
import java.util.Arrays;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.Method;

/**
 * The JVM types that stand for the loop IR's, for one precision and lane count.
 *
 * @param precision type of real numbers
 * @param lanes lanes of a vector; 1 for plain numbers
 * @param laneClass the class that holds the kernels and the constants they read
 */
record LaneTypes(Precision precision, int lanes, Type laneClass) {
    static final Type SEGMENT = named("java/lang/foreign/MemorySegment");
    static final Type LAYOUT = named("java/lang/foreign/ValueLayout");
    static final Type TOKEN_LAYOUT = named("java/lang/foreign/ValueLayout$OfInt");
    static final Type ORDER = named("java/nio/ByteOrder");
    static final Type SPECIES = vectorApi("VectorSpecies");
    static final Type SHUFFLE = vectorApi("VectorShuffle");
    static final Type MASK = vectorApi("VectorMask");
    static final Type OPERATORS = vectorApi("VectorOperators");
    static final Type VECTOR = vectorApi("Vector");
    static final Type FLOATS = vectorApi("FloatVector");
    static final Type INTEGERS = vectorApi("IntVector");
    static final Type MATH = Type.getType(Math.class);

    static Type named(String internalName) {
        return Type.getObjectType(internalName);
    }

    static Type vectorApi(String name) {
        return named("jdk/incubator/vector/" + name);
    }

    static Method signature(String name, Type returns, Type... parameters) {
        return new Method(name, returns, parameters);
    }

    boolean isVectorised() {
        return lanes > 1;
    }

    boolean isVector(Shape shape) {
        return shape == Shape.VECTOR && isVectorised();
    }

    /** {@code float} or {@code double}. */
    Type real() {
        return precision == Precision.FLOAT ? Type.FLOAT_TYPE : Type.DOUBLE_TYPE;
    }

    Type vector() {
        return precision == Precision.FLOAT ? FLOATS : vectorApi("DoubleVector");
    }

    /** The layout of a real number in memory. */
    Type realLayout() {
        return named("java/lang/foreign/ValueLayout$" + (precision == Precision.FLOAT ? "OfFloat" : "OfDouble"));
    }

    Type of(Shape shape) {
        return switch (shape) {
            case VECTOR -> isVectorised() ? vector() : real();
            case SCALAR -> real();
            case TOKEN -> Type.INT_TYPE;
        };
    }

    static Type of(Kernel.Kind kind) {
        return switch (kind) {
            case REALS, TOKENS -> SEGMENT;
            case INTEGER -> Type.INT_TYPE;
            case SEED -> Type.LONG_TYPE;
        };
    }

    static Type[] parameters(Kernel kernel) {
        return kernel.parameters().stream().map(p -> of(p.kind())).toArray(Type[]::new);
    }

    /** The static method of a kernel. */
    static Method kernel(Kernel kernel) {
        return new Method(kernel.name(), Type.VOID_TYPE, parameters(kernel));
    }

    /** A method of this precision's vector class that takes and yields vectors. */
    Method vectorMethod(String name, int operands) {
        Type[] parameters = new Type[operands];
        Arrays.fill(parameters, VECTOR);
        return new Method(name, vector(), parameters);
    }
}
