package dev.rnnc.compiler.emit.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import java.util.List;
import javax.lang.model.element.Modifier;

/** Static methods for kernels. */
final class Kernels {
    private final Types types;
    private final Expressions expressions;

    Kernels(Types types) {
        this.types = types;
        this.expressions = new Expressions(types);
    }

    MethodSpec emit(Kernel kernel) {
        MethodSpec.Builder method = MethodSpec.methodBuilder(kernel.name()).addModifiers(Modifier.STATIC);
        if (!kernel.comment().isEmpty()) {
            method.addJavadoc("$L\n", kernel.comment());
        }
        kernel.parameters().forEach(p -> method.addParameter(types.of(p.kind()), p.name()));
        CodeBlock.Builder code = CodeBlock.builder();
        if (types.isVectorised()) {
            // Only where vectors are stored does HotSpot expect arrays behind segments; see docs/performance.md.
            kernel.segments().forEach(segment -> code.addStatement("$L.isNative()", segment));
        }
        statements(kernel.body(), code);
        return method.addCode(code.build()).build();
    }

    private void statements(List<Statement> statements, CodeBlock.Builder code) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Loop loop -> {
                    String step = loop.step() == 1 ? loop.variable() + "++" : loop.variable() + " += " + loop.step();
                    if (loop.runsUp()) {
                        code.beginControlFlow(
                                "for (int $1L = $2L; $1L < $3L; $4L)",
                                loop.variable(),
                                Expressions.integer(loop.from()),
                                Expressions.integer(loop.to()),
                                step);
                    } else {
                        code.beginControlFlow(
                                "for (int $1L = $2L > 0 ? $3L : $5L;$W$1L >= $3L && $1L < $4L; $1L += $6L)",
                                loop.variable(),
                                Expressions.integer(loop.way()),
                                Expressions.integer(loop.from()),
                                Expressions.integer(loop.to()),
                                Expressions.integer(loop.to().plus(-loop.step())),
                                loop.step() == 1
                                        ? Expressions.integer(loop.way())
                                        : CodeBlock.of("$L * $L", loop.step(), Expressions.integer(loop.way())));
                    }
                    statements(loop.body(), code);
                    code.endControlFlow();
                }
                case Statement.Define define ->
                    code.addStatement(
                            "$T $L = $L",
                            types.of(define.local().shape()),
                            define.local().name(),
                            expressions.emit(define.value()));
                case Statement.Line _ -> {}
                case Statement.Assign assign ->
                    code.addStatement("$L = $L", assign.local().name(), expressions.emit(assign.value()));
                case Statement.Store store
                when store.value().shape() == Shape.TOKEN ->
                    code.addStatement(
                            "$L.set(TOKEN, $L, $L)",
                            store.segment(),
                            Expressions.bytes(store.at(), Integer.BYTES),
                            expressions.emit(store.value()));
                case Statement.Store store -> {
                    CodeBlock at =
                            Expressions.bytes(store.at(), types.precision().bytes());
                    if (types.isVector(store.value().shape())) {
                        code.addStatement(
                                "$L$Z.intoMemorySegment($L,$W$L,$WORDER)",
                                expressions.emit(store.value()),
                                store.segment(),
                                at);
                    } else {
                        code.addStatement(
                                "$L.set(REAL,$W$L,$W$L)", store.segment(), at, expressions.emit(store.value()));
                    }
                }
            }
        }
    }
}
