package dev.rnnc.compiler.emit.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.TypeName;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.runtime.spec.Precision;

/** The Java types that stand for the loop IR's, for one precision and lane count. */
record Types(Precision precision, int lanes) {
    static final ClassName SEGMENT = ClassName.get("java.lang.foreign", "MemorySegment");
    static final ClassName LAYOUT = ClassName.get("java.lang.foreign", "ValueLayout");
    static final ClassName ORDER = ClassName.get("java.nio", "ByteOrder");
    static final ClassName OPERATORS = ClassName.get("jdk.incubator.vector", "VectorOperators");
    static final ClassName SHUFFLE = ClassName.get("jdk.incubator.vector", "VectorShuffle");
    static final ClassName SPECIES = ClassName.get("jdk.incubator.vector", "VectorSpecies");

    boolean isVectorised() {
        return lanes > 1;
    }

    /** {@code float} or {@code double}. */
    TypeName real() {
        return switch (precision) {
            case FLOAT -> TypeName.FLOAT;
            case DOUBLE -> TypeName.DOUBLE;
        };
    }

    /** The vector class. */
    ClassName vector() {
        return ClassName.get("jdk.incubator.vector", precision == Precision.FLOAT ? "FloatVector" : "DoubleVector");
    }

    TypeName of(Shape shape) {
        return switch (shape) {
            case VECTOR -> isVectorised() ? vector() : real();
            case SCALAR -> real();
            case TOKEN -> TypeName.INT;
        };
    }

    TypeName of(Kernel.Kind kind) {
        return switch (kind) {
            case REALS, TOKENS -> SEGMENT;
            case INTEGER -> TypeName.INT;
            case SEED -> TypeName.LONG;
        };
    }

    /** Whether {@code shape} is a vector object rather than a plain number. */
    boolean isVector(Shape shape) {
        return shape == Shape.VECTOR && isVectorised();
    }
}
