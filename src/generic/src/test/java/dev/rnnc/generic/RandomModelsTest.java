package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever is combined, generated code computes what the generic engine makes of the equations. Results agree within
 * {@link Differential}'s tolerances, in all programs, lane counts and sizes. {@code -Drnnc.models=1000} draws more models
 * than usual, {@code -Drnnc.model=17} one of them.
 */
class RandomModelsTest {
    private static final int USUAL = 24;
    private static final int[] BATCHES = {1, 3, 9};
    private static final int[] STEPS = {1, 2, 7};
    private static final List<Integer> LANES =
            IntStream.of(1, 4, 8, 16).filter(n -> n <= Lanes.count()).boxed().toList();

    @TestFactory
    Stream<DynamicTest> everyProgramOfARandomModelAgrees() {
        Long one = Long.getLong("rnnc.model");
        LongStream seeds =
                one != null ? LongStream.of(one) : LongStream.range(0, Integer.getInteger("rnnc.models", USUAL));
        return seeds.mapToObj(seed -> DynamicTest.dynamicTest("model " + seed, () -> check(seed)));
    }

    private static void check(long seed) {
        String text = RandomModel.text(seed);
        try {
            check(text, new Random(seed));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("model %d: %s%n%s".formatted(seed, e.getMessage(), text), e);
        }
    }

    private static void check(String text, Random random) {
        Model inFloat = model(text);
        Model inDouble = model(text.replace("model M {", "model M { precision double"));
        check(inDouble, draw(random, ProgramKind.INSPECTION).lanes(1));
        check(inFloat, draw(random, ProgramKind.INSPECTION));
        check(inFloat, draw(random, ProgramKind.TRAINING));
        List<ProgramKind> others =
                new ArrayList<>(List.of(ProgramKind.EVALUATION, ProgramKind.SEQUENCE, ProgramKind.OBSERVATION));
        if (inFloat.runsForward()) {
            others.add(ProgramKind.STEP);
        }
        check(inFloat, draw(random, others.get(random.nextInt(others.size()))));
    }

    private static void check(Model model, CompileOptions options) {
        int steps = options.steps();
        try {
            // A longer run must leave nothing behind in a shorter one.
            Differential.check(model, options, steps, 1, steps);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "%s in %s: %s".formatted(options, model.spec().precision(), e.getMessage()), e);
        }
    }

    private static CompileOptions draw(Random random, ProgramKind kind) {
        boolean step = kind == ProgramKind.STEP;
        return CompileOptions.of(kind)
                .sized(step ? 1 : any(random, STEPS), step ? 1 : any(random, BATCHES))
                .lanes(LANES.get(random.nextInt(LANES.size())))
                .withLengths(!step && random.nextBoolean());
    }

    private static int any(Random random, int[] from) {
        return from[random.nextInt(from.length)];
    }

    private static Model model(String text) {
        Checked checked = FrontEnd.check(new SourceText("random.rnn", text));
        assertThat(checked.model()).as(checked.render()).isPresent();
        return checked.model().orElseThrow();
    }
}
