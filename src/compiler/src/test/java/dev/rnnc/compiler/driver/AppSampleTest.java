package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.generate.Scores;
import dev.rnnc.runtime.session.LoadedModel;
import dev.rnnc.runtime.session.Session;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code samples/app} is a Maven project of its own, which this build does not build; this much of it is checked here. */
class AppSampleTest {
    private static final Path APP = Path.of("../../samples/app/src/main");
    private static final Path MODEL = APP.resolve("rnn/com/example/requests/request-log.rnn");
    private static final Path WEIGHTS = APP.resolve("resources/com/example/requests/request-log.safetensors");

    @Test
    void itsWeightsFitItsModelAndKnowHowCustomersBegin() throws IOException {
        LoadedModel model =
                Rnnc.load(MODEL, CompileOptions.of(ProgramKind.STEP)).weights(WEIGHTS);

        try (Session session = model.open(ProgramKind.STEP)) {
            float[] scores = session.tokens("event", 39).run().floats("scores");
            assertThat(Scores.likeliest(scores)).as("GET / with status 200").isZero();
        }
    }

    @Test
    void itsCodeFitsTheGeneratedClassAndTellsStrangersFromCustomers(@TempDir Path folder) throws Exception {
        Model model = Compiler.check(MODEL).model().orElseThrow();
        CompileOptions options = new CompileOptions(Compiler.programs(model), 0, 0, List.of(1), "com.example.requests")
                .by(BackendKind.BYTECODE);
        String user = """
                static Object run() throws Exception {
                    RequestLog model = RequestLog.load(java.nio.file.Path.of("WEIGHTS"));
                    try (Detector detector = new Detector(model)) {
                        double customer = 0;
                        for (String request : new String[] {"GET /", "GET /search", "GET /product/7", "POST /cart"}) {
                            customer = Math.max(customer, detector.observe("0 customer " + request + " 200 5"));
                        }
                        double stranger = 0;
                        for (int i = 0; i < 6; i++) {
                            stranger = Math.max(stranger, detector.observe("0 stranger POST /login 401 5"));
                        }
                        return customer < Detector.THRESHOLD && stranger > Detector.THRESHOLD;
                    }
                }
                """.replace("WEIGHTS", WEIGHTS.toAbsolutePath().toString().replace("\\\\", "/"));
        try (Stream<Path> sources = Files.list(APP.resolve("java/com/example/requests"))) {
            // The main class needs a library that this build has not.
            List<Path> others =
                    sources.filter(file -> !file.endsWith("Main.java")).toList();

            assertThat(UserCode.compile(model, options, folder, user, others).call())
                    .isEqualTo(true);
        }
    }
}
