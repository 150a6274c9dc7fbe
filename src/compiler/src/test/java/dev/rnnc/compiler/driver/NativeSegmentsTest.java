package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.ProgramKind;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.AccessFlag;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Kernels tell HotSpot the class of their segments, without which loops that store vectors check it at each access. */
class NativeSegmentsTest {
    private static final ClassDesc SEGMENT =
            MemorySegment.class.describeConstable().orElseThrow();

    private final Model model = ModelTexts.model("""
            model Kernels {
              input x : real[5] sequence
              target wanted : real[3] sequence
              layer h = lstm(x, 20)
              output y = dense(h, 3)
              loss mse(y, wanted)
            }
            """);

    @Test
    void everyKernelOfVectorsAsksEachOfItsSegmentsOnce() {
        assertThat(kernels("KernelsLanes16"))
                .hasSizeGreaterThan(10)
                .allSatisfy(kernel -> assertThat(asked(kernel))
                        .isEqualTo(kernel.methodTypeSymbol().parameterList().stream()
                                .filter(SEGMENT::equals)
                                .count()));
    }

    @Test
    void kernelsOfPlainNumbersStoreNoVectorsAndAskNothing() {
        assertThat(kernels("KernelsScalar"))
                .hasSizeGreaterThan(10)
                .allSatisfy(kernel -> assertThat(asked(kernel)).isZero());
    }

    private List<MethodModel> kernels(String name) {
        CompileOptions options =
                CompileOptions.of(ProgramKind.TRAINING).sized(4, 3).lanes(16, 1);
        return Compiler.classes(model, options).entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(name))
                .flatMap(entry -> ClassFile.of().parse(entry.getValue()).methods().stream())
                .filter(method -> method.flags().has(AccessFlag.STATIC))
                .filter(method -> method.methodTypeSymbol().parameterList().contains(SEGMENT))
                .toList();
    }

    private static long asked(MethodModel kernel) {
        return kernel.code()
                .orElseThrow()
                .elementStream()
                .filter(InvokeInstruction.class::isInstance)
                .map(InvokeInstruction.class::cast)
                .filter(call -> call.name().equalsString("isNative"))
                .count();
    }
}
