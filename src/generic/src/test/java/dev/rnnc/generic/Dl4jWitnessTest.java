package dev.rnnc.generic;

import static dev.rnnc.generic.Witness.same;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.generic.Dl4jCase.Block;
import dev.rnnc.generic.Dl4jCase.Minibatch;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * DL4J's recorded classifiers in the language. DL4J computed in float, with 6e-8 of relative error in each operation:
 * its outputs have few such errors, its gradients those of 60 steps there and back, a score those of a sum of some
 * hundred logarithms and weights, its last parameters those of eleven updates of 0.05 per parameter, which Adam makes
 * whatever the gradient's size. What computes in double here must be as near to it as that. Our generic engine and our
 * generated code differ in the order of sums alone.
 */
class Dl4jWitnessTest {
    private static final double OUTPUT = 1e-6;
    private static final double GRADIENT = 1e-5;
    private static final double SCORE = 1e-5;
    private static final double PARAMETERS = 2e-5;
    private static final double DOUBLE = 1e-9;

    @TestFactory
    Stream<DynamicTest> outputsAndGradientsOfTheGenericEngineAgree() {
        return Witness.each(Dl4jCase.all(), Dl4jCase.needed(), recorded -> agrees(recorded, generic(recorded)));
    }

    @TestFactory
    Stream<DynamicTest> outputsAndGradientsOfGeneratedCodeAgree() {
        return Witness.each(Dl4jCase.all(), Dl4jCase.needed(), recorded -> {
            Network generated = generated(recorded, ProgramKind.INSPECTION);
            agrees(recorded, generated);
            Minibatch first = recorded.training().getFirst();
            Result found = generated.run(recorded.before(), first);
            Result expected = generic(recorded).run(recorded.before(), first);
            same("loss", new double[] {found.loss()}, new double[] {expected.loss()}, DOUBLE);
            same("y", found.outputs(), expected.outputs(), DOUBLE);
            expected.gradients()
                    .forEach((name, values) ->
                            same("grad." + name, found.gradients().get(name), values, DOUBLE));
        });
    }

    @TestFactory
    Stream<DynamicTest> elevenStepsOfAdamWithTheGenericEngineAgree() {
        return Witness.each(Dl4jCase.all(), Dl4jCase.needed(), recorded -> trains(recorded, generic(recorded)));
    }

    @TestFactory
    Stream<DynamicTest> elevenStepsOfAdamWithGeneratedCodeAgree() {
        return Witness.each(
                Dl4jCase.all(),
                Dl4jCase.needed(),
                recorded -> trains(recorded, generated(recorded, ProgramKind.TRAINING)));
    }

    @TestFactory
    Stream<DynamicTest> theTrainedNetworkPutsAsManyTestChartsRight() {
        return Witness.each(Dl4jCase.all(), Dl4jCase.needed(), recorded -> {
            Network network = generated(recorded, ProgramKind.EVALUATION);
            int right = 0;
            for (Minibatch charts : recorded.test()) {
                double[] outputs = network.run(recorded.after(), charts).outputs();
                for (int row = 0; row < charts.kinds().length; row++) {
                    double[] y = Arrays.copyOfRange(outputs, row * Dl4jCase.KINDS, (row + 1) * Dl4jCase.KINDS);
                    right += y[charts.kinds()[row]] == Arrays.stream(y).max().orElseThrow() ? 1 : 0;
                }
            }
            assertThat(right).isEqualTo(recorded.right());
        });
    }

    private static void agrees(Dl4jCase recorded, Network network) {
        Result found = network.run(recorded.before(), recorded.training().getFirst());
        same("y", found.outputs(), recorded.predictions(), OUTPUT);
        for (Map<String, double[]> expected : List.of(recorded.gradients(), recorded.gradientsOneByOne())) {
            assertThat(found.gradients()).hasSameSizeAs(expected);
            expected.forEach((name, values) -> {
                // Theirs is summed over the rows, ours is the mean's.
                double[] summed = Arrays.stream(found.gradients().get(name))
                        .map(g -> g * Dl4jCase.BATCH)
                        .toArray();
                same("grad." + name, summed, values, GRADIENT);
            });
        }
    }

