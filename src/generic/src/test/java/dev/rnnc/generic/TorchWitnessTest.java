package dev.rnnc.generic;

import static dev.rnnc.generic.Witness.same;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.opt.Optimizer.Pass;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.ParameterSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** From model text through front end, gradient and engine in double: PyTorch's recorded values, to 1e-9. */
class TorchWitnessTest {
    private static final double TOLERANCE = 1e-9;

    /** Sums of some hundred float products over up to 200 steps. */
    private static final double FLOAT_TOLERANCE = 2e-5;

    /** PyTorch's settings by the name of the trajectory. */
    private static final Map<String, String> TRAININGS = Map.of(
            "sgd_lr0.5", "optimizer sgd(rate: 0.5)",
            "sgd_lr0.5_clip0.25", "optimizer sgd(rate: 0.5) clip norm 0.25",
            "momentum0.9_lr0.1", "optimizer momentum(rate: 0.1)",
            "nesterov0.9_lr0.1", "optimizer nesterov(rate: 0.1)",
            "adam_lr0.01", "optimizer adam(rate: 0.01)",
            "adamw_lr0.01_wd0.1", "optimizer adamw(rate: 0.01, weight_decay: 0.1)",
            "rmsprop_lr0.01", "optimizer rmsprop(rate: 0.01)",
            "adagrad_lr0.05", "optimizer adagrad(rate: 0.05)");

    @TestFactory
    Stream<DynamicTest> outputsStatesAndGradientsOfRecurrentStacksAgree() {
        return Witness.torch(TorchCase.unidirectional(), c -> agrees(TorchModel.recurrent(c)));
    }

    @TestFactory
    Stream<DynamicTest> bidirectionalStacksAgree() {
        return Witness.torch(TorchCase.bidirectional(), c -> agrees(TorchModel.recurrent(c)));
    }

    @TestFactory
    Stream<DynamicTest> sequencesOfDifferentLengthAgree() {
        return Witness.torch(TorchCase.padded(), c -> agrees(TorchModel.recurrent(c)));
    }

    @TestFactory
    Stream<DynamicTest> encodersWithDecodersAgree() {
        return Witness.torch(TorchCase.matching("m10-.*"), c -> agrees(TorchModel.encoderDecoder(c, "epochs 1")));
    }

    @TestFactory
    Stream<DynamicTest> bidirectionalClassifiersAgree() {
        return Witness.torch(TorchCase.matching("m0[258]-.*"), c -> agrees(TorchModel.manyToOne(c, "epochs 1")));
    }

    @TestFactory
    Stream<DynamicTest> outputLossAndGradientsOfCharacterModelsAgree() {
        return Witness.torch(TorchCase.matching("m0[147]-.*"), c -> agrees(TorchModel.characters(c, "epochs 1")));
    }

    @TestFactory
    Stream<DynamicTest> twentyStepsOfTrainingAgree() {
        return TorchCase.matching("m(0[124578]|10)-.*").stream()
                .flatMap(c -> Witness.torch(
                        TRAININGS.keySet().stream().sorted().toList(),
                        name -> trains(model(c, TRAININGS.get(name) + " epochs 20"), name)));
    }

    private static TorchModel model(TorchCase recorded, String train) {
        return recorded.name().contains("many-to-one")
                ? TorchModel.manyToOne(recorded, train)
                : recorded.name().contains("encoder")
                        ? TorchModel.encoderDecoder(recorded, train)
                        : TorchModel.characters(recorded, train);
    }

    private static void agrees(TorchModel recorded) {
        Graph graph = Differentiate.gradients(build(recorded, recorded.model()), recorded.differentiable());
        GraphVerifier.verify(graph);
        agrees(recorded, new GenericEngine(graph, recorded.steps(), recorded.batch()), TOLERANCE);
        for (Pass pass : dev.rnnc.compiler.opt.Optimizer.PASSES) {
            graph = pass.apply().apply(graph);
            GraphVerifier.verify(graph);
        }
        agrees(recorded, new GenericEngine(graph, recorded.steps(), recorded.batch()), TOLERANCE);
        agrees(recorded, new GenericFloatEngine(graph, recorded.steps(), recorded.batch()), FLOAT_TOLERANCE);
    }

