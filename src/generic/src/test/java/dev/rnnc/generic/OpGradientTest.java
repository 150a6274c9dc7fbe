package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.generic.Leaves.Formula;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gradient of every operation and function agrees with central differences, at top level and in scans. */
class OpGradientTest {
    static final Map<String, Formula> FORMULAS = new LinkedHashMap<>();
    /** Formulas over whole sequences, which no body can hold. */
    static final Map<String, Formula> TOP_LEVEL = new LinkedHashMap<>();

    static {
        FORMULAS.putAll(FunctionFormulas.all());
        FORMULAS.putAll(RowFormulas.all());
        FORMULAS.putAll(ProductFormulas.all());
        FORMULAS.putAll(SequenceFormulas.inBodies());
        TOP_LEVEL.putAll(SequenceFormulas.atTopLevel());
    }

    @TestFactory
    Stream<DynamicTest> atTopLevel() {
        return Stream.of(FORMULAS, TOP_LEVEL)
                .flatMap(m -> m.entrySet().stream())
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> GradientCheck.check(Leaves.atTop(e.getValue()))));
    }

    @TestFactory
    Stream<DynamicTest> inAScan() {
        return FORMULAS.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
                    for (Op.Collect collect : Op.Collect.values()) {
                        for (boolean backward : List.of(false, true)) {
                            GradientCheck.check(Leaves.inScan(e.getValue(), collect, backward));
                        }
                    }
                }));
    }
}
