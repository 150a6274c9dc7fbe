package dev.rnnc.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is measured that computes something else; sizes that no vector divides, so that rests are seen. */
class AgreementTest {
    static Stream<Workload> workloads() {
        return Stream.of(Cell.values())
                .flatMap(cell -> Stream.of(
                        Workload.step(cell, 19),
                        Workload.sequence(cell, 19, 3, 5),
                        Workload.sequence(cell, 16, 1, 5).withLayers(2),
                        Workload.gradient(cell, 19, 3, 5),
                        Workload.training(cell, 2, 11, 19, 3, 5)));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void allOurEnginesGiveTheAnswersOfTheReference(Workload workload) {
        Problem problem = Problem.of(workload);
        Map<String, double[]> reference = Reference.answers(problem);

        List<Engine> engines =
                List.of(GeneratedCode.widest(), GeneratedCode.of(1), new GenericCode(), new HandWritten());
        for (Engine engine : engines) {
            if (engine.supports(workload)) {
                try (Session session = engine.open(problem)) {
                    Agreement agreement = Agreement.check(problem, engine.name(), session.answers(), reference);
                    assertThat(agreement.worst()).as(engine.name()).isLessThan(1e-3);
                }
            }
        }
    }

    @Test
    void theHandWrittenControlTakesItsTurnWithLstm() {
        assertThat(new HandWritten().supports(Workload.step(Cell.LSTM, 19))).isTrue();
        assertThat(new HandWritten().supports(Workload.step(Cell.GRU, 19))).isFalse();
        Problem problem = Problem.of(Workload.step(Cell.GRU, 4));
        assertThatThrownBy(() -> new HandWritten().open(problem)).hasMessageContaining("step-gru-4");
    }

    @Test
    void wrongOrMissingAnswersAreRefused() {
        Problem problem = Problem.of(Workload.step(Cell.LSTM, 4));
        Map<String, double[]> reference = Reference.answers(problem);
        double[] wrong = reference.get(Session.OUTPUT).clone();
        wrong[3] += 2e-4;
        double[] broken = reference.get(Session.OUTPUT).clone();
        broken[3] = Double.NaN;

        for (Map<String, double[]> answers : List.of(
                Map.of(Session.OUTPUT, wrong),
                Map.of(Session.OUTPUT, broken),
                Map.of(Session.OUTPUT, new double[3]),
                Map.<String, double[]>of())) {
            assertThatThrownBy(() -> Agreement.check(problem, "other", answers, reference))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("other, step-lstm-4");
        }
    }

    @Test
    void anUnknownEngineIsNamed() {
        assertThatThrownBy(() -> Engines.named("abacus")).hasMessageContaining("no engine 'abacus'");
        assertThat(Engines.named("generated-1").supports(Workload.step(Cell.LSTM, 4)))
                .isTrue();
    }
}
