package dev.rnnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The extent of a gradient: where it may differ from zero, in ranges of whole lines. */
class GradientExtentTest {
    /** Offsets 0, 16, 528, 544 and 1344: a line holds 16 floats, and the two tables have rows of 5 and of 16. */
    private static final int ELEMENTS = 1360;

    private static ModelSpec model(Precision precision) {
        return new ModelSpec(
                "Tables",
                "",
                CompiledModel.ABI,
                precision,
                List.of(
                        parameter("first", 0, 3),
                        parameter("odd", 16, 100, 5),
                        parameter("middle", 528, 7),
                        parameter("even", 544, 50, 16),
                        parameter("last", 1344, 16)),
                ELEMENTS,
                List.of(),
                null);
    }

    private static ParameterSpec parameter(String name, long offset, Integer... shape) {
        return new ParameterSpec(name, List.of(shape), offset, new Initializer.Constant(0), null);
    }

    private static final ProgramSpec SPEC = new ProgramSpec(
            ProgramKind.TRAINING,
            2,
            2,
            List.of(
                    touched("odd", 0, Rows.SEQUENCE, 100),
                    touched("even", 0, Rows.SEQUENCE, 50),
                    touched("even", 1, Rows.BATCH, 50)));

    private static PortSpec touched(String parameter, int lookup, Rows rows, int size) {
        String name = PortSpec.touched(parameter, lookup);
        return new PortSpec(name, Role.TOUCHED_ROWS, Element.TOKEN, rows, List.of(), size);
    }

    /** A program that touched the rows it was given. */
    private static final class Touching extends Program {
        Touching(ModelSpec model, int[]... rows) {
            super(SPEC, new Parameters(model));
            for (int p = 0; p < rows.length; p++) {
                MemorySegment segment = allocate(64);
                MemorySegment.copy(rows[p], 0, segment, ValueLayout.JAVA_INT, 0, rows[p].length);
                bind(SPEC.ports().get(p).name(), segment);
            }
        }

        @Override
        public void refresh() {}

        @Override
        public void run(int steps) {}

        @Override
        public double loss() {
            return 0;
        }

        @Override
        public MemorySegment gradients() {
            return null;
        }
    }

    private static List<List<Integer>> ranges(GradientExtent extent) {
        List<List<Integer>> ranges = new ArrayList<>();
        for (int i = 0; i < extent.ranges(); i++) {
            ranges.add(List.of(extent.start(i), extent.end(i)));
        }
        return ranges;
    }

    private static GradientExtent extent(ModelSpec model, int[]... rows) {
        GradientExtent extent = new GradientExtent(model, SPEC);
        extent.clear();
        try (Program program = new Touching(model, rows)) {
            extent.add(program);
        }
        return extent;
    }

    @Test
    void itIsEverythingUntilItIsCleared() {
        GradientExtent extent = new GradientExtent(model(Precision.FLOAT), SPEC);
        assertThat(ranges(extent)).containsExactly(List.of(0, ELEMENTS));
        extent.clear();
        assertThat(ranges(extent)).containsExactly(List.of(0, 16), List.of(528, 544), List.of(1344, ELEMENTS));
        extent.everything();
        assertThat(ranges(extent)).containsExactly(List.of(0, ELEMENTS));
    }

    @Test
    void withoutTouchedRowsItIsAlwaysEverything() {
        GradientExtent extent = new GradientExtent(model(Precision.FLOAT));
        extent.clear();
        assertThat(extent.isSparse()).isFalse();
        assertThat(ranges(extent)).containsExactly(List.of(0, ELEMENTS));
    }

    @Test
    void rowsAreRangesOfWholeLinesInTheirOrder() {
        // Row 20 of the odd table is elements 116 to 120, row 3 is 31 to 35 and so in two lines.
        GradientExtent extent =
                extent(model(Precision.FLOAT), new int[] {20, 3, 20, 20}, new int[] {49, 7, 8, 7}, new int[] {0, 7});
        assertThat(ranges(extent))
                .containsExactly(
                        List.of(0, 48),
                        List.of(112, 128),
                        List.of(528, 560),
                        List.of(656, 688),
                        List.of(1328, ELEMENTS));
        assertThat(extent.size()).isEqualTo(48 + 16 + 32 + 32 + 32);
    }

    @Test
    void theRangesBehindAnElementAreFound() {
        GradientExtent extent =
                extent(model(Precision.FLOAT), new int[] {20, 3, 20, 20}, new int[] {49, 7, 8, 7}, new int[] {0, 7});
        int range = 0;
        for (int element = 0; element < ELEMENTS; element++) {
            range += element == extent.end(range) ? 1 : 0;
            assertThat(extent.rangeBehind(element)).isEqualTo(range);
        }
        assertThat(extent.rangeBehind(ELEMENTS)).isEqualTo(extent.ranges());
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void whatIsOutsideCountsForNothing(Precision precision) {
        ModelSpec model = model(precision);
        GradientExtent extent = extent(model, new int[] {99, 3, 50, 51}, new int[] {49, 7, 8, 7}, new int[] {0, 30});
        MemorySegment gradient = gradient(model, extent);
        MemorySegment same = gradient(model, extent);
        double norm = GradientClip.norm(gradient, model);
        assertThat(GradientClip.norm(gradient, model, extent)).isEqualTo(norm).isPositive();
        for (ClipSpec clip : List.of(new ClipSpec.Norm(norm / 3), new ClipSpec.Value(0.1))) {
            assertThat(GradientClip.limits(clip, gradient, model, norm)).isTrue();
            GradientClip.apply(clip, gradient, model, extent, norm);
            GradientClip.apply(clip, same, model, norm);
            assertThat(gradient.mismatch(same)).isEqualTo(-1);
        }
        assertThat(NonFinite.none(gradient, model, extent)).isTrue();
    }

    @Test
    void onlyItsRowsAreZeroed() {
        ModelSpec model = model(Precision.FLOAT);
        GradientExtent extent = extent(model, new int[] {99, 3, 50, 51}, new int[] {49, 7, 8, 7}, new int[] {0, 30});
        MemorySegment array = gradient(model, new GradientExtent(model));
        extent.zeroRows(array);
        List<Integer> zeros = new ArrayList<>();
        for (int i = 0; i < ELEMENTS; i++) {
            if (array.getAtIndex(ValueLayout.JAVA_FLOAT, i) == 0) {
                zeros.add(i);
            }
        }
        assertThat(zeros)
                .hasSize(4 * 5 + 5 * 16)
                .contains(31, 35, 511, 515, 544, 1343)
                .doesNotContain(30, 36, 516);
        extent.everything();
        extent.zeroRows(array);
        assertThat(array.getAtIndex(ValueLayout.JAVA_FLOAT, 16)).isZero();
        assertThat(array.getAtIndex(ValueLayout.JAVA_FLOAT, 528)).isNotZero();
    }

    /** Numbers in the extent and zeros elsewhere. */
    private static MemorySegment gradient(ModelSpec model, GradientExtent extent) {
        MemorySegment gradient =
                Arena.ofAuto().allocate((long) ELEMENTS * model.precision().bytes(), 64);
        CounterRandom random = new CounterRandom(1, 2);
        for (int i = 0; i < extent.ranges(); i++) {
            for (int at = extent.start(i); at < extent.end(i); at++) {
                switch (model.precision()) {
                    case FLOAT -> gradient.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) random.nextNormal());
                    case DOUBLE -> gradient.setAtIndex(ValueLayout.JAVA_DOUBLE, at, random.nextNormal());
                }
            }
        }
        return gradient;
    }
}
