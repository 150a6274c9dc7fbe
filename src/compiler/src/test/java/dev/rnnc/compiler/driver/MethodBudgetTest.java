package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.emit.MethodSize;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class MethodBudgetTest {
    @TestFactory
    Stream<DynamicTest> everyMethodOfEveryModelStaysWithinTheBudget() {
        return ModelTexts.all().entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
                    Model model = ModelTexts.model(e.getValue());
                    CompileOptions options =
                            CompileOptions.of(ModelTexts.kinds(model)).lanes(16, 8, 4, 1);
                    assertThat(Compiler.methods(model, options))
                            .filteredOn(m -> !m.size().runsOnce())
                            .allSatisfy(m -> assertThat(m.size().bytes()).isLessThanOrEqualTo(MethodSize.BUDGET));
                }));
    }

    @Test
    void aMethodOverTheBudgetIsRefusedWithTheEquationAndItsLine() {
        Model model = ModelTexts.model(ModelTexts.stack("gru(%s, %d)", 3, 5));
        CompileOptions options = CompileOptions.of(ProgramKind.TRAINING);
        ClassPlan plan = Compiler.plan(model, options);
        Map<String, byte[]> classes = Compiler.classes(model, options);
        int largest = MethodSize.of(classes).stream()
                .filter(m -> !m.runsOnce())
                .mapToInt(MethodSize::bytes)
                .max()
                .orElseThrow();

        MethodBudget.check(plan, classes, largest);
        assertThatThrownBy(() -> MethodBudget.check(plan, classes, largest - 1))
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "(?s)test\\.rnn:\\d+: error: '(a|b|loss): .*' needs the method Stack.* of %,d bytes.*"
                                .formatted(largest));
    }

    @Test
    void whatOneBackendMeasuresHoldsForTheOther() {
        Model model = ModelTexts.model(ModelTexts.characterModel());
        CompileOptions options = CompileOptions.of(ProgramKind.TRAINING);
        Map<String, Integer> java = sizes(Compiler.classes(model, options.by(BackendKind.JAVA)));
        Map<String, Integer> bytecode = sizes(Compiler.classes(model, options.by(BackendKind.BYTECODE)));

        assertThat(bytecode.keySet()).isEqualTo(java.keySet());
        bytecode.forEach((name, bytes) ->
                assertThat(bytes.doubleValue()).as(name).isCloseTo(java.get(name), Percentage.withPercentage(5)));
    }

    private static Map<String, Integer> sizes(Map<String, byte[]> classes) {
        return MethodSize.of(classes).stream()
                .filter(m -> !m.runsOnce() && m.bytes() > 100)
                .collect(Collectors.toMap(MethodSize::name, MethodSize::bytes));
    }

    @Test
    void aModelThatNoClassFileHoldsIsRefused() {
        Model model = ModelTexts.model(deep(700, "dense"));
        for (BackendKind backend : BackendKind.values()) {
            assertThatThrownBy(() -> Compiler.classes(
                            model, CompileOptions.of(ProgramKind.SEQUENCE).by(backend)))
                    .isInstanceOf(ModelException.class)
                    .hasMessageMatching(
                            "test\\.rnn: error: model Deep is too large: the method Deep\\.<clinit> has [0-9,]+"
                                    + " bytes, and the JVM takes 65,535; share layers, or split it into several models\n");
        }
    }

    private static String deep(int layers, String cell) {
        StringBuilder text = new StringBuilder("model Deep { input x : real[4] sequence target g : real[4] sequence\n");
        String last = "x";
        for (int i = 0; i < layers; i++) {
            text.append("layer l%d = %s(%s, 4)\n".formatted(i, cell, last));
            last = "l" + i;
        }
        return text.append("output y = dense(%s, 4) loss mse(y, g) }".formatted(last))
                .toString();
    }

    @Test
    void threeHundredLayersCompile() {
        Model model = ModelTexts.model(deep(300, "dense"));
        assertThat(Compiler.classes(model, CompileOptions.of(ProgramKind.TRAINING, ProgramKind.SEQUENCE)))
                .isNotEmpty();
    }

    @Test
    void aModelOfManyLayersKeepsItsRoutinesShort() {
        String text = deep(60, "lstm");
        for (BackendKind backend : BackendKind.values()) {
            Map<String, byte[]> classes = Compiler.classes(
                    ModelTexts.model(text),
                    CompileOptions.of(ProgramKind.TRAINING).by(backend));
            List<MethodSize> sizes = MethodSize.of(classes);
            assertThat(sizes)
                    .filteredOn(m -> !m.runsOnce())
                    .allSatisfy(m -> assertThat(m.bytes()).isLessThanOrEqualTo(MethodSize.BUDGET));
        }
    }
}
