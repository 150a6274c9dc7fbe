package dev.rnnc.generic.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever is combined, a model that {@code check} accepts compiles and computes what its equations mean; {@link Witnesses}
 * says who is asked. {@code -Drnnc.models=5000} draws more models than usual, {@code -Drnnc.seed=17} begins with the one of
 * that number; the one of a number is always the same. One that fails is made simpler, then printed.
 */
class RandomModelsTest {
    private static final int USUAL = 300;
    /** Models are as quick to draw as to read, but javac takes its time. */
    private static final int JAVA_EVERY = 10;

    private static final int GROUP = 50;

    private final AtomicInteger drawn = new AtomicInteger();
    private final AtomicInteger compared = new AtomicInteger();

    @TestFactory
    Stream<DynamicNode> everyWitnessOfARandomModelAgrees() {
        long first = Long.getLong("rnnc.seed", 0);
        long end = first + Integer.getInteger("rnnc.models", Long.getLong("rnnc.seed") != null ? 1 : USUAL);
        Stream<DynamicNode> groups = LongStream.iterate(first, seed -> seed < end, seed -> seed + GROUP)
                .mapToObj(from -> DynamicContainer.dynamicContainer(
                        "models from " + from,
                        LongStream.range(from, Math.min(end, from + GROUP))
                                .mapToObj(seed -> DynamicTest.dynamicTest("model " + seed, () -> check(seed)))));
        // A generator whose models are refused, or run away, compares nothing.
        DynamicTest most = DynamicTest.dynamicTest(
                "most models are compared",
                () -> assertThat(compared.get()).isGreaterThanOrEqualTo(drawn.get() * 8 / 10));
        return end - first < GROUP ? groups : Stream.concat(groups, Stream.of(most));
    }

    private void check(long seed) {
        String text = RandomModel.text(seed);
        Setting setting = Setting.of(seed);
        try {
            drawn.incrementAndGet();
            if (Witnesses.check(text, setting, seed % JAVA_EVERY == 0) == Witnesses.Outcome.FINE) {
                compared.incrementAndGet();
            }
        } catch (Subject.FaultException e) {
            compared.incrementAndGet();
            Shrink.Failing simplest = Shrink.simplest(text, setting, e.fault());
            fail("model %d, made simpler: %s%n%s%n%s%nReplay: -Drnnc.seed=%d%n"
                    .formatted(seed, simplest.fault(), simplest.setting(), simplest.text(), seed));
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("model %d:%n%s".formatted(seed, text), e);
        }
    }

    /** What was found once, as small as it was made then. */
    @TestFactory
    Stream<DynamicTest> whatWasFoundOnceIsNoMore() {
        return Found.ALL.stream()
                .map(found -> DynamicTest.dynamicTest(found.name(), () -> {
                    for (int seed = 0; seed < Found.SETTINGS; seed++) {
                        Witnesses.check(found.text(), Setting.of(seed), false);
                    }
                }));
    }
}