    private static void trains(Dl4jCase recorded, Network network) {
        Model model = Witness.model(recorded.name(), recorded.text());
        Parameters parameters = new Parameters(model.spec());
        recorded.before().forEach(parameters::set);
        Optimizer optimizer = null;
        double[] scores = recorded.scores();
        List<Minibatch> batches = recorded.training();
        assertThat(batches).hasSameSizeAs(scores);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gradients = arena.allocate(parameters.data().byteSize(), 64);
            for (int step = 0; step < scores.length; step++) {
                Map<String, double[]> values = new LinkedHashMap<>();
                parameters.slices().forEach(slice -> values.put(slice.name(), parameters.values(slice.name())));
                Result found = network.run(values, batches.get(step));
                double score = found.loss();
                for (Block block : recorded.blocks()) {
                    double[] weights = values.get(block.name());
                    double[] gradient = found.gradients().get(block.name());
                    if (block.isWeight()) {
                        // DL4J's penalties are no part of the network, but added to what comes out of it.
                        for (int i = 0; i < weights.length; i++) {
                            score += Dl4jCase.PENALTY * (Math.abs(weights[i]) + weights[i] * weights[i] / 2);
                            gradient[i] += Dl4jCase.PENALTY * (Math.signum(weights[i]) + weights[i]);
                        }
                    }
                    long offset = parameters.slice(block.name()).offset() * Double.BYTES;
                    MemorySegment.copy(gradient, 0, gradients, ValueLayout.JAVA_DOUBLE, offset, gradient.length);
                }
                same("score " + step, new double[] {score}, new double[] {scores[step]}, SCORE);
                optimizer = adam(model, optimizer);
                optimizer.step(parameters, gradients);
            }
        }
        recorded.after().forEach((name, values) -> same(name, parameters.values(name), values, PARAMETERS));
    }

    /**
     * Adam for the next step. DL4J adds its epsilon to the root of the mean square before that is corrected for its
     * start at zero, PyTorch and we afterwards: ours grows by the correction, which each step has another of.
     */
    private static Optimizer adam(Model model, Optimizer before) {
        OptimizerSpec.Adam spec = (OptimizerSpec.Adam) model.spec().train().optimizer();
        long done = before == null ? 0 : before.steps();
        double epsilon = spec.epsilon() / Math.sqrt(1 - Math.pow(spec.beta2(), done + 1));
        Optimizer next = Optimizer.create(
                new OptimizerSpec.Adam(
                        spec.rate(), spec.beta1(), spec.beta2(), epsilon, spec.weightDecay(), spec.decoupled()),
                model.spec());
        if (before != null) {
            before.state().forEach((name, values) -> next.state().get(name).copyFrom(values));
            next.steps(done);
        }
        return next;
    }

    /** A way to run a recorded network on a minibatch of any size. */
    private interface Network {
        Result run(Map<String, double[]> parameters, Minibatch charts);
    }

    /** The mean cross-entropy, the probabilities [B, KINDS] and the gradient; empty what a program does not have. */
    private record Result(double loss, double[] outputs, Map<String, double[]> gradients) {}

    private static Network generic(Dl4jCase recorded) {
        Graph graph =
                Differentiate.gradients(BuildGraph.build(Witness.model(recorded.name(), recorded.text())), Set.of());
        return (parameters, charts) -> {
            GenericEngine engine = new GenericEngine(graph, Dl4jCase.STEPS, charts.kinds().length);
            parameters.forEach(engine::parameter);
            engine.bind("x", charts.x());
            engine.bindTokens("kind", charts.kinds());
            engine.run();
            Map<String, double[]> gradients = new LinkedHashMap<>();
            parameters.keySet().forEach(name -> gradients.put(name, engine.result(RootKind.GRADIENT, name)));
            return new Result(engine.result(RootKind.LOSS, "loss")[0], engine.result(RootKind.OUTPUT, "y"), gradients);
        };
    }

    private static Network generated(Dl4jCase recorded, ProgramKind kind) {
        Model model = Witness.model(recorded.name(), recorded.text());
        Map<Integer, CompiledModel> sizes = new HashMap<>();
        return (values, charts) -> {
            CompiledModel compiled = sizes.computeIfAbsent(
                    charts.kinds().length,
                    batch -> Compiler.load(
                            model,
                            CompileOptions.of(kind).sized(Dl4jCase.STEPS, batch).lanes(1)));
            Parameters parameters = new Parameters(compiled.spec());
            values.forEach(parameters::set);
            try (Program program = compiled.newProgram(kind, parameters)) {
                Ports.write(program, Ports.port(program, "x"), charts.x(), Dl4jCase.STEPS);
                Ports.write(program, Ports.port(program, "kind"), charts.kinds(), Dl4jCase.STEPS);
                program.run(Dl4jCase.STEPS);
                Map<String, double[]> gradients = new LinkedHashMap<>();
                if (kind != ProgramKind.EVALUATION) {
                    values.keySet().forEach(name -> gradients.put(name, Ports.gradient(program, name)));
                }
                double[] outputs = kind == ProgramKind.TRAINING
                        ? new double[0]
                        : Ports.read(program, Ports.port(program, "y"), Dl4jCase.STEPS);
                return new Result(program.loss(), outputs, gradients);
            }
        };
    }
}
