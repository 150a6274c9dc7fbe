package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.ProgramKind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The typed API of a generated class, used as a user would, from both backends' classes: the same names, the same bits. */
class TypedApiTest {
    @TempDir
    private Path folder;

    @Test
    void aCharacterModelIsSteppedThroughByItsNames() throws Exception {
        String user = """
                static Object run() throws Exception {
                    Words model = Words.initialize(7);
                    java.util.List<Object> seen = new java.util.ArrayList<>();
                    try (Words.Step step = model.newStep()) {
                        float[] buffer = new float[Words.LOGITS_SIZE];
                        for (int token = 0; token < Words.TEXT_VOCABULARY; token++) {
                            step.step(token).logits(buffer);
                            if (buffer[3] != step.logits(3) || step.logits()[3] != buffer[3]) {
                                throw new AssertionError();
                            }
                            seen.add(buffer.clone());
                        }
                        seen.add(step.state("h.h"));
                    }
                    try (Words.Sequence sequence = model.newSequence()) {
                        sequence.forward(new int[] {0, 1, 2});
                        seen.add(sequence.logits());
                        seen.add(sequence.logits(2, Words.HIDDEN));
                    }
                    seen.add(Words.HIDDEN * 1000 + Words.STEPS * 10 + Words.BATCH);
                    try (Words.Training training = model.newTraining()) {
                        int[] text = {1, 2, 3, 4, 5, 6, 7, 8};
                        for (int i = 0; i < 3; i++) {
                            seen.add(training.step(text, text));
                        }
                    }
                    try (Words.Evaluation evaluation = model.newEvaluation()) {
                        seen.add(evaluation.evaluate(new int[] {1, 2}, new int[] {2, 3}));
                    }
                    return seen;
                }
                """;
        List<?> seen = (List<?>) both("""
                const HIDDEN = 5
                model Words {
                  input text : token(11) sequence
                  target next : token(11) sequence
                  layer h = gru(embed(text, 4), HIDDEN)
                  output logits = dense(dropout(h, 0.1), 11)
                  loss crossentropy(logits, next)
                  train { steps 4 batch 2 optimizer adam(rate: 0.1) clip norm 1 }
                }
                """, user);
        assertThat((float[]) seen.getFirst()).hasSize(11);
        float[] sequence = (float[]) seen.get(12);
        assertThat(sequence).hasSize(3 * 11);
        assertThat(Arrays.copyOfRange(sequence, 0, 11)).isEqualTo(seen.getFirst());
        assertThat(seen.get(14)).isEqualTo(5042);
        assertThat((double) seen.get(17)).isLessThan((double) seen.get(15));
    }

    @Test
    void anEvaluationStartsFromZeroUnlessTheModelCarriesItsStatesAndForwardGoesOn() throws Exception {
        String user = """
                static Object run() throws Exception {
                    java.util.List<Object> seen = new java.util.ArrayList<>();
                    float[] a = {1, 2, 3};
                    float[] b = {-1, 0.5f, 2};
                    Sum model = Sum.initialize(7);
                    try (Sum.Evaluation evaluation = model.newEvaluation()) {
                        seen.add(evaluation.evaluate(a, b));
                        seen.add(evaluation.evaluate(a, b));
                        dev.rnnc.runtime.session.StateSnapshot left = evaluation.save();
                        evaluation.restore(left);
                        seen.add(evaluation.evaluate(a, b));
                        evaluation.reset();
                        seen.add(evaluation.evaluate(a, b));
                    }
                    try (Sum.Sequence sequence = model.newSequence()) {
                        seen.add(sequence.forward(a).y(2));
                        seen.add(sequence.forward(a).y(2));
                        sequence.reset();
                        seen.add(sequence.forward(a).y(2));
                    }
                    return seen;
                }
                """;
        String text = """
                cell total(x) -> s { state s  s' = s + x }
                model Sum {
                  input x : real sequence
                  target t : real sequence
                  output y = total(x)
                  loss mse(y, t)
                  train { steps 3 batch 1 optimizer sgd(rate: 0.1)%s }
                }
                """;
        // From zero the errors are 2, 2.5 and 4, from 6 they are 6 more.
        double fresh = (4 + 6.25 + 16) / 3;
        double carried = (64 + 72.25 + 100) / 3;
        List<?> plain = (List<?>) both(text.formatted(""), user);
        assertThat(plain.subList(0, 4))
                .map(v -> (double) v)
                .satisfiesExactly(
                        v -> assertThat(v).isCloseTo(fresh, within(1e-4)),
                        v -> assertThat(v).isCloseTo(fresh, within(1e-4)),
                        v -> assertThat(v).isCloseTo(carried, within(1e-4)),
                        v -> assertThat(v).isCloseTo(fresh, within(1e-4)));
        assertThat(plain.subList(4, 7)).isEqualTo(List.of(6f, 12f, 6f));
        List<?> stateful = (List<?>) both(text.formatted(" stateful"), user);
        assertThat((double) stateful.get(1)).isCloseTo(carried, within(1e-4));
    }

