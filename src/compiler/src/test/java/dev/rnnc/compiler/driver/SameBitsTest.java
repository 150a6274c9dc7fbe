package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole programs of all samples, forward and training, give the same bits whatever runs them: lanes, compilers of HotSpot,
 * instructions of the processor, threads, backends. The samples have small sizes, as without FMA instructions
 * {@code Math.fma} is slow; most sizes are more than 16, so that vectors of every length are followed by a rest.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SameBitsTest {
    private static final Path SAMPLES = Path.of("../../samples");
    private static final String VECTORS = "--add-modules=jdk.incubator.vector";
    /** Other processors than x86 know no AVX. */
    private static final String IGNORE = "-XX:+IgnoreUnrecognizedVMOptions";

    private static final String FIRST = "-XX:TieredStopAtLevel=1";
    private static final String SECOND = "-XX:-TieredCompilation";
    /** So that HotSpot's compilers have their turn within a short run. */
    private static final String EARLY = "-XX:CompileThresholdScaling=0.01";

    private static final Pattern SIZE = Pattern.compile("(?<![.\\w])([2-9][0-9]|[1-9][0-9]{2,})(?![.\\w])");

    private Path folder;

    /** The classes and their programs, as {@link SampleDigests} takes them. */
    private final List<String> classes = new ArrayList<>();

    private List<String> expected;

    /** Sizes from 20 on become 17 to 21, the same for equal numbers. */
    private static String small(String text) {
        return SIZE.matcher(text).replaceAll(size -> String.valueOf(17 + Integer.parseInt(size.group()) % 5));
    }

    private static Map<String, String> texts() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(SAMPLES)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".rnn")).sorted().toList()) {
                texts.put(SAMPLES.relativize(file).toString(), small(Files.readString(file)));
            }
        }
        String character = texts.get("char-lm/char-lm.rnn");
        texts.put("in double", character.replace("model CharLm {", "model InDouble { precision double"));
        texts.put("rounded", character.replace("model CharLm {", "model Rounded { precision weights bf16"));
        texts.put("functions", """
                model Functions {
                  input x : real[19] sequence
                  target t : real[19]
                  layer h = rnn(x, 19)
                  layer a = gelu(h) + elu(h) + softplus(h) * silu(h) + softsign(h) + hard_sigmoid(h)
                  layer b = abs(a)^1.5 + (1 + abs(h))^h + exp(h) * log(1 + abs(a)) + sqrt(abs(a)) + 2^h
                  output y = softmax(layernorm(mean(dropout(b, 0.3)) + max(a) - min(a)))
                  loss huber(y, t) + mean(y^2)
                  train { batch 4 optimizer rmsprop(0.01) clip value 0.1 }
                }
                """);
        return texts;
    }

    @BeforeAll
    void compileTheSamples(@TempDir Path classFolder) throws Exception {
        folder = classFolder;
        for (Map.Entry<String, String> entry : texts().entrySet()) {
            Model model = ModelTexts.model(entry.getValue());
            Set<ProgramKind> kinds = Compiler.programs(model);
            kinds.remove(ProgramKind.OBSERVATION); // the forward pass of an inspection
            TrainSettings settings = SampleDigests.settings(model.spec().train(), 1);
            for (BackendKind backend : BackendKind.values()) {
                CompileOptions options = new CompileOptions(
                                kinds, SampleDigests.STEPS, SampleDigests.BATCH, List.of(16, 8, 4, 1), "samples")
                        .training(settings.pieceSteps(), settings.shardRows())
                        .by(backend);
                for (Map.Entry<String, byte[]> file :
                        Compiler.classes(model, options).entrySet()) {
                    Path path =
                            folder.resolve(backend.name()).resolve(file.getKey().replace('.', '/') + ".class");
                    Files.createDirectories(path.getParent());
                    Files.write(path, file.getValue());
                }
            }
            classes.add("samples." + model.spec().name() + "="
                    + kinds.stream().map(ProgramKind::name).collect(Collectors.joining(",")));
        }
        expected = digests(BackendKind.BYTECODE, 1, VECTORS);
        assertThat(expected).hasSizeGreaterThan(4 * classes.size());
    }

    @TestFactory
    Stream<DynamicTest> everythingGivesTheSameBits() {
        Map<String, Callable<List<String>>> all = new LinkedHashMap<>();
        all.put("the interpreter", () -> digests(BackendKind.BYTECODE, 2, VECTORS, "-Xint"));
        for (int avx = 0; avx <= 3; avx++) {
            String flag = "-XX:UseAVX=" + avx;
            all.put(flag, () -> digests(BackendKind.BYTECODE, 3, VECTORS, EARLY, IGNORE, flag));
        }
        all.put("HotSpot's first compiler", () -> digests(BackendKind.BYTECODE, 2, VECTORS, FIRST, "-Xcomp"));
        all.put("HotSpot's second compiler", () -> digests(BackendKind.BYTECODE, 2, VECTORS, SECOND, EARLY));
        for (int lanes : new int[] {8, 4, 1}) {
            if (lanes < Lanes.count()) {
                String flag = "-D" + Lanes.PROPERTY + "=" + lanes;
                all.put(lanes + " lanes", () -> digests(BackendKind.BYTECODE, 3, VECTORS, EARLY, flag));
            }
        }
        all.put("Java sources", () -> digests(BackendKind.JAVA, 4, VECTORS));
        all.put("Java sources without the vector module", () -> digests(BackendKind.JAVA, 2));
        // Two at a time; each is asked for by the test of its name.
        ExecutorService pool = Executors.newFixedThreadPool(2);
        List<DynamicTest> tests = new ArrayList<>();
        all.forEach((name, run) -> {
            Future<List<String>> found = pool.submit(run);
            tests.add(
                    DynamicTest.dynamicTest(name, () -> assertThat(found.get()).containsExactlyElementsOf(expected)));
        });
        pool.shutdown();
        return tests.stream();
    }

    private List<String> digests(BackendKind backend, int threads, String... flags) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(flags));
        command.addAll(List.of(
                "-cp",
                folder.resolve(backend.name())
                        + System.getProperty("path.separator")
                        + System.getProperty("java.class.path"),
                SampleDigests.class.getName(),
                String.valueOf(threads)));
        command.addAll(classes);
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        List<String> lines;
        try (BufferedReader output = process.inputReader()) {
            lines = output.lines().filter(line -> line.startsWith("digest ")).toList();
        }
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return lines;
    }
}