    private static void agrees(TorchModel recorded, GraphEngine<?> engine, double tolerance) {
        bind(recorded, engine);
        recorded.parameters()
                .forEach((ours, theirs) ->
                        engine.parameter(ours, recorded.recorded().tensor("param." + theirs)));
        engine.run();

        Map<String, double[]> outputs = recorded.outputs();
        Map<String, double[]> states = recorded.states();
        Map<String, double[]> gradients = recorded.inputGradients();
        same("loss", engine.result(RootKind.LOSS, "loss"), recorded.recorded().tensor("loss"), tolerance);
        outputs.forEach((name, values) -> same(name, engine.result(RootKind.OUTPUT, name), values, tolerance));
        states.forEach((name, values) -> same(name, engine.result(RootKind.STATE, name), values, tolerance));
        gradients.forEach((name, values) ->
                same("grad." + name, engine.result(RootKind.INPUT_GRADIENT, name), values, tolerance));
        recorded.parameters()
                .forEach((ours, theirs) -> same(
                        "grad." + ours,
                        engine.result(RootKind.GRADIENT, ours),
                        recorded.recorded().tensor("grad." + theirs),
                        tolerance));
    }

    private static void trains(TorchModel recorded, String name) {
        Model model = recorded.model();
        Graph graph = Differentiate.gradients(build(recorded, model), Set.of());
        GenericEngine engine = new GenericEngine(graph, recorded.steps(), recorded.batch());
        bind(recorded, engine);
        Parameters parameters = new Parameters(model.spec());
        for (ParameterSpec slice : parameters.slices()) {
            double[] first =
                    recorded.recorded().tensor("param." + recorded.parameters().get(slice.name()));
            write(parameters.data(), slice, first);
        }
        Optimizer optimizer = Optimizer.create(model.spec().train().optimizer(), model.spec());
        double[] losses = recorded.recorded().tensor("traj." + name + ".loss");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gradients = arena.allocate(parameters.data().byteSize(), 64);
            for (int step = 0; step < losses.length; step++) {
                for (ParameterSpec slice : parameters.slices()) {
                    engine.parameter(slice.name(), read(parameters.data(), slice));
                }
                engine.run();
                same("loss " + step, engine.result(RootKind.LOSS, "loss"), new double[] {losses[step]}, TOLERANCE);
                for (ParameterSpec slice : parameters.slices()) {
                    write(gradients, slice, engine.result(RootKind.GRADIENT, slice.name()));
                }
                GradientClip.apply(model.spec().train().clip(), gradients, model.spec());
                optimizer.step(parameters, gradients);
            }
        }
        for (ParameterSpec slice : parameters.slices()) {
            String theirs = recorded.parameters().get(slice.name());
            double[] last = recorded.recorded().tensor("traj." + name + ".final." + theirs);
            same(slice.name(), read(parameters.data(), slice), last, TOLERANCE);
        }
    }

    private static Graph build(TorchModel recorded, Model model) {
        return BuildGraph.build(model, BuildOptions.of(model).withLengths(recorded.hasLengths()));
    }

    private static void bind(TorchModel recorded, GraphEngine<?> engine) {
        recorded.reals().forEach(engine::bind);
        recorded.tokens().forEach(engine::bindTokens);
    }

    private static double[] read(MemorySegment flat, ParameterSpec slice) {
        return flat.asSlice(slice.offset() * Double.BYTES, (long) slice.size() * Double.BYTES)
                .toArray(ValueLayout.JAVA_DOUBLE);
    }

    private static void write(MemorySegment flat, ParameterSpec slice, double[] values) {
        MemorySegment.copy(values, 0, flat, ValueLayout.JAVA_DOUBLE, slice.offset() * Double.BYTES, values.length);
    }
}