    @Test
    void namesThatJavaOrTheSessionTakesGetAnUnderscore() throws Exception {
        String user = """
                static Object run() throws Exception {
                    Step model = Step.initialize(1);
                    try (Step.StepSession session = model.newStep()) {
                        session.step(0.5f, new float[] {1, 2});
                        Step.StepOutputs outputs = session.outputs();
                        if (!outputs.equals(outputs) || !outputs.toString().startsWith("StepOutputs[close_=[F@")
                                || outputs.equals(session.outputs()) || outputs.class_()[1] != 4 || outputs.step_() != 3) {
                            throw new AssertionError(outputs);
                        }
                        return new float[] {
                            session.close_(0), session.hashCode_(), session.class_(1), session.logits(0), session.step_()
                        };
                    }
                }
                """;
        float[] values = (float[]) both("""
                const SPEC = 3
                model Step {
                  input int : real sequence
                  input into : real[2] sequence
                  output close = into + 1
                  output hashCode = int * 2
                  output class = into * 2
                  output logits = into - int
                  output step = int + 2.5
                }
                """, user);
        assertThat(values).containsExactly(2, 1, 4, 0.5f, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"String", "Set", "Program", "Parameters", "Training", "Generated", "FloatPort"})
    void aModelMayBeCalledAsAClassThatItNeeds(String name) throws Exception {
        String user = """
                static Object run() throws Exception {
                    NAME model = NAME.initialize(1);
                    try (var session = model.newStep(); var training = model.NEW()) {
                        training.step(new float[] {1}, new float[] {1});
                        return session.step(2).y();
                    }
                }
                """.replace("NAME", name).replace("NEW", "newTraining");
        assertThat(both("""
                model NAME {
                  input x : real sequence
                  target t : real sequence
                  output y = x + 1
                  loss mse(y, t)
                  train { steps 3 batch 1 }
                }
                """.replace("NAME", name), user)).isEqualTo(3f);
    }

    @Test
    void aCaptionIsGeneratedFromAnImage() throws Exception {
        String user = """
                static Object run() throws Exception {
                    Caption model = Caption.initialize(3);
                    double[] image = {1, -1, 2};
                    try (Caption.Generation generation = model.newGeneration()) {
                        int[] drawn = generation.start(image).generate(6, 1.0, 42);
                        generation.start(image);
                        int token = Caption.WORDS_START;
                        double[] scores = new double[Caption.LOGITS_SIZE];
                        for (int word : drawn) {
                            generation.step(token).logits(scores);
                            token = word;
                        }
                        int[] six = generation.start(image).generate(6, 0, 1);
                        int[] two = generation.start(image).generate(2, 0, 1);
                        int[] four = generation.generate(4, 0, 1);
                        generation.start(image).step(Caption.WORDS_START).step(six[0]);
                        int[] five = generation.generate(5, 0, 1);
                        return java.util.List.of(drawn, scores, six, two, four, five);
                    }
                }
                """;
        List<?> seen = (List<?>) both("""
                model Caption {
                  precision double
                  input image : real[3]
                  target words : token(7) sequence
                  layer h = gru(embed(previous(words, start: 2), 4), 5, initial: {h: dense(image, 5)})
                  output logits = dense(h, 7)
                  loss crossentropy(logits, words)
                  train { steps 8 batch 1 }
                }
                """, user);
        assertThat((int[]) seen.getFirst()).hasSize(6);
        int[] six = (int[]) seen.get(2);
        assertThat((int[]) seen.get(3)).isEqualTo(Arrays.copyOf(six, 2));
        assertThat((int[]) seen.get(4)).isEqualTo(Arrays.copyOfRange(six, 2, 6));
        assertThat((int[]) seen.get(5)).isEqualTo(Arrays.copyOfRange(six, 1, 6));
    }

    @Test
    void threadsShareAModelAndGetTheSameBits() throws Exception {
        String user = """
                static Object run() throws Exception {
                    Shared model = Shared.initialize(5);
                    java.util.List<java.util.concurrent.Callable<String>> tasks = new java.util.ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        tasks.add(() -> walk(model));
                    }
                    try (var pool = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
                        java.util.Set<String> seen = new java.util.TreeSet<>();
                        for (var future : pool.invokeAll(tasks)) {
                            seen.add(future.get());
                        }
                        return seen;
                    }
                }
                static String walk(Shared model) {
                    try (Shared.Step step = model.newStep()) {
                        for (int i = 0; i < 500; i++) {
                            step.step(new float[] {i % 5, step.state("h.h")[0] > 0 ? 1 : 0});
                            Thread.yield();
                        }
                        return java.util.Arrays.toString(step.outputs().y());
                    }
                }
                """;
        assertThat((Set<?>) both("""
                model Shared {
                  input x : real[2] sequence
                  layer h = lstm(x, 3)
                  output y = h
                }
                """, user)).hasSize(1);
    }

    @Test
    void misuseIsToldClearly() throws Exception {
        String user = """
                interface Wrong { void run() throws Exception; }
                static String message(Wrong wrong) {
                    try {
                        wrong.run();
                        return "nothing";
                    } catch (Exception e) {
                        return e.getClass().getSimpleName() + ": " + e.getMessage();
                    }
                }
                static Object run() throws Exception {
                    Pair model = Pair.initialize(1);
                    java.util.List<String> seen = new java.util.ArrayList<>();
                    Pair.Step step = model.newStep();
                    seen.add(message(() -> step.y(0)));
                    seen.add(message(() -> step.step(5, new float[2])));
                    seen.add(message(() -> step.step(1, new float[3])));
                    step.step(1, new float[2]);
                    seen.add(message(() -> step.y(4)));
                    seen.add(message(() -> step.y(new float[3])));
                    seen.add(message(() -> step.state("h.c")));
                    Thread.ofPlatform().name("other").start(() -> seen.add(message(() -> step.reset()))).join();
                    step.release();
                    Thread.ofPlatform().name("other").start(() -> seen.add(message(() -> step.reset()))).join();
                    seen.add(message(() -> step.reset()));
                    step.close();
                    step.close();
                    seen.add(message(() -> step.reset()));
                    seen.add(message(() -> step.step(1, new float[2])));
                    try (Pair.Sequence sequence = model.newSequence()) {
                        seen.add(message(() -> sequence.forward(new int[] {1, 2, 3}, new float[4])));
                        seen.add(message(() -> sequence.forward(new int[] {1, 2, 3, 4}, new float[4])));
                        sequence.forward(new int[] {1, 2, 3, 4}, new float[8]);
                        seen.add(message(() -> sequence.y(2, 0, 0)));
                        seen.add(message(() -> sequence.y(1, 2, 0)));
                    }
                    seen.add(message(() -> new Pair().newStep()));
                    seen.add(message(() -> Pair.load((java.io.InputStream) null)));
                    seen.add(message(() -> Pair.load(new java.io.ByteArrayInputStream(new byte[3]))));
                    return seen;
                }
                """;
        List<?> seen = (List<?>) both("""
                model Pair {
                  input a : token(5) sequence
                  input b : real[2] sequence
                  layer h = gru(concat(embed(a, 2), b), 4)
                  output y = h
                  train { steps 3 batch 2 }
                }
                """, user, 2);
        assertThat(seen.stream().map(String.class::cast))
                .containsExactly(
                        "IllegalStateException: there is no 'y' before the first run",
                        "IllegalArgumentException: 'a' is given the token 5, and its tokens go from 0 to 4",
                        "IllegalArgumentException: 'b' takes 2 values, not 3",
                        "IndexOutOfBoundsException: index 4 of 'y' is not from 0 to 3",
                        "IllegalArgumentException: 'y' has 4 values, too many for an array of 3",
                        "IllegalArgumentException: there is no state 'h.c'; there are [h.h]",
                        "WrongThreadException: this session belongs to the thread 'main' and was used by 'other'; open a"
                                + " session for each thread, or call release() before another thread takes it over",
                        "nothing",
                        "WrongThreadException: this session belongs to the thread 'other' and was used by 'main'; open a"
                                + " session for each thread, or call release() before another thread takes it over",
                        "IllegalStateException: this session of Step is closed; open another one",
                        "IllegalStateException: this session of Step is closed; open another one",
                        "IllegalArgumentException: 'a' takes [T, 2] with T from 1 to 3, so a multiple of 2 values, not 3",
                        "IllegalArgumentException: the inputs have different numbers of time steps: 'a' 2, 'b' 1",
                        "IndexOutOfBoundsException: time step 2 of 'y' is not from 0 to 1",
                        "IndexOutOfBoundsException: row 2 of 'y' is not from 0 to 1",
                        "IllegalStateException: this Pair has no weights: make it by Pair.load(...) or Pair.initialize(seed)",
                        "NullPointerException: there is no stream of weights for model Pair: is the resource's name right,"
                                + " and the resource on the class path?",
                        "SafeTensorsException: the stream of weights: byte 0: it ends after 3 bytes, within the header's"
                                + " length; the file is damaged or not a safetensors file: fetch or save it again");
    }

    @Test
    void aSessionFollowsManySequencesByTheirSnapshotsWithoutAllocating() throws Exception {
        String user = """
                static Object run() throws Exception {
                    Path file = java.nio.file.Files.createTempFile("counter", ".safetensors");
                    Counter.initialize(9).save(file);
                    Counter model = Counter.load(java.nio.file.Files.newInputStream(file));
                    java.nio.file.Files.delete(file);
                    try (Counter.Step a = model.newStep(); Counter.Step b = model.newStep()) {
                        var kept = a.save();
                        var start = dev.rnnc.runtime.session.StateSnapshot.of(kept.toByteArray());
                        float[] into = new float[4];
                        for (int i = 0; i < 20_000; i++) {
                            walk(a, kept, into, i);
                        }
                        long before = allocated();
                        for (int i = 0; i < 20_000; i++) {
                            walk(a, kept, into, i);
                        }
                        long each = (allocated() - before) / 20_000;
                        a.restore(start);
                        x[0] = 1.5f;
                        a.step(x);
                        b.step(x);
                        b.state("h.h", a.state("h.h"));
                        return java.util.List.of(each, start.equals(b.save()), a.save().equals(b.save()), kept.equals(start),
                                Counter.load(file(model)).newStep().step(x).y(), a.y());
                    }
                }
                static Path file(Counter model) throws Exception {
                    Path file = java.nio.file.Files.createTempFile("counter", ".safetensors");
                    file.toFile().deleteOnExit();
                    model.save(file);
                    return file;
                }
                static float[] x = new float[1];
                static void walk(Counter.Step step, dev.rnnc.runtime.session.StateSnapshot kept, float[] into, int i) {
                    x[0] = i % 7;
                    step.step(x).y(into);
                    step.save(kept);
                    x[0] = into[0] + step.y(1);
                    step.step(x);
                    step.restore(kept);
                }
                static long allocated() {
                    return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                            .getCurrentThreadAllocatedBytes();
                }
                """.replace("Path ", "java.nio.file.Path ");
        List<?> seen = (List<?>) both("""
                model Counter {
                  input x : real[1] sequence
                  layer h = gru(x, 4)
                  output y = h
                }
                """, user);
        assertThat(seen.subList(0, 4)).isEqualTo(List.of(0L, false, true, false));
        assertThat(seen.get(4)).isEqualTo(seen.get(5));
    }

    /** What the code returns, the same whichever backend made the class. */
    private Object both(String text, String user) throws Exception {
        return both(text, user, 0);
    }

    private Object both(String text, String user, int batch) throws Exception {
        Model model = ModelTexts.model(text);
        Set<ProgramKind> kinds = Compiler.programs(model);
        CompileOptions options = new CompileOptions(kinds, 0, batch, List.of(1), "com.acme");
        Object java = UserCode.compile(model, options.by(BackendKind.JAVA), folder, user, List.of())
                .call();
        Object bytecode = UserCode.compile(model, options.by(BackendKind.BYTECODE), folder, user, List.of())
                .call();
        assertThat(bytecode).usingRecursiveComparison().isEqualTo(java);
        return bytecode;
    }
}
